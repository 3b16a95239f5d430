"""An upload may be cancelled until it has ended; one that would replace far more than usual is put on hold."""

import pytest

from tests.uploads.conftest import OTHER_SAU, ROCK_STAR
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import DataSpecialist
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed, NotFound, Refusal
from tidegate.records.state_hash import state_hash
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.loading.hold import release
from tidegate.uploads.lifecycle.loading.load_rows import load_rows
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.worker.cancel import cancel
from tidegate.uploads.models import Decision, State, Upload
from tidegate.web.uploads.upload_summary import summarize

FILE = f"{CTE_HEADER}\n{LINE}\n"


def reread(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def test_a_waiting_upload_is_cancelled_at_once_and_never_processed(send, specialist):
    upload = send(FILE, by=specialist)
    assert cancel(upload, by=specialist).state == State.CANCELLED
    process(upload_id=upload.pk)
    assert (reread(upload).state, CteRecord.objects.count()) == (State.CANCELLED, 0)


def test_a_worker_that_has_the_upload_in_hand_stops_before_it_is_done(send, specialist, monkeypatch):
    upload = send(FILE, by=specialist)
    before = state_hash()
    decide = Decision.objects.create

    def load_while_somebody_cancels(*arguments):
        loaded = load_rows(*arguments)
        decide(upload=upload, act="cancel", by=specialist)
        return loaded

    monkeypatch.setattr("tidegate.uploads.lifecycle.processing.process.load_rows", load_while_somebody_cancels)
    process(upload_id=upload.pk)
    after = reread(upload)
    assert (after.state, after.row_count, state_hash()) == (State.CANCELLED, None, before)


def test_an_upload_that_has_ended_is_not_cancelled(process_file, specialist):
    upload = process_file(FILE, by=specialist)
    with pytest.raises(Refusal, match="has ended already"):
        cancel(upload, by=specialist)
    assert (reread(upload).state, Decision.objects.count()) == (State.FINISHED, 0)


def test_only_who_may_send_may_cancel(send, specialist, viewer, other_specialist):
    upload = send(FILE, by=specialist)
    with pytest.raises(NotAllowed):
        cancel(upload, by=viewer)
    with pytest.raises(NotFound):
        cancel(upload, by=other_specialist)


@pytest.fixture
def second(state):
    """A second person who may release."""
    person = Person.objects.create_user("second@example.org", name="Second")
    Membership.objects.create(person=person, role=DataSpecialist.slug, organization_id=ROCK_STAR)
    return person


@pytest.fixture
def over_limit(process_file, specialist, settings):
    """An upload that replaces the one line on record, where the state lets half of them pass."""
    settings.TIDEGATE_HOLD_PERCENT = 50
    settings.TIDEGATE_HOLD_COUNT = 1
    process_file(FILE, by=specialist)
    return process_file(FILE.replace("1.50", "2.00"), by=specialist)


def test_an_upload_that_would_replace_far_more_than_usual_is_on_hold_and_loads_nothing(over_limit):
    assert (over_limit.state, over_limit.replaced_count, over_limit.replaced_percent) == (State.ON_HOLD, 1, 100)
    assert [str(record.credits_earned) for record in CteRecord.objects.all()] == ["1.50"]
    assert not hasattr(over_limit, "receipt")


def test_whoever_sent_it_cannot_release_it_and_a_second_person_can(over_limit, specialist, second, viewer):
    for somebody in (specialist, viewer):
        with pytest.raises(NotAllowed):
            release(over_limit, by=somebody)
    assert release(over_limit, by=second).state == State.WAITING
    process(upload_id=over_limit.pk)
    after = reread(over_limit)
    assert (after.state, after.replaced_count) == (State.FINISHED, 1)
    assert str(CteRecord.objects.get(replaced_at=None).credits_earned) == "2.00"
    with pytest.raises(Refusal, match="not on hold"):
        release(over_limit, by=second)


def test_a_release_is_of_the_plan_that_was_seen_and_another_one_is_held_again(
    process_file, specialist, second, over_limit, settings
):
    other = LINE.replace("01.0205", "47.0604")
    whole = process_file(f"{FILE.replace('1.50', '2.00')}{other}\n", by=specialist)
    assert (whole.state, whole.replaced_count) == (State.ON_HOLD, 1)
    assert summarize(whole).lead.startswith("On hold: this would replace or withdraw 1 record, 100 %")
    release(whole, by=second)
    settings.TIDEGATE_HOLD_PERCENT = 0
    assert process_file(f"{FILE}{other.replace('1.50', '0.50')}\n", by=specialist).state == State.FINISHED
    settings.TIDEGATE_HOLD_PERCENT = 50
    process(upload_id=whole.pk)
    again = reread(whole)
    assert (again.state, again.is_held_again, again.replaced_count) == (State.ON_HOLD, True, 2)
    assert again.changes_seen == {"new": 1, "changed": 1, "unchanged": 0, "withdrawn": 0}
    said = summarize(again)
    assert said.lead.startswith("On hold again: this would replace or withdraw 2 records, 100 %")
    assert "released to replace or withdraw 1 record, but what is on file has changed since" in said.next_step
    release(again, by=second)
    process(upload_id=again.pk)
    after = reread(again)
    assert (after.state, after.changes_seen) == (State.FINISHED, None)
    assert after.decisions.count() == 1
    assert Event.objects.filter(act="upload.released", subject_id=str(whole.pk)).count() == 2


def test_a_released_plan_that_moved_below_the_limit_is_loaded(process_file, specialist, second, over_limit, settings):
    release(over_limit, by=second)
    settings.TIDEGATE_HOLD_PERCENT = 0
    process_file(FILE.replace("1.50", "2.00"), by=specialist)
    settings.TIDEGATE_HOLD_PERCENT = 50
    process(upload_id=over_limit.pk)
    after = reread(over_limit)
    assert (after.state, after.changes["unchanged"]) == (State.FINISHED, 1)


def test_what_is_on_hold_can_be_cancelled(over_limit, specialist):
    assert cancel(over_limit, by=specialist).state == State.CANCELLED


def test_a_check_only_says_what_share_it_would_replace(process_file, specialist, over_limit):
    checked = process_file(FILE.replace("1.50", "3.00"), by=specialist, check_only=True)
    assert (checked.state, checked.replaced_percent) == (State.FINISHED, 100)


def test_below_the_limit_and_without_one_nothing_is_held(process_file, specialist, settings):
    settings.TIDEGATE_HOLD_COUNT = 1
    process_file(f"{FILE}{LINE.replace('01.0205', '47.0604')}\n", by=specialist)
    settings.TIDEGATE_HOLD_PERCENT = 50
    assert process_file(FILE.replace("1.50", "2.00"), by=specialist).state == State.FINISHED
    settings.TIDEGATE_HOLD_PERCENT = 0
    assert process_file(FILE.replace("1.50", "3.00"), by=specialist).state == State.FINISHED


def test_fewer_replaced_records_than_the_states_count_are_never_held(process_file, specialist, settings):
    settings.TIDEGATE_HOLD_PERCENT, settings.TIDEGATE_HOLD_COUNT = 50, 2
    process_file(FILE, by=specialist)
    assert process_file(FILE.replace("1.50", "2.00"), by=specialist).state == State.FINISHED


def test_a_sau_that_sends_for_its_school_is_measured_by_what_the_school_has_on_record(process_file, other_specialist):
    by = {"by": other_specialist, "organization_id": OTHER_SAU}
    process_file(f"{FILE}{LINE.replace('01.0205', '47.0604')}\n", **by)
    half = process_file(FILE.replace("1.50", "2.00"), check_only=True, **by)
    assert (half.state, half.replaced_count, half.replaced_percent) == (State.FINISHED, 1, 50)
