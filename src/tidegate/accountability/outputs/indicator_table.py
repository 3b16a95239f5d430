"""The indicators of a snapshot as lines of a table: one for each pair of numbers, and for each that has no data one
with the reason. And the students behind a number as CSV."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.counting.indicator_students import IndicatorStudent
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.digest import digest_of_numbers
from tidegate.accountability.indicators import CountedIndicator, count_indicators
from tidegate.accountability.indicators.indicator import ALL
from tidegate.accountability.models import Snapshot
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.outputs.workbook import Line

HEADER = ("Indicator", "Title", "By", "Key", "Name", "Numerator", "Denominator", "Percent", "ToConfirm", "Note")
STUDENT_HEADER = (
    "StateStudentNumber", "LastName", "FirstName", "School", "SchoolName", "Program", "ProgramTitle", "MetInProgram",
)  # fmt: skip
NO_DATA = "no data"


def indicator_lines(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[Line]:
    """Yield the numbers. What has no data says so, and is never 0. The total has a note of what is assumed."""
    for counted in count_indicators(snapshot, reach=reach):
        indicator, why_no_data, counts, _ = counted
        of = (indicator.code, indicator.title)
        to_confirm = "Yes" if indicator.to_confirm else ""
        for each in counts:
            named = (each.category, each.key, each.name)
            if each.numerator is None or each.denominator is None:
                yield (*of, *named, NO_DATA, NO_DATA, "", to_confirm, why_no_data)
            else:
                percent = Decimal(each.percent) if each.percent else ""
                note = assumed_in_words(counted) if each.category == ALL else ""
                yield (*of, *named, each.numerator, each.denominator, percent, to_confirm, note)


def assumed_in_words(counted: CountedIndicator) -> str:
    """Return what is assumed for an indicator, as sentences; blank where the state has set everything."""
    return f"Assumed, since the state has not set it: {'. '.join(counted.assumed)}" if counted.assumed else ""


def indicators_csv(snapshot: Snapshot, *, reach: Reach = None) -> Iterator[bytes]:
    """Yield the numbers as CSV in UTF-8."""
    yield csv_lines([HEADER])
    for line in indicator_lines(snapshot, reach=reach):
        yield csv_lines([line])


def hash_of_indicators(snapshot: Snapshot) -> str:
    """Return the SHA-256, as 64 hex digits, of the numbers without their words: of each pair the indicator, what it is
    by, the key, the numerator and the denominator. What has no data is left out, so that an indicator that a later
    release names without data changes nothing, and one that loses or gets its data does."""
    return digest_of_numbers(
        [each.indicator, each.category, each.key, each.numerator, each.denominator]
        for counted in count_indicators(snapshot)
        for each in counted.counts
        if each.denominator is not None
    )


def indicator_students_csv(snapshot: Snapshot, students: Iterable[IndicatorStudent]) -> Iterator[bytes]:
    """Yield students, each with a program, as CSV in UTF-8, with the names that things had in the snapshot."""
    organizations, programs = names_in(snapshot)
    yield csv_lines([STUDENT_HEADER])
    for each in students:
        line = (
            each.number, each.last_name, each.first_name, each.school, organizations.get(each.school, ""),
            each.program, programs.get(each.program, ""), "Yes" if each.is_met else "No",
        )  # fmt: skip
        yield csv_lines([line])
