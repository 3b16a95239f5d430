"""The students behind a number of the student count as CSV."""

from collections.abc import Iterable, Iterator

from tidegate.accountability.counting.counted_students import CountedStudent, names_in
from tidegate.accountability.models import Snapshot
from tidegate.core.outputs.spreadsheet import csv_lines

HEADER = (
    "StateStudentNumber", "LastName", "FirstName", "School", "SchoolName", "Program", "ProgramTitle", "Grade", "Gender",
    "SendingDistrict", "SendingDistrictName",
)  # fmt: skip


def counted_students_csv(snapshot: Snapshot, students: Iterable[CountedStudent]) -> Iterator[bytes]:
    """Yield students with a program of theirs as CSV in UTF-8, with the names that things had in the snapshot."""
    organizations, programs = names_in(snapshot)
    yield csv_lines([HEADER])
    for each in students:
        line = (
            each.number, each.last_name, each.first_name, each.school, organizations.get(each.school, ""),
            each.program, programs.get(each.program, ""), each.grade, each.gender,
            each.sau, organizations.get(each.sau, ""),
        )  # fmt: skip
        yield csv_lines([line])
