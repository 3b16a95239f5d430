"""Corrections by hand: through the same rules, versions, audit and undo as an upload, and nothing half done."""

import pytest
from django.db import connection, transaction

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, ENROLLMENT_HEADER, LINE, PRIMARY
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.file_types import find
from tidegate.records.models import Change, Enrollment
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.by_hand import find_line, send_correction
from tidegate.uploads.lifecycle.corrections.check_correction import as_if_gone
from tidegate.uploads.lifecycle.corrections.correction import Correction, errors_of, texts_of
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import State
from tidegate.uploads.queries.changes import changes_by_id

SECOND = LINE.replace("1.50", "0.75")
ANOTHER = LINE.replace("01.0205", "47.0604")
REASON = "The teacher says so"


@pytest.fixture
def enrolled(process_file, specialist):
    """Load the primary enrollment of a student and return it."""
    process_file(f"{ENROLLMENT_HEADER}\n{PRIMARY}\n", by=specialist, file_type="student-enrollment")
    return Enrollment.objects.get(student_id="900000003", replaced_at=None)


@pytest.fixture
def make(state):
    """Make a correction of the values that are named, from a line on file or a row."""

    def make_correction(line=None, *, row="", file_type="cte", organization_id=1000, withdraws=False, **values):
        lines, year = lines_of(find(file_type)), SchoolYear.objects.get(first=2020)
        header = {"cte": CTE_HEADER, "student-enrollment": ENROLLMENT_HEADER}[file_type].split(",")
        before = texts_of(lines, [line.pk], year)[0] if line else dict(zip(header, row.split(","), strict=True))
        said = None if withdraws else before | values
        return Correction(lines, Organization.objects.get(pk=organization_id), year, line, said)

    return make_correction


@pytest.fixture
def done(specialist):
    """Send a correction and process it, as a worker does."""

    def send_and_process(correction, *, by=specialist, reason=REASON):
        upload = send_correction(correction, by=by, reason=reason)
        process(upload_id=upload.pk)
        upload.refresh_from_db()
        return upload

    return send_and_process


def load(process_file, specialist, *lines):
    return process_file("\n".join([CTE_HEADER, *lines, ""]), by=specialist)


def on_file():
    current = CteRecord.objects.filter(replaced_at=None).order_by("cte_code", "credits_earned")
    return [(line.cte_code, str(line.credits_earned)) for line in current]


def test_a_carriage_return_in_a_value_makes_no_second_row(make, done):
    added = done(make(row=LINE, SchoolStudentID="00\r12"))
    assert (added.state, added.row_count, added.success_count) == (State.FINISHED, 1, 1)


def test_a_line_is_corrected_and_the_others_of_its_group_stay(process_file, specialist, make, done):
    load(process_file, specialist, LINE, SECOND)
    line = CteRecord.objects.get(credits_earned="1.50")
    correction = make(line, CreditsEarned="2.50")
    assert errors_of(correction) == []
    upload = done(correction)
    assert (upload.state, upload.error_count, on_file()) == (
        "finished", 0, [("01.0205", "0.75"), ("01.0205", "2.50")]
    )  # fmt: skip
    assert upload.changes == {"new": 0, "changed": 1, "unchanged": 1, "withdrawn": 0}
    line.refresh_from_db()
    assert line.ended_with == upload.pk
    assert CteRecord.objects.get(credits_earned="2.50").began_with == upload.pk
    change = changes_by_id([upload.pk], person=specialist)[upload.pk]
    assert (change.kind, change.by, change.reason) == ("Correction by hand", specialist.name, REASON)
    event = Event.objects.get(act="upload.made_by_hand")
    assert (event.person_id, event.details["what"], event.details["line_ids"]) == (specialist.pk, "correct", [line.pk])


def test_a_correction_moves_a_line_to_another_code_and_an_undo_brings_it_back(process_file, specialist, make, done):
    load(process_file, specialist, LINE, SECOND)
    before = state_hash()
    upload = done(make(CteRecord.objects.get(credits_earned="1.50"), CTECode="47.0604"))
    assert on_file() == [("01.0205", "0.75"), ("47.0604", "1.50")]
    assert undo(upload, by=specialist).state == State.UNDONE
    assert state_hash() == before


def test_a_line_moves_to_a_code_that_has_lines_already(process_file, specialist, make, done):
    load(process_file, specialist, LINE, ANOTHER.replace("1.50", "3.00"))
    done(make(CteRecord.objects.get(cte_code="01.0205"), CTECode="47.0604"))
    assert on_file() == [("47.0604", "1.50"), ("47.0604", "3.00")]


