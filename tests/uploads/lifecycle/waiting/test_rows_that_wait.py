"""Rows whose enrollment has not arrived wait for it, and are loaded by themselves; or their wait ends."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.uploads.conftest import OTHER_SAU
from tests.uploads.lifecycle.corrections.test_correct_rows import file_of
from tests.uploads.lifecycle.processing.test_process import ENROLLMENT_HEADER
from tests.uploads.outputs import write_result_log
from tidegate.accounts.models import Membership
from tidegate.api.schemas.waiting import WaitingOut
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.correct_rows import CorrectedRows, send_rows
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.lifecycle.waiting.load_waiting import load_waiting_rows
from tidegate.uploads.lifecycle.waiting.start_waiting import (
    causes_that_wait,
    start_waiting,
    stop_waiting,
    why_none_waits,
)
from tidegate.uploads.lifecycle.waiting.wake_waiting import end_overdue, wake_all
from tidegate.uploads.models import Misfit, Receipt, State, Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.queries.waiting_rows import Waits, note_waits
from tidegate.uploads.queries.waiting_rows import waits_of as all_waits_of
from tidegate.uploads.queue import LOAD_WAITING_ROWS, PROCESS_UPLOAD
from tidegate.uploads.storage.store import StoreAway

KNOWN = "1000,2001,900000001,0012,01.0205,2020-09-01,,1.50,"
NEW = "1000,2001,900000003,0014,01.0205,2020-09-14,,1.50,"
PRIMARY = "1000,1001,900000003,3,P,11,2020-09-01,02,1000,,,,"
CONCURRENT = "2000,2001,900000003,3,C,11,{entry},02,1000,,,,"
AT_ONCE = SendOptions(let_wait=True)


@pytest.fixture
def work():
    """Do what waits in the queue, as workers do, in its order."""

    def work_off() -> None:
        while job := _take_job():
            name, args = job
            if name == LOAD_WAITING_ROWS:
                load_waiting_rows(args["upload_id"])
            elif name == PROCESS_UPLOAD:
                process(upload_id=args["upload_id"])

    return work_off


def _take_job():
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo')"
            " RETURNING task_name, args"
        )
        found = cursor.fetchone()
    if found is None:
        return None
    name, args = found
    return name, args if isinstance(args, dict) else json.loads(args)


@pytest.fixture
def cte(process_file, specialist):
    """Send CTE lines, and process them."""
    return lambda *lines, **more: process_file(file_of(*lines), by=specialist, **more)


@pytest.fixture
def enroll(process_file, specialist, other_specialist, work):
    """Send the two enrollments of the student, each by its district, and do what follows."""

    def send(*, entry: str = "2020-09-08", primary: bool = True) -> Upload:
        if primary:
            content = f"{ENROLLMENT_HEADER}\n{PRIMARY}\n"
            process_file(content, by=specialist, file_type="student-enrollment")
        content = f"{ENROLLMENT_HEADER}\n{CONCURRENT.format(entry=entry)}\n"
        sent = process_file(content, by=other_specialist, organization_id=OTHER_SAU, file_type="student-enrollment")
        assert sent.error_count == 0, list(sent.findings.values_list("message", flat=True))
        work()
        return sent

    return send


def waits_of(upload: Upload) -> Waits:
    return all_waits_of(upload)._replace(since=None)


def credits_of(number: str) -> list[float]:
    current = CteRecord.objects.filter(replaced_at__isnull=True, student_id=number)
    return sorted(float(earned) for earned in current.values_list("credits_earned", flat=True))


def ends_of(upload: Upload) -> list[tuple[int, str, str]]:
    return list(WaitingRow.objects.filter(upload=upload).order_by("row").values_list("row", "state", "end"))


def loaded_by(upload: Upload) -> Upload:
    (by_upload,) = WaitingRow.objects.filter(upload=upload).values_list("by_upload", flat=True).distinct()
    return Upload.objects.get(pk=by_upload)


def test_a_row_waits_and_is_loaded_when_its_enrollment_arrives(cte, enroll, specialist, work, tmp_path):
    first = cte(KNOWN, NEW)
    assert (first.success_count, first.error_count, waits_of(first).may) == (1, 1, 1)
    receipt = Receipt.objects.get(upload_id=first.pk).document
    assert start_waiting(first, by=specialist) == 1
    work()
    assert waits_of(first) == Waits(waiting=1)
    to_go = RowsToGo.of(first)
    assert (to_go.waiting_count, to_go.to_go_count, list(to_go.rows())) == (1, 0, [])
    enroll()
    sent = loaded_by(first)
    assert (sent.state, sent.row_count, sent.success_count, sent.sent_by) == (State.FINISHED, 1, 1, specialist)
    assert credits_of("900000003") == [1.5]
    assert waits_of(first).loaded == ((sent.pk, 1),)
    to_go = RowsToGo.of(first)
    assert (to_go.in_count, to_go.to_go_count, to_go.waiting_count) == (2, 0, 0)
    first.refresh_from_db()
    assert (first.row_count, first.success_count, first.error_count) == (2, 1, 1)
    assert Receipt.objects.get(upload_id=first.pk).document == receipt
    own = Receipt.objects.get(upload_id=sent.pk).document
    assert '"success_count": 1' in json.dumps(own)
    with (tmp_path / "log").open("w+") as log:
        write_result_log(sent, log)
        log.seek(0)
        assert "Row Count" not in log.readline()


def test_without_a_choice_nothing_waits(cte, enroll):
    first = cte(KNOWN, NEW)
    enroll()
    assert (credits_of("900000003"), waits_of(first)) == ([], Waits(may=1))
    assert not RowsToGo.of(first).waiting_count


def test_the_choice_can_be_sent_with_the_file(cte, enroll, specialist):
    first = cte(KNOWN, NEW, options=AT_ONCE)
    assert waits_of(first) == Waits(waiting=1)
    enroll()
    assert credits_of("900000003") == [1.5]
    assert Event.objects.filter(act="upload.sent", subject_id=str(loaded_by(first).pk), person_id=None).exists()


def test_an_enrollment_that_came_before_the_choice_is_seen_at_once(cte, enroll, specialist, work):
    first = cte(NEW)
    enroll()
    start_waiting(first, by=specialist)
    work()
    assert credits_of("900000003") == [1.5]


def test_lines_of_a_group_wait_together(cte, enroll, specialist, work):
    first = cte(NEW, NEW.replace("1.50", "2.00"))
    assert start_waiting(first, by=specialist) == 2
    enroll()
    assert credits_of("900000003") == [1.5, 2.0]


def test_a_group_with_another_error_does_not_wait(cte, specialist):
    first = cte(NEW, NEW.replace("1.50", "many"), NEW.replace("01.0205", "43.0107"))
    assert start_waiting(first, by=specialist) == 1
    assert ends_of(first) == [(4, "waiting", "")]


def test_a_row_with_a_second_error_does_not_wait(cte):
    first = cte(NEW.replace("1.50", "many"), NEW.replace("01.0205", "99.9999"))
    assert waits_of(first) == Waits()
    assert why_none_waits(first).code == "NOTHING_CAN_WAIT"


def test_a_row_waits_on_where_only_one_of_two_enrollments_is_there(cte, enroll, process_file, specialist, work):
    first = cte(NEW, options=AT_ONCE)
    process_file(f"{ENROLLMENT_HEADER}\n{PRIMARY}\n", by=specialist, file_type="student-enrollment")
    work()
    assert (waits_of(first), Upload.objects.filter(follows=first).count()) == (Waits(waiting=1), 0)
    enroll(primary=False)
    assert credits_of("900000003") == [1.5]


def test_a_row_that_has_another_error_then_is_sent_and_says_it(cte, enroll):
    first = cte(NEW, options=AT_ONCE)
    enroll(entry="2020-10-01")
    sent = loaded_by(first)
    assert [finding.code for finding in sent.findings.filter(severity="error")] == ["CTE503"]
    assert (ends_of(first), credits_of("900000003")) == ([(2, "ended", "error")], [])
    assert list(RowsToGo.of(first).rows()) == [2]


def test_some_causes_can_be_chosen(cte, specialist):
    other = NEW.replace("900000003,0014", "900000004,0015")
    no_primary = "1000,2001,900000001,0012,01.0205,2020-09-01,,1.50,"
    Enrollment.objects.filter(student_id="900000001", school_id=1001).update(replaced_at=timezone.now())
    first = cte(NEW, other, no_primary)
    found = {cause.code: (number, count) for number, cause, count in causes_that_wait(first, limit=9)}
    assert {code: count for code, (_, count) in found.items()} == {"CTE501": 2, "CTE502": 1}
    assert start_waiting(first, by=specialist, causes=[found["CTE502"][0]]) == 1
    assert ends_of(first) == [(2, "may", ""), (3, "may", ""), (4, "waiting", "")]
    with pytest.raises(NotFound, match="no cause 9"):
        start_waiting(first, by=specialist, causes=[9])
    with pytest.raises(Conflict, match="No row of cause"):
        start_waiting(first, by=specialist, causes=[found["CTE502"][0]])


def test_the_wait_ends_after_the_days_of_the_state(cte, enroll, settings):
    first = cte(NEW, options=AT_ONCE)
    assert end_overdue() == 0
    since = timezone.now() - timedelta(days=settings.TIDEGATE_WAIT_DAYS, hours=1)
    WaitingRow.objects.update(since=since)
    assert end_overdue() == 1
    assert ends_of(first) == [(2, "ended", "days")]
    enroll()
    assert (credits_of("900000003"), list(RowsToGo.of(first).rows())) == ([], [2])


def test_every_night_looks_at_all_rows_that_wait(cte, enroll, work):
    first = cte(NEW, options=AT_ONCE)
    WaitingRow.objects.update(state=WaitState.MAY)
    enroll()
    WaitingRow.objects.update(state=WaitState.WAITING)
    wake_all()
    work()
    assert loaded_by(first).success_count == 1


def test_a_newer_file_of_the_same_lines_wins(cte, enroll):
    first = cte(NEW, options=AT_ONCE)
    second = cte(NEW.replace("1.50", "2.00"), options=AT_ONCE)
    assert (ends_of(first), waits_of(second)) == ([(2, "ended", "newer")], Waits(waiting=1))
    enroll()
    assert credits_of("900000003") == [2.0]


def test_a_file_of_other_lines_ends_no_wait(cte):
    first = cte(NEW, options=AT_ONCE)
    cte(KNOWN, NEW.replace("01.0205", "43.0107"))
    assert waits_of(first) == Waits(waiting=1)


def test_another_district_ends_a_wait_by_a_line_that_is_loaded(cte, process_file, other_specialist):
    first = cte(NEW, options=AT_ONCE)
    process_file(file_of(NEW.replace("1000,", "2000,", 1)), by=other_specialist, organization_id=OTHER_SAU)
    assert waits_of(first) == Waits(waiting=1)


def test_an_undo_ends_the_wait(cte, specialist):
    first = cte(KNOWN.replace("1.50", "3.00"), NEW, options=AT_ONCE)
    undo(first, by=specialist)
    assert ends_of(first) == [(3, "ended", "undone")]
    with pytest.raises(Conflict, match="was undone"):
        start_waiting(first, by=specialist)


def test_rows_of_an_undone_load_may_wait_again(cte, enroll, specialist, work):
    first = cte(NEW, options=AT_ONCE)
    enroll()
    undo(loaded_by(first), by=specialist)
    assert (credits_of("900000003"), waits_of(first)) == ([], Waits(may=1))
    assert list(RowsToGo.of(first).rows()) == [2]
    start_waiting(first, by=specialist)
    work()
    assert credits_of("900000003") == [1.5]


@pytest.mark.parametrize("arrives_first", [True, False])
def test_an_undone_file_gives_back_the_waits_it_ended(cte, enroll, specialist, work, arrives_first):
    first = cte(NEW, options=AT_ONCE)
    second = cte(KNOWN.replace("1.50", "3.00"), NEW.replace("1.50", "2.00"))
    assert ends_of(first) == [(2, "ended", "newer")]
    if arrives_first:
        enroll()
    undo(second, by=specialist)
    assert waits_of(first) == Waits(waiting=1)
    if not arrives_first:
        enroll()
    work()
    assert credits_of("900000003") == [1.5]


def test_an_undone_file_gives_back_the_rows_that_may_wait(cte, enroll, specialist, work):
    first = cte(NEW)
    second = cte(KNOWN.replace("1.50", "3.00"), NEW.replace("1.50", "2.00"))
    assert waits_of(first) == Waits()
    with pytest.raises(Conflict, match="No row of this upload can wait"):
        start_waiting(first, by=specialist)
    undo(second, by=specialist)
    assert (waits_of(first), waits_of(second)) == (Waits(may=1), Waits())
    start_waiting(first, by=specialist)
    enroll()
    assert credits_of("900000003") == [1.5]


def test_a_row_that_never_waited_is_not_said_to_have(cte):
    first = cte(NEW)
    cte(NEW.replace("1.50", "2.00"))
    note_waits([first])
    assert (first.waited_in_vain_count, WaitingOut.of(first, after=0).rows) == (0, [])


def test_an_undo_by_the_release_before_lets_no_unchosen_row_wait(cte, specialist):
    """It let all rows wait whose place an upload had taken."""
    first = cte(KNOWN, NEW)
    cte(NEW.replace("1.50", "2.00"))
    assert ends_of(first) == [(3, "ended", "newer")]
    replaced = WaitingRow.objects.filter(upload=first, state=WaitState.ENDED, end=WaitEnd.NEWER)
    replaced.update(state=WaitState.WAITING, end="", by_upload=None, ended_at=None)
    assert (ends_of(first), waits_of(first)) == ([(3, "may", "")], Waits(may=1))
    assert start_waiting(first, by=specialist) == 1


def test_an_undo_in_part_leaves_what_waits_and_may_wait(cte, specialist):
    others = [KNOWN.replace("900000001,0012", "900000002,0013").replace("1.50", earned) for earned in ("2.50", "3.50")]
    first = cte(KNOWN.replace("1.50", "2.00"), others[0], NEW, NEW.replace("01.0205", "43.0107"))
    WaitingRow.objects.filter(row=4).update(state=WaitState.WAITING, chosen_by=specialist, since=timezone.now())
    later = cte(others[1])
    undo(first, by=specialist)
    first.refresh_from_db()
    assert (first.state, waits_of(first)) == (State.FINISHED, Waits(may=1, waiting=1))
    undo(later, by=specialist)
    undo(first, by=specialist)
    assert ends_of(first) == [(4, "ended", "undone")]


def test_a_newer_file_holds_whatever_is_undone_before_it(cte, specialist):
    first = cte(NEW, options=AT_ONCE)
    second = cte(KNOWN.replace("1.50", "3.00"), NEW.replace("1.50", "2.00"))
    cte(KNOWN.replace("01.0205", "43.0107"))
    undo(second, by=specialist)
    assert ends_of(first) == [(2, "ended", "newer")]


def test_an_enrollment_that_ends_again_leaves_the_loaded_row_on_the_list(cte, enroll, process_file, other_specialist):
    cte(NEW, options=AT_ONCE)
    enrollment = enroll()
    with pytest.raises(Conflict, match="was changed since"):
        undo(enrollment, by=other_specialist)
    ended = CONCURRENT.format(entry="2020-09-08").replace(",1000,,,,", ",1000,,2020-09-10,02,")
    content = f"{ENROLLMENT_HEADER}\n{ended}\n"
    process_file(content, by=other_specialist, organization_id=OTHER_SAU, file_type="student-enrollment")
    assert [misfit.code for misfit in Misfit.objects.filter(file_type="cte")] == ["CTE503"]


def test_an_undo_that_restores_an_enrollment_wakes_the_row(cte, enroll, process_file, other_specialist, work):
    enroll()
    ended = CONCURRENT.format(entry="2020-09-08").replace(",1000,,,,", ",1000,,2020-09-10,02,")
    content = f"{ENROLLMENT_HEADER}\n{ended}\n"
    end = process_file(content, by=other_specialist, organization_id=OTHER_SAU, file_type="student-enrollment")
    assert end.error_count == 0
    Enrollment.objects.filter(replaced_at=None, student_id="900000003", school_id=2001).update(school_id=2002)
    first = cte(NEW, options=AT_ONCE)
    assert waits_of(first) == Waits(waiting=1)
    Enrollment.objects.filter(replaced_at=None, student_id="900000003", school_id=2002).update(school_id=2001)
    undo(end, by=other_specialist)
    work()
    assert credits_of("900000003") == [1.5]


def test_who_may_not_send_lets_nothing_wait(cte, viewer, other_specialist):
    first = cte(NEW)
    for somebody, refusal in ((viewer, NotAllowed), (other_specialist, NotFound)):
        with pytest.raises(refusal):
            start_waiting(first, by=somebody)
        with pytest.raises(refusal):
            stop_waiting(first, by=somebody)
    assert waits_of(first) == Waits(may=1)


def test_rows_of_a_person_without_the_right_are_not_sent(cte, specialist):
    first = cte(NEW, options=AT_ONCE)
    Membership.objects.filter(person=specialist).update(organization_id=2002)
    load_waiting_rows(first.pk)
    assert ends_of(first) == [(2, "ended", "no_right")]


def test_a_wait_that_was_stopped_can_begin_again(cte, enroll, specialist):
    first = cte(NEW, options=AT_ONCE)
    assert stop_waiting(first, by=specialist) == 1
    enroll()
    assert (credits_of("900000003"), waits_of(first)) == ([], Waits(may=1))
    with pytest.raises(Conflict, match="No row of this upload waits"):
        stop_waiting(first, by=specialist)


def test_a_stop_while_the_row_is_on_its_way_loads_nothing(cte, process_file, enroll, specialist, work):
    first = cte(NEW)
    enroll()
    start_waiting(first, by=specialist)
    (sent,) = load_waiting_rows(first.pk)
    assert load_waiting_rows(first.pk) == []
    stop_waiting(first, by=specialist)
    process(upload_id=sent.pk)
    sent.refresh_from_db()
    assert (sent.state, credits_of("900000003"), waits_of(first)) == (State.CANCELLED, [], Waits(may=1))


def test_the_others_are_sent_again_where_one_is_stopped_on_its_way(cte, enroll, specialist, work):
    first = cte(NEW, NEW.replace("01.0205", "43.0107"))
    enroll()
    start_waiting(first, by=specialist)
    (sent,) = load_waiting_rows(first.pk)
    WaitingRow.objects.filter(row=3).update(state=WaitState.ENDED, end=WaitEnd.NEWER)
    process(upload_id=sent.pk)
    assert credits_of("900000003") == []
    wake_all()
    work()
    assert [record.cte_code for record in CteRecord.objects.filter(student_id="900000003")] == ["01.0205"]


def test_a_file_that_is_not_kept_any_more_lets_nothing_wait(cte, specialist, settings, enroll):
    first, second = cte(NEW, options=AT_ONCE), cte(NEW.replace("900000003,0014", "900000004,0015"))
    Upload.objects.update(sent_at=timezone.now() - timedelta(days=400))
    settings.TIDEGATE_KEEP_FILES_DAYS = 30
    apply_retention()
    assert ends_of(first) == [(2, "ended", "file_gone")]
    second.refresh_from_db()
    with pytest.raises(Conflict, match="no longer keep the file"):
        start_waiting(second, by=specialist)
    enroll()
    assert credits_of("900000003") == []


def test_a_log_stays_for_as_long_as_rows_of_it_wait(cte, enroll, settings):
    first = cte(KNOWN, NEW, options=AT_ONCE)
    Upload.objects.update(sent_at=timezone.now() - timedelta(days=46))
    settings.TIDEGATE_KEEP_LOGS_DAYS = 45
    apply_retention()
    assert waits_of(first) == Waits(waiting=1)
    enroll()
    assert credits_of("900000003") == [1.5]
    first.refresh_from_db()
    assert first.has_log
    assert apply_retention().log_count == 1
    first.refresh_from_db()
    assert (first.has_log, ends_of(first)) == (False, [])


def test_a_corrected_row_that_waits_keeps_the_log_of_its_file(cte, enroll, specialist, settings):
    first = cte(KNOWN, NEW.replace("2001", "2002"))
    sent = send_rows(first, CorrectedRows({3: NEW.split(",")}), by=specialist)
    process(upload_id=sent.pk)
    start_waiting(sent, by=specialist)
    Upload.objects.update(sent_at=timezone.now() - timedelta(days=46))
    settings.TIDEGATE_KEEP_LOGS_DAYS = 45
    assert apply_retention().log_count == 0
    enroll()
    assert (credits_of("900000003"), apply_retention().log_count) == ([1.5], 2)


def test_a_store_that_is_away_ends_no_wait(cte, enroll, settings):
    first = cte(NEW, options=AT_ONCE)
    store = settings.TIDEGATE_UPLOADS_DIR
    store.rename(store.with_name("share"))
    with pytest.raises(StoreAway):
        load_waiting_rows(first.pk)
    store.with_name("share").rename(store)
    assert waits_of(first) == Waits(waiting=1)
    enroll()
    assert credits_of("900000003") == [1.5]


def test_what_cannot_wait_says_why(cte, send, specialist, settings):
    check, busy = cte(NEW, check_only=True), send(file_of(NEW), by=specialist)
    for upload in (check, busy):
        with pytest.raises(Conflict, match="once the file has been loaded"):
            start_waiting(upload, by=specialist)
    with pytest.raises(Conflict, match="only rows can whose one error"):
        start_waiting(cte(KNOWN), by=specialist)
    first = cte(NEW)
    settings.TIDEGATE_WAIT_DAYS = 0
    with pytest.raises(Conflict, match="in this state"):
        start_waiting(first, by=specialist)
    assert waits_of(cte(NEW, options=AT_ONCE)) == Waits()


def test_rows_that_wait_are_no_uploads_of_their_sender(cte, enroll, settings):
    cte(NEW, options=AT_ONCE)
    enroll()
    settings.TIDEGATE_MAX_UPLOADS_PER_HOUR = 3
    assert cte(KNOWN).state == State.FINISHED


def test_a_row_that_was_corrected_on_the_page_can_wait(cte, enroll, specialist, work):
    first = cte(KNOWN, NEW.replace("2001", "2002"))
    to_go = RowsToGo.of(first)
    corrected = CorrectedRows({3: NEW.split(",")})
    sent = send_rows(first, corrected, by=specialist)
    assert to_go.to_go_count == 1
    process(upload_id=sent.pk)
    assert waits_of(sent) == Waits(may=1)
    start_waiting(sent, by=specialist)
    enroll()
    assert credits_of("900000003") == [1.5]
    assert RowsToGo.of(first).to_go_count == 0
