"""ENR611 is asked whatever ends an enrollment: a row, a withdrawal, a complete file, a correction by hand, an undo."""

import pytest

from tests.uploads.lifecycle.processing.test_process import ENROLLMENT_HEADER
from tests.uploads.rechecks.test_recheck import CONCURRENT, GOES_ON, LINE, ended, listed, load
from tidegate.core.errors import Conflict
from tidegate.core.rules.rule import Severity
from tidegate.file_types import find
from tidegate.records.models import CURRENT, Enrollment
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.file_types.student_enrollment.rules.enr611_leaves_lines_unfit import LeavesLinesUnfit
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, errors_of, texts_of
from tidegate.uploads.lifecycle.decisions.undo import undo_parts
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import load_checked, withdraw_missing
from tidegate.uploads.models import State

__all__ = ["load"]

OTHER = CONCURRENT.format(exit="", type="").replace("900000001,1", "900000002,2")
LEFT = (
    "1 CTE record on file without the enrollment that it needs: 01.0205 at Capital Area Technical Center from"
    " 2021-01-25"
)
ALL = SendOptions(complete=True)
CONFIRMED = SendOptions(complete=True, missing="withdraw")


@pytest.fixture
def as_error(monkeypatch):
    """Have the state make an error of it."""
    monkeypatch.setattr(LeavesLinesUnfit, "severity", Severity.ERROR)


@pytest.fixture
def rested_on(load):
    """A CTE record is on file, and two enrollments at its CTE school that their district has sent."""
    load(GOES_ON, OTHER)
    load(LINE)
    return Enrollment.objects.get(CURRENT, student_id="900000001", school_id=2001)


def done(upload):
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def said(upload):
    return [(finding.code, finding.severity, finding.row, finding.message) for finding in upload.findings.all()]


def by_hand(enrollment, **values):
    lines, year = lines_of(find("student-enrollment")), SchoolYear.objects.get(first=2020)
    (before,) = texts_of(lines, [enrollment.pk], year)
    changed = before | values if values else None
    return Correction(lines, Organization.objects.get(pk=2000), year, enrollment, changed)


def test_a_withdrawal_warns_of_what_rested_on_the_line(rested_on, load, other_specialist):
    missing = load(OTHER, options=ALL)
    upload = done(withdraw_missing(missing, [rested_on.pk], reason="No-show", by=other_specialist))
    assert (upload.state, upload.withdrawn_count, upload.warning_count) == (State.FINISHED, 1, 1)
    assert said(upload) == [("ENR611", "warning", None, f"The withdrawal leaves {LEFT}")]
    assert [cause.text for cause in upload.causes.all()] == [f"The withdrawal leaves {LEFT}"]
    assert [code for code, _ in listed()] == ["CTE501"]


def test_a_withdrawal_that_leaves_nothing_says_nothing(rested_on, load, other_specialist):
    missing = load(GOES_ON, options=ALL)
    upload = done(withdraw_missing(missing, None, reason="No-show", by=other_specialist))
    assert (upload.withdrawn_count, said(upload), listed()) == (1, [], [])


@pytest.mark.usefixtures("as_error")
def test_where_the_state_says_so_such_a_withdrawal_is_not_made(rested_on, load, other_specialist):
    missing = load(OTHER, options=ALL)
    before = state_hash()
    upload = done(withdraw_missing(missing, None, reason="No-show", by=other_specialist))
    assert (upload.state, upload.withdrawn_count, upload.changes) == (State.FAILED, None, None)
    assert said(upload) == [("ENR611", "error", None, f"The withdrawal leaves {LEFT}")]
    assert (state_hash(), listed()) == (before, [])


@pytest.mark.parametrize("check_only", [False, True])
def test_a_complete_file_that_withdraws_warns_on_check_and_on_load(rested_on, load, check_only):
    upload = load(OTHER, options=CONFIRMED, check_only=check_only)
    assert (upload.changes["withdrawn"], upload.warning_count) == (1, 1)
    assert said(upload) == [("ENR611", "warning", None, f"The withdrawal leaves {LEFT}")]
    assert [code for code, _ in listed()] == ([] if check_only else ["CTE501"])


@pytest.mark.usefixtures("as_error")
def test_where_the_state_says_so_a_complete_file_leaves_the_line_on_file(rested_on, load):
    upload = load(OTHER, options=CONFIRMED)
    assert (upload.changes["withdrawn"], upload.missing_count, upload.error_count) == (0, 1, 0)
    assert said(upload) == [("ENR611", "error", None, f"The withdrawal leaves {LEFT}")]
    rested_on.refresh_from_db()
    assert rested_on.is_current
    assert listed() == []


