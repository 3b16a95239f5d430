"""What the history says of a student's lines after real uploads and a real undo."""

from tests.uploads.lifecycle.loading.test_lines_stay_on_file import CORRECTED, FIRST, SECOND, STUDENT, file_of
from tidegate.records.models import Student
from tidegate.reference.models import SchoolYear
from tidegate.uploads.history.student_history import history_of
from tidegate.uploads.lifecycle.decisions.undo import undo


def steps(person) -> list[list[tuple[str, str, str]]]:
    """Return for each version of each CTE record how it came, how it ended, and its credits."""
    history = history_of(Student.objects.get(pk=STUDENT), SchoolYear.objects.get(first=2020), person=person, day=None)
    lines = next(table.lines for table in history.tables if table.section.name == "CTE")
    return [
        [
            (version.began.word, version.ended.word if version.ended else "", version.cells[4].text)
            for version in line.versions
        ]
        for line in lines
    ]


def test_a_correction_and_its_undo_are_versions_of_one_line(process_file, specialist):
    process_file(file_of(FIRST, SECOND), by=specialist)
    corrected = process_file(file_of(FIRST, CORRECTED), by=specialist)
    undo(corrected, by=specialist)
    unchanged, line = steps(specialist)
    assert [(began, ended) for began, ended, _ in unchanged] == [("New", "")]
    assert line == [("New", "Replaced", "2.00"), ("Changed", "Undone", "2.50"), ("Put back", "", "2.00")]
