"""A complete file speaks of a student's lines at every school that it names, also where only others have rows."""

import pytest

from tests.uploads.lifecycle.loading.test_lines_stay_on_file import file_of as cte_file
from tests.uploads.lifecycle.loading.test_planned_changes import COMPLETE, CONFIRMED, changes
from tidegate.core.checking import Focus, check
from tidegate.core.checking.line_plan import CHANGED, MISSING, NEW
from tidegate.core.reading.limits import Limits
from tidegate.core.reference.organizations import CTE_SCHOOL
from tidegate.file_types import find
from tidegate.records.models import Enrollment
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.reference.models import Organization
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.checking.check_upload import plan_options
from tidegate.uploads.lifecycle.receiving.receive import SendOptions

FIRST, SECOND, THIRD = "900000001", "900000002", "900000003"
CENTER, OTHER_CENTER = 2001, 2003
BOTH = (COMPLETE, CONFIRMED)


def enrollment(student: str, school: int, **cells: str) -> str:
    columns = find("student-enrollment").layout.columns
    row = dict.fromkeys(columns, "") | {
        "SAUID": "1000", "SchoolID": str(school), "StateStudentID": student, "SchoolStudentID": student[-1],
        "EnrollmentType": "P" if school == 1001 else "C", "GradeLevel": "11", "EntryDate": "2020-09-01",
        "StartStatus": "02", "ResidentSAUID": "1000",
    }  # fmt: skip
    return ",".join((row | cells).values())


def enrollments(*rows: str) -> str:
    return "\n".join([",".join(find("student-enrollment").layout.columns), *rows, ""])


def cte(student: str, school: int) -> str:
    return f"1000,{school},{student},{student[-1]},01.0205,2020-09-01,,1.50,"


STAYING = [enrollment(student, 1001) for student in (FIRST, SECOND, THIRD)]
AT_CENTER = [enrollment(student, OTHER_CENTER) for student in (FIRST, SECOND, THIRD)]


@pytest.fixture
def enrolled(process_file, specialist):
    """Three students are enrolled at a school and at a second center."""
    Organization.objects.create(
        id=OTHER_CENTER, identifier=str(OTHER_CENTER), name="Coast Center", kind=CTE_SCHOOL, parent_id=2000
    )
    text = enrollments(*STAYING, *AT_CENTER)
    upload = process_file(text, by=specialist, file_type="student-enrollment")
    assert upload.error_count == 0


@pytest.fixture
def planned_alike(process_file, specialist, tmp_path):
    """Load a file, and see that a check of it and one in the smallest pieces have planned the same."""

    def load(text: str, *, file_type: str, options: SendOptions):
        sent = {"by": specialist, "file_type": file_type, "options": options}
        trial = process_file(text, **sent, check_only=True)
        path = tmp_path / "upload.csv"
        path.write_text(text)
        in_pieces = check(
            path,
            trial.layout,
            trial.type.rules,
            focus=Focus(trial.year, trial.organization.pk, trial.organization.name),
            tables=ReferenceDatabase(),
            limits=Limits(chunk_bytes=150, kept_bytes=1),
            keeps=trial.type.columns_to_keep(),
            plan=plan_options(trial),
        ).plan
        loaded = process_file(text, **sent)
        assert loaded.plan_sha256 == trial.plan_sha256 == in_pieces.sha256
        assert loaded.missing_count == trial.missing_count == in_pieces.count_of(MISSING)
        return loaded

    return load


def centers_of(student: str) -> list[int]:
    on_file = Enrollment.objects.filter(replaced_at=None, student_id=student, enrollment_type="C")
    return sorted(set(on_file.values_list("school_id", flat=True)) - {CENTER})


@pytest.mark.parametrize("said", BOTH)
def test_a_named_student_left_out_at_another_named_school_is_told(enrolled, planned_alike, said):
    text = enrollments(*STAYING, AT_CENTER[1])
    upload = planned_alike(text, file_type="student-enrollment", options=said)
    goes = said is CONFIRMED
    assert (changes(upload), upload.missing_count) == ((0, 0, 4, 2 * goes), 2 * (not goes))
    assert [centers_of(student) for student in (FIRST, SECOND, THIRD)] == [
        [OTHER_CENTER] * (not goes), [OTHER_CENTER], [OTHER_CENTER] * (not goes)
    ]  # fmt: skip


def test_no_line_at_another_school_goes_of_a_student_with_an_error(enrolled, planned_alike):
    bad = enrollment(THIRD, 1001, GradeLevel="14")
    text = enrollments(*STAYING[:2], bad, AT_CENTER[1])
    upload = planned_alike(text, file_type="student-enrollment", options=CONFIRMED)
    assert (changes(upload), upload.missing_count) == ((0, 0, 3, 1), 0)
    assert (centers_of(FIRST), centers_of(THIRD)) == ([], [OTHER_CENTER])


def test_nothing_goes_at_a_school_that_only_a_wrong_row_names(enrolled, planned_alike):
    bad = enrollment(SECOND, OTHER_CENTER, GradeLevel="14")
    upload = planned_alike(enrollments(*STAYING, bad), file_type="student-enrollment", options=CONFIRMED)
    assert (upload.withdrawn_count, upload.missing_count) == (0, 2)


def test_nothing_is_said_of_a_school_that_no_row_names(enrolled, planned_alike):
    upload = planned_alike(enrollments(*STAYING), file_type="student-enrollment", options=CONFIRMED)
    assert (upload.withdrawn_count, upload.missing_count, upload.schools_left_out) == (0, 0, [OTHER_CENTER])


def test_what_another_organization_sent_at_another_school_is_counted(
    enrolled, process_file, planned_alike, other_specialist
):
    theirs = enrollment(FIRST, OTHER_CENTER, SAUID="2000", ResidentTownCode="011")
    process_file(enrollments(theirs), by=other_specialist, organization_id=2000, file_type="student-enrollment")
    text = enrollments(*STAYING, *AT_CENTER[1:])
    upload = planned_alike(text, file_type="student-enrollment", options=CONFIRMED)
    assert (upload.withdrawn_count, upload.of_others_count, centers_of(FIRST)) == (0, 1, [OTHER_CENTER])


@pytest.mark.parametrize("said", BOTH)
def test_a_line_whose_school_was_corrected_is_not_on_file_twice(
    enrolled, process_file, specialist, planned_alike, said
):
    process_file(cte_file(cte(FIRST, OTHER_CENTER), cte(SECOND, OTHER_CENTER)), by=specialist)
    upload = planned_alike(cte_file(cte(FIRST, CENTER), cte(SECOND, OTHER_CENTER)), file_type="cte", options=said)
    goes = said is CONFIRMED
    assert upload.changes == {NEW: 1, CHANGED: 0, "unchanged": 1, "withdrawn": int(goes)}
    assert upload.missing_count == int(not goes)
    schools = CteRecord.objects.filter(replaced_at=None, student_id=FIRST).order_by("school_id")
    assert list(schools.values_list("school_id", flat=True)) == [CENTER, *([OTHER_CENTER] * (not goes))]
