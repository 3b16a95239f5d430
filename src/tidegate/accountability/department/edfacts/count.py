"""Counts what an old EDFacts file is written from in a snapshot: its outcomes, by one category at most."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.counting.attainment import attained_in_program, concentrators_who, leavers
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.department.edfacts.amounts import Amount
from tidegate.accountability.department.edfacts.profile import Profile
from tidegate.accountability.department.enrollment import ProgramEnrollment
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.frozen_lines.tables import PLACEMENT
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import ALL, Indicator
from tidegate.accountability.indicators.placement import Placement
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Conflict, Refusal

_COLUMNS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sex": ("GenderID", {}),
    "race": ("RaceEthnicityID", {}),
    "disability": ("DisabilityStatusID", {}),
    "economically disadvantaged": ("EconDisadvantagedStatusID", {"Y": "ECODIS"}),
    "migratory": ("MigrantStatusID", {"Y": "MS"}),
    "single parent": ("SingleParentPregnantStatusID", {"Y": "SPPT"}),
    "English learner": ("LEPStatusID", {"Y": "LEPP"}),
    "non-traditional field": ("NonTraditionalEnrolleesID", {"Y": "NTE"}),
}
"""The column of a file for what a state's models count by (`counted_by`), and its values for codes that are not theirs
already. Of other categories no source gives the values."""
_MISSING = "MISSING"
_ANSWERED = sql.SQL("{year} = {school_year} AND {value} = ANY({answers})")
_NOT_PLACED = "NOTPLACED"

Outcome = tuple[str, ...]


class _Counted(NamedTuple):
    """An indicator of which a file has those who met it under an outcome, and the others under another one."""

    indicator: str
    met: Outcome
    not_met: Outcome


_OF_INDICATORS = {
    "142": (
        _Counted("2S1", ("RLA", "PROFICIENT"), ("RLA", "NOTPROFICIENT")),
        _Counted("2S2", ("M", "PROFICIENT"), ("M", "NOTPROFICIENT")),
    ),
    "154": (_Counted("1S1", ("GRAD",), ("NOTG",)),),
    "156": (_Counted("4S1", ("MEM",), ("NM",)),),
}
"""The files that an indicator is."""


class _Answer(Placement):
    """Leavers of whom one of some answers is on file."""

    def __init__(self, *answers: str) -> None:
        self._answers = answers

    def base(self, snapshot: Snapshot, definition: Definition) -> sql.Composable:
        """Return each leaver's programs as a concentrator, and whether there is such an answer."""
        named = {"school_year": snapshot.school_year.name, "answers": sql.Literal(list(self._answers))}
        met = attained_in_program(snapshot, definition, PLACEMENT, _ANSWERED, values=named)
        return concentrators_who(students=leavers(snapshot, definition), attained=met)


_Numbers = dict[tuple[str, str], tuple[int, int]]
"""Who met an indicator, and the base, by category and key."""


def amounts_of(snapshot: Snapshot, profile: Profile) -> list[Amount]:
    """Return the amounts of a file: each outcome of all students first, then by each category.

    Raises:
        Conflict: The file was not collected of the school year, nothing on file feeds it, or a student has a value that
            the file has no code for.
    """
    year = snapshot.school_year.name
    if not profile.first_year <= year <= profile.last_year:
        raise Conflict(
            f"File {profile.file} was collected of the school years {profile.first_year} to {profile.last_year}, and"
            f" snapshot {snapshot.pk} is of {year}",
            fix="Choose a snapshot of one of these years; later numbers are in the workbook for the Department",
            code="NOT_COLLECTED",
        )
    if profile.file == "169":
        return _by_type(snapshot, profile)
    counted = dict(_outcomes(snapshot, profile))
    totals = [Amount(outcome, "", "", numbers.get((ALL, ""), 0)) for outcome, numbers in counted.items()]
    return [*totals, *_parts(profile, counted)]


def _outcomes(snapshot: Snapshot, profile: Profile) -> Iterator[tuple[Outcome, dict[tuple[str, str], int]]]:
    """Yield each outcome with its numbers by category and key."""
    if profile.file in _OF_INDICATORS:
        for indicator, met, not_met in _OF_INDICATORS[profile.file]:
            numbers = _count(snapshot, profile, find_indicators()[indicator])
            yield met, {key: part for key, (part, _) in numbers.items()}
            yield not_met, {key: base - part for key, (part, base) in numbers.items()}
    elif profile.file == "158":
        placed = _count(snapshot, profile, find_indicators()["3S1"])
        # Who is asked and does not answer is missing: that nobody knows is not that the student has nothing.
        answers = (*definition_of(snapshot).file.placed, _NOT_PLACED)
        answered = _count(snapshot, profile, _Answer(*answers))
        yield ("PLACED",), {key: part for key, (part, _) in placed.items()}
        yield (_NOT_PLACED,), {key: part - placed[key][0] for key, (part, _) in answered.items()}
        yield (_MISSING,), {key: base - part for key, (part, base) in answered.items()}
    elif profile.file == "209":
        yield (), {key: base for key, (_, base) in _count(snapshot, profile, ProgramEnrollment()).items()}


def _count(snapshot: Snapshot, profile: Profile, indicator: Indicator) -> _Numbers:
    """Return the numbers of an indicator. A Conflict where nothing on file feeds it: no data is never 0."""
    if lacks := indicator.why_no_data(snapshot):
        raise Conflict(
            f"Nothing on file feeds file {profile.file}. {lacks}",
            fix="Write it from amounts that you have counted elsewhere (tidegate edfacts write)",
            code="NO_DATA",
        )
    counts = indicator.counts(snapshot)
    return {(each.category, each.key): (each.numerator or 0, each.denominator or 0) for each in counts}


def _parts(profile: Profile, counted: Mapping[Outcome, Mapping[tuple[str, str], int]]) -> Iterator[Amount]:
    """Yield the amounts by category. A Conflict where a category adds up and the file lacks a value that somebody
    has."""
    for category, (column, codes) in _COLUMNS.items():
        described, of = profile.column(column), profile.set_of(column)
        if described is None or of is None:
            continue
        students: dict[tuple[Outcome, str], int] = defaultdict(int)
        for outcome, numbers in counted.items():
            for (name, key), count in numbers.items():
                value = codes.get(key, key or _MISSING)
                if name == category and value in described.values:
                    students[outcome, value] += count
                elif name == category and of.adds_up and count:
                    raise _no_value(profile, column, key, count)
        yield from (Amount(outcome, column, value, count) for (outcome, value), count in students.items())


def _by_type(snapshot: Snapshot, profile: Profile) -> list[Amount]:
    """Return how many leavers were placed, and how many in each type of placement."""
    column = profile.column("PlacementTypeID")
    assert column is not None, "the layout has it"
    placed = _count(snapshot, profile, find_indicators()["3S1"])[ALL, ""][0]
    types = [
        Amount((), column.name, value, _count(snapshot, profile, _Answer(value))[ALL, ""][0]) for value in column.values
    ]
    return [Amount((), "", "", placed), *types]


def _no_value(profile: Profile, column: str, key: str, count: int) -> Refusal:
    have = "student has" if count == 1 else "students have"
    return Conflict(
        f'{count:,} {have} "{key or "missing"}", for which file {profile.file} has no code under {column}',
        fix="Ask the Department how they were reported, and write the file from amounts (tidegate edfacts write)",
        code="NO_SUCH_VALUE",
    )


def header_of(profile: Profile) -> Iterable[str]:
    """Return the columns of the amounts as a CSV, those that `read_amounts` asks for."""
    return ("Category", "Value", *profile.outcomes, "Amount")