def test_a_moved_entry_date_in_a_complete_file_is_warned_of(rested_on, load):
    upload = load(GOES_ON.replace("2020-09-01", "2021-02-01"), OTHER, options=CONFIRMED)
    assert upload.changes == {"new": 0, "changed": 1, "unchanged": 1, "withdrawn": 0}
    assert said(upload) == [("ENR611", "warning", 2, f"This row leaves {LEFT}")]
    (cause,) = upload.causes.all()
    assert (cause.row_count, cause.rows) == (1, [2])
    assert [code for code, _ in listed()] == ["CTE503"]


@pytest.mark.usefixtures("as_error")
def test_where_the_state_says_so_the_moved_row_is_not_loaded(rested_on, load, other_specialist):
    row = GOES_ON.replace("2020-09-01", "2021-02-01")
    check = load(row, OTHER, options=CONFIRMED, check_only=True)
    upload = done(load_checked(check, by=other_specialist))
    for each in (check, upload):
        assert (each.error_count, each.changes) == (1, {"new": 0, "changed": 0, "unchanged": 1, "withdrawn": 0})
        assert said(each) == [("ENR611", "error", 2, f"This row leaves {LEFT}")]
    rested_on.refresh_from_db()
    assert rested_on.is_current
    assert listed() == []


@pytest.mark.parametrize("values", [{"EntryDate": "2021-02-01"}, {"ExitDate": "2020-12-01", "ExitType": "02"}])
def test_a_correction_by_hand_warns_and_the_list_shows_it_at_once(rested_on, other_specialist, values):
    upload = done(send_correction(by_hand(rested_on, **values), by=other_specialist, reason="It was later"))
    assert (upload.changes["changed"], upload.warning_count) == (1, 1)
    assert said(upload) == [("ENR611", "warning", 2, f"This row leaves {LEFT}")]
    assert [code for code, _ in listed()] == ["CTE503"]


@pytest.mark.usefixtures("as_error")
def test_where_the_state_says_so_the_form_refuses_the_correction(rested_on, other_specialist):
    correction = by_hand(rested_on, EntryDate="2021-02-01")
    assert errors_of(correction) == [("ExitDate", f"This row leaves {LEFT}")]
    before = state_hash()
    upload = done(send_correction(correction, by=other_specialist, reason="It was later"))
    assert (upload.state, upload.error_count, upload.changes["changed"]) == (State.FINISHED, 1, 0)
    assert (state_hash(), listed()) == (before, [])


def test_a_line_withdrawn_by_hand_is_asked_about_too(rested_on, other_specialist):
    upload = done(send_correction(by_hand(rested_on), by=other_specialist, reason="No-show"))
    assert (upload.withdrawn_count, upload.warning_count) == (1, 1)
    assert [code for code, _ in listed()] == ["CTE501"]


@pytest.fixture
def remedy(load):
    """An upload that mended an exit which had come too early."""
    load(LINE)
    load(ended("2020-12-01"))
    return load(ended("2021-02-01"))


def test_an_undo_says_how_many_lines_no_longer_fit(remedy, other_specialist):
    undone = undo_parts(remedy, by=other_specialist)
    assert (undone.upload.state, undone.unfit_count) == (State.UNDONE, 1)
    assert [code for code, _ in listed()] == ["CTE503"]


def test_where_the_state_says_so_an_undo_is_refused(remedy, other_specialist, as_error):
    before = state_hash()
    with pytest.raises(Conflict) as refused:
        undo_parts(remedy, by=other_specialist)
    assert refused.value.code == "LEAVES_UNFIT"
    assert "1 record on file that rests on it would no longer fit" in refused.value.message
    remedy.refresh_from_db()
    assert (remedy.state, state_hash(), listed()) == (State.FINISHED, before, [])


def test_a_withdrawal_on_hold_says_it_to_the_releaser(rested_on, load, other_specialist, settings):
    missing = load(OTHER, options=ALL)
    settings.TIDEGATE_HOLD_PERCENT, settings.TIDEGATE_HOLD_COUNT = 1, 1
    upload = done(withdraw_missing(missing, None, reason="No-show", by=other_specialist))
    assert (upload.state, upload.warning_count) == (State.ON_HOLD, 1)
    assert [finding[0] for finding in said(upload)] == ["ENR611"]
    assert ENROLLMENT_HEADER
