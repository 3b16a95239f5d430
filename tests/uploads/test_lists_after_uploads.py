"""An import of the state's lists takes nothing back that districts have sent or corrected, unless it is told to."""

import shutil

import pytest
from typer.testing import CliRunner

from tests.uploads.lifecycle.processing.test_process import ENROLLMENT_HEADER
from tidegate.audit.models import Event
from tidegate.cli.main import app
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.models import CURRENT, Change, ChangeKind, Enrollment, StudentVersion
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.reference.import_file import NewerRecords
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.problem import NewerOnFile, ReferenceRefused
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process

EXIT = "2000,2001,900000002,2,C,11,2020-09-01,02,1000,,2021-03-01,02,"
"""Of the concurrent enrollment in row 5 of the list."""
LEAVES = "1000,1001,900000002,2,P,11,2020-09-01,02,1000,011,2021-03-01,02,"
ARRIVES = "2000,2002,900000002,2,P,11,2021-03-01,13,2000,,,,"


@pytest.fixture
def folder(state, tmp_path):
    """The folder that was imported, to be imported again."""
    shutil.copytree(find("cte").folder / "cases" / "all_good" / "reference", tmp_path / "lists")
    return tmp_path / "lists"


def add(folder, name: str, *lines: str) -> None:
    path = folder / f"{name}.csv"
    path.write_text(path.read_text() + "\n".join([*lines, ""]))


@pytest.fixture
def load(process_file, specialist, other_specialist):
    """Load one enrollment for its district."""

    def load_line(line: str):
        sender = {"1000": specialist, "2000": other_specialist}[line[:4]]
        more = {"by": sender, "organization_id": int(line[:4]), "file_type": "student-enrollment"}
        upload = process_file(f"{ENROLLMENT_HEADER}\n{line}\n", **more)
        assert upload.success_count == 1
        return upload

    return load_line


@pytest.fixture
def exited(load):
    """An upload that ends the concurrent enrollment of a student."""
    return load(EXIT)


def concurrent() -> Enrollment:
    return Enrollment.objects.get(CURRENT, student="900000002", enrollment_type="C")


def refused(folder) -> NewerOnFile:
    before = state_hash()
    with pytest.raises(NewerOnFile) as refusal:
        import_reference(folder, by=None)
    assert state_hash() == before
    return refusal.value


def test_lists_that_would_take_back_an_exit_are_refused_whole(folder, exited):
    add(folder, "organizations", "3000,Harbor,SAU,,")
    refusal = refused(folder)
    assert (
        refusal.message == "Nothing was imported, because 1 row would undo what an upload or a correction has changed"
    )
    assert refusal.fix.splitlines()[0] == "enrollments.csv: row 5"
    assert not Organization.objects.filter(pk=3000).exists()
    assert str(concurrent().exit_date) == "2021-03-01"


def test_the_option_overwrites_what_districts_have_sent_and_is_noted(folder, exited):
    answer = CliRunner().invoke(app, ["import-reference", str(folder), "--overwrite"])
    assert "enrollments.csv: 1 enrollment was changed, 3 are unchanged" in answer.output
    assert concurrent().exit_date is None
    assert Event.objects.filter(act="reference.imported").latest("pk").details["overwrite"] is True


def test_what_the_export_says_is_imported_with_further_rows(folder, exited, tmp_path):
    CliRunner().invoke(app, ["export-reference", str(tmp_path / "out")])
    add(tmp_path / "out", "students", "900000009,Ninth,Student,,2004-07-15,F")
    add(tmp_path / "out", "enrollments", "2020-2021,2000,2002,900000009,,P,10,2020-09-01,02,,")
    merged = import_reference(tmp_path / "out", by=None).files["enrollments.csv"]
    assert (merged.added_count, merged.changed_count) == (1, 0)


def test_once_the_upload_is_undone_its_rows_are_the_lists_again(folder, exited, other_specialist):
    undo(exited, by=other_specialist)
    text = (folder / "enrollments.csv").read_text()
    (folder / "enrollments.csv").write_text(text.replace("900000002,2,C,11", "900000002,2,C,12"))
    assert import_reference(folder, by=None).files["enrollments.csv"].changed_count == 1


def test_a_line_that_was_withdrawn_by_hand_does_not_come_back(folder, other_specialist):
    lines, year = lines_of(find("student-enrollment")), SchoolYear.objects.get(first=2020)
    line = Enrollment.objects.get(student="900000002", enrollment_type="C")
    correction = Correction(lines, Organization.objects.get(pk=2000), year, line, None)
    process(upload_id=send_correction(correction, by=other_specialist, reason="Never came").pk)
    assert not Enrollment.objects.filter(CURRENT, student="900000002", enrollment_type="C").exists()
    assert refused(folder).rows["enrollments.csv"] == [5]
    import_reference(folder, by=None, newer=NewerRecords.KEEP)
    assert not Enrollment.objects.filter(CURRENT, student="900000002", enrollment_type="C").exists()


def test_a_name_that_an_upload_has_brought_stays(folder, process_file, specialist):
    header = "SAUID,SchoolStudentID,LastName,FirstName,MiddleName,Suffix,DateOfBirth,Gender,GradeLevel"
    upload = process_file(f"{header}\n1000,11,Anchor,Ada,,,2005-03-04,F,10\n", by=specialist, file_type="new-state-id")
    number = StudentVersion.objects.get(began_with=upload.pk).student_id
    add(folder, "students", f"{number},Anchor,Adah,,2005-03-04,F")
    assert refused(folder).rows["students.csv"] == [8]
    import_reference(folder, by=None, newer=NewerRecords.OVERWRITE)
    assert StudentVersion.objects.get(CURRENT, student=number).first_name == "Adah"


def test_a_student_who_has_moved_since_does_not_overlap(folder, exited, load):
    load(LEAVES)
    load(ARRIVES)
    assert refused(folder).rows["enrollments.csv"] == [4, 5]


def test_what_else_is_wrong_is_said_first(folder, exited):
    add(folder, "enrollments", "2020-2021,2000,2002,900000002,,P,11,2021-02-01,13,,")
    with pytest.raises(ReferenceRefused) as refusal:
        import_reference(folder, by=None)
    assert refusal.value.fix == "enrollments.csv row 6: The student has another primary enrollment at the same time"


def test_a_long_list_of_rows_is_named_by_the_first():
    refusal = NewerOnFile({"students.csv": [7], "enrollments.csv": list(range(2, 8_414)), "cte_codes.csv": []})
    assert "because 8,413 rows would undo what uploads or corrections have changed" in refusal.message
    assert refusal.fix.splitlines()[:2] == ["students.csv: row 7", "enrollments.csv: rows 2, 3, 4, 5, 6 and 8,407 more"]


def test_rows_of_what_was_sent_may_be_passed_over(folder, exited):
    before = state_hash()
    import_reference(folder, by=None, newer=NewerRecords.KEEP)
    assert state_hash() == before
    assert Change.objects.filter(kind=ChangeKind.IMPORT).count() == 1