def test_a_line_is_added_beside_those_of_its_group(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    upload = done(make(row=SECOND))
    assert (upload.changes["new"], on_file()) == (1, [("01.0205", "0.75"), ("01.0205", "1.50")])


def test_the_same_line_is_not_added_twice(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    done(make(row=SECOND))
    again = make(row=SECOND.replace("0.75", "0.750"))
    ((column, sentence),) = errors_of(again)
    assert (column, sentence.partition(":")[0]) == ("", "The CTE record is on file already")
    assert "send both in a file if there are two alike" in sentence
    before = state_hash()
    assert (done(again).state, state_hash()) == (State.FAILED, before)
    load(process_file, specialist, LINE, SECOND, SECOND)
    assert on_file() == [("01.0205", "0.75"), ("01.0205", "0.75"), ("01.0205", "1.50")]


@pytest.mark.parametrize("word", ["NA", "N/A", "NULL", "None"])
def test_lines_of_a_group_keep_an_id_that_reads_like_a_blank(process_file, specialist, make, done, word):
    named = [line.replace(",900000001,1,", f",900000001,{word},") for line in (LINE, SECOND)]
    load(process_file, specialist, *named, ANOTHER.replace(",900000001,1,", ",900000001,,"))
    correction = make(CteRecord.objects.get(cte_code="01.0205", credits_earned="1.50"), CreditsEarned="2.50")
    assert errors_of(correction) == []
    assert done(correction).changes == {"new": 0, "changed": 1, "unchanged": 1, "withdrawn": 0}
    of_group = CteRecord.objects.filter(replaced_at=None, cte_code="01.0205")
    assert set(of_group.values_list("school_student_id", flat=True)) == {word}


@pytest.mark.parametrize("comment", ["None", "NULL", "=1+1", "-", '=so "said"', "A"])
def test_a_comment_is_kept_whatever_it_reads_like(process_file, specialist, make, done, comment):
    doubled = comment.replace('"', '""""')
    row = f'{PRIMARY}"=""{doubled}"""'
    process_file(f"{ENROLLMENT_HEADER}\n{row}\n", by=specialist, file_type="student-enrollment")
    line = Enrollment.objects.get(student_id="900000003", replaced_at=None)
    assert line.comments == comment
    correction = make(line, file_type="student-enrollment", GradeLevel="12")
    assert errors_of(correction) == []
    done(correction)
    corrected = Enrollment.objects.get(student_id="900000003", replaced_at=None)
    assert (corrected.grade_level, corrected.comments) == ("12", comment)


def test_a_cell_that_was_copied_wrapped_is_read_as_in_a_file(make, done):
    done(make(row=LINE, SchoolStudentID='="0012"'))
    assert CteRecord.objects.get(replaced_at=None).school_student_id == "0012"


@pytest.mark.parametrize("number", [" 900000001", "900000001.0"])
def test_a_line_is_added_under_a_number_written_differently(process_file, specialist, make, done, number):
    load(process_file, specialist, LINE)
    upload = done(make(row=SECOND, StateStudentID=number))
    assert (upload.state, on_file()) == (State.FINISHED, [("01.0205", "0.75"), ("01.0205", "1.50")])


def test_a_space_at_the_number_is_no_other_student(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    done(make(CteRecord.objects.get(), StateStudentID=" 900000001", CreditsEarned="2.00"))
    assert on_file() == [("01.0205", "2.00")]


def test_a_line_is_withdrawn_alone(process_file, specialist, make, done):
    load(process_file, specialist, LINE, SECOND)
    line = CteRecord.objects.get(credits_earned="1.50")
    upload = done(make(line, withdraws=True))
    assert (upload.state, upload.withdrawn_count, on_file()) == ("finished", 1, [("01.0205", "0.75")])
    undo(upload, by=specialist)
    assert on_file() == [("01.0205", "0.75"), ("01.0205", "1.50")]


def test_the_entry_date_of_an_enrollment_is_corrected(enrolled, make, done, specialist):
    before = state_hash()
    correction = make(enrolled, file_type="student-enrollment", EntryDate="2020-09-08")
    assert errors_of(correction) == []
    upload = done(correction)
    current = Enrollment.objects.get(student_id="900000003", replaced_at=None)
    assert (str(current.entry_date), upload.error_count) == ("2020-09-08", 0)
    undo(upload, by=specialist)
    assert state_hash() == before


def test_a_no_show_is_taken_out(enrolled, make, done):
    done(make(enrolled, file_type="student-enrollment", withdraws=True))
    assert not Enrollment.objects.filter(student_id="900000003", replaced_at=None).exists()


def test_the_same_enrollment_is_not_added_twice(enrolled, make, done):
    again = make(row=PRIMARY.replace(",11,", ",12,"), file_type="student-enrollment")
    assert errors_of(again) == [("", "The enrollment is on file already: correct it there instead of adding it")]
    before = state_hash()
    assert done(again).state == State.FAILED
    assert state_hash() == before


def test_what_the_rules_say_stands_at_the_column_and_nothing_is_changed(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    before = state_hash()
    wrong = make(CteRecord.objects.get(), CTECode="43")
    assert errors_of(wrong) == [("CTECode", 'Unable to resolve CTE Code "43"')]
    upload = done(wrong)
    assert (upload.state, upload.error_count, state_hash()) == ("finished", 1, before)
    assert CteRecord.objects.get().is_current


def test_of_two_people_at_once_the_second_is_told_and_changes_nothing(process_file, specialist, make):
    load(process_file, specialist, LINE, SECOND)
    line = CteRecord.objects.get(credits_earned="1.50")
    first = send_correction(make(line, CreditsEarned="2.00"), by=specialist, reason=REASON)
    second = send_correction(make(line, CreditsEarned="3.00"), by=specialist, reason=REASON)
    gone = send_correction(make(line, withdraws=True), by=specialist, reason=REASON)
    for upload in (first, second, gone):
        process(upload_id=upload.pk)
        upload.refresh_from_db()
    assert [upload.state for upload in (first, second, gone)] == ["finished", "failed", "failed"]
    assert second.findings.get().code == gone.findings.get().code == "FILE043"
    assert on_file() == [("01.0205", "0.75"), ("01.0205", "2.00")]


def test_a_line_added_by_two_people_at_once_is_on_file_once_from_each(process_file, specialist, make):
    load(process_file, specialist, LINE)
    uploads = [send_correction(make(row=SECOND), by=specialist, reason=REASON) for _ in range(2)]
    for upload in uploads:
        process(upload_id=upload.pk)
        upload.refresh_from_db()
    assert [upload.state for upload in uploads] == ["finished", "failed"]
    assert on_file() == [("01.0205", "0.75"), ("01.0205", "1.50")]


@pytest.mark.parametrize(
    ("values", "reason", "code"),
    [
        ({"CreditsEarned": "2.00"}, "  ", "NO_REASON"),
        ({"CreditsEarned": "2.00"}, "x" * 501, "LONG_REASON"),
        ({}, REASON, "NO_CHANGE"),
        ({"StateStudentID": "900000003"}, REASON, "OTHER_STUDENT"),
    ],
)
def test_what_cannot_be_a_correction_is_refused(process_file, specialist, make, values, reason, code):
    load(process_file, specialist, LINE)
    with pytest.raises(Refusal) as refused:
        send_correction(make(CteRecord.objects.get(), **values), by=specialist, reason=reason)
    assert refused.value.code == code


def test_a_withdrawal_needs_a_reason_and_a_line_that_is_there(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    line = CteRecord.objects.get()
    with pytest.raises(Refusal, match="needs a reason"):
        send_correction(make(line, withdraws=True), by=specialist, reason="")
    done(make(line, withdraws=True))
    with pytest.raises(Conflict, match="not on file any more"):
        send_correction(make(line, withdraws=True), by=specialist, reason=REASON)


def test_a_organization_line_is_not_found_and_one_that_changed_says_so(process_file, specialist, make, done):
    load(process_file, specialist, LINE)
    line, lines = CteRecord.objects.get(), lines_of(find("cte"))
    own, other = (Organization.objects.get(pk=pk) for pk in (1000, 1001))
    stranger = Organization.objects.create(pk=7000, name="Harbor", kind="SAU")
    year = SchoolYear.objects.get(first=2020)
    assert find_line(lines, line.pk, organization=own, school_year=year) == line
    for organization, line_id in ((stranger, line.pk), (other, line.pk), (own, line.pk + 999)):
        with pytest.raises(NotFound, match="no such CTE record"):
            find_line(lines, line_id, organization=organization, school_year=year)
    done(make(line, CreditsEarned="2.00"))
    with pytest.raises(Conflict, match="was changed or withdrawn since the page was opened"):
        find_line(lines, line.pk, organization=own, school_year=year)


def test_only_who_may_send_files_corrects(process_file, specialist, viewer, other_specialist, make):
    load(process_file, specialist, LINE)
    correction = make(CteRecord.objects.get(), CreditsEarned="2.00")
    with pytest.raises(NotAllowed):
        send_correction(correction, by=viewer, reason=REASON)
    with pytest.raises(NotFound):
        send_correction(correction, by=other_specialist, reason=REASON)
    assert not Change.objects.filter(kind="by hand").exists()


def test_whoever_is_locked_to_add_a_line_stays_locked(make):
    correction = make(row=LINE)
    with transaction.atomic(), connection.cursor() as cursor:
        with as_if_gone(correction.upload, correction.line_ids) as are_there:
            cursor.execute("SELECT pg_advisory_xact_lock(4711)")  # let go by the same rollback as a row's lock
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711")
        assert (are_there, cursor.fetchone()) == (True, (1,))
