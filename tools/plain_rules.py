"""The rules about rows in the light of each other, written once more as plain as can be: one student at a time, every
row against every other. `tools.compare_with_plain_rules` compares what they say with what tidegate says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Key = tuple[str, str, date]
"""School, enrollment type and entry date, which name an enrollment of a student."""
NEVER = date.max


@dataclass(frozen=True)
class Period:
    """An enrollment of one student from its entry up to its exit."""

    key: Key
    end: date

    @property
    def is_primary(self) -> bool:
        """Whether it is a primary enrollment."""
        return self.key[1] == "P"

    @property
    def entry(self) -> date:
        """The first day."""
        return self.key[2]

    def covers(self, day: date) -> bool:
        """Whether the day lies between entry and exit, both of which count."""
        return self.entry <= day <= self.end


@dataclass
class Line:
    """A row of the file: `cells` are its texts, `period` is None where its key or its exit cannot be read, `own` are
    the codes of its own errors, and `wrong` the columns whose cell is wrong."""

    row: int
    cells: Mapping[str, str]
    key: Key | None
    period: Period | None
    own: set[str]
    wrong: set[str]
    found: set[str] = field(default_factory=set)

    @property
    def is_bad(self) -> bool:
        """Whether the row has an error by now."""
        return bool(self.own or self.found - {"ENR302"})

    @property
    def codes(self) -> set[str]:
        """Everything that was said of the row."""
        return self.own | self.found


Rule = Callable[[Line, Sequence[Line], Sequence[Period]], bool]


def judge_student(lines: Sequence[Line], stored: Sequence[Period]) -> None:
    """Find what is wrong between the rows of one student, until nothing changes any more."""
    while True:
        before = [set(line.found) for line in lines]
        for code, (rule, suppressed_by, columns) in _RULES.items():
            breaking = [line for line in lines if code not in line.found and rule(line, lines, stored)]
            for line in breaking:
                if not line.codes & suppressed_by and not line.wrong & columns:
                    line.found.add(code)
        if before == [line.found for line in lines]:
            return


def _same(line: Line, lines: Sequence[Line]) -> list[Line]:
    return [other for other in lines if line.key is not None and other.key == line.key and other is not line]


def _differs(line: Line, lines: Sequence[Line], _: Sequence[Period]) -> bool:
    alike = [line, *_same(line, lines)]
    return any(one.cells != other.cells for one in alike for other in alike)


def _repeats(line: Line, lines: Sequence[Line], _: Sequence[Period]) -> bool:
    return any(other.row < line.row for other in _same(line, lines))


def _good(lines: Sequence[Line]) -> Iterator[Period]:
    return (line.period for line in lines if line.period and not line.is_bad)


def _after(lines: Sequence[Line], stored: Sequence[Period]) -> list[Period]:
    """Return what will be on file: the good rows, and what is stored and keeps its place."""
    good = list(_good(lines))
    taken = {period.key for period in good}
    return [*good, *(period for period in stored if period.key not in taken)]


def _primaries(lines: Sequence[Line], stored: Sequence[Period]) -> list[Period]:
    return [period for period in _after(lines, stored) if period.is_primary]


def _overlaps(line: Line, lines: Sequence[Line], stored: Sequence[Period]) -> bool:
    mine = line.period
    if mine is None or line.is_bad or not mine.is_primary:
        return False
    others = (period for period in _primaries(lines, stored) if period.key != mine.key)
    return any(max(mine.entry, other.entry) < min(mine.end, other.end) for other in others)


def _covered_until(day: date, lines: Sequence[Line], stored: Sequence[Period]) -> date | None:
    return max((period.end for period in _primaries(lines, stored) if period.covers(day)), default=None)


def _lacks_primary(line: Line, lines: Sequence[Line], stored: Sequence[Period]) -> bool:
    return line.key is not None and line.key[1] == "C" and _covered_until(line.key[2], lines, stored) is None


def _outlasts(line: Line, lines: Sequence[Line], stored: Sequence[Period]) -> bool:
    if line.period is None or line.period.is_primary:
        return False
    until = _covered_until(line.period.entry, lines, stored)
    return until is not None and line.period.end > until


def _leaves_open(line: Line, lines: Sequence[Line], stored: Sequence[Period]) -> bool:
    """Whether a stored concurrent enrollment that keeps its place stood beside the row's primary one and goes on."""
    mine = line.period
    if mine is None or line.is_bad or not mine.is_primary:
        return False
    was = next((period for period in stored if period.key == mine.key), None)
    taken = {period.key for period in _good(lines)}
    for concurrent in (period for period in stored if not period.is_primary and period.key not in taken):
        day, until = concurrent.entry, _covered_until(concurrent.entry, lines, stored)
        if until is not None and concurrent.end <= until:
            continue
        is_beside_somebody = until is not None and until > day
        if is_beside_somebody and mine.covers(day) and mine.end == until:
            return True
        if not is_beside_somebody and was is not None and was.covers(day):
            return True
    return False


_WHO_WHEN = {"StateStudentID", "EntryDate", "EnrollmentType"}
_RULES: dict[str, tuple[Rule, set[str], set[str]]] = {
    "ENR301": (_differs, set(), _WHO_WHEN | {"SchoolID"}),
    "ENR302": (_repeats, {"ENR301"}, _WHO_WHEN | {"SchoolID"}),
    "ENR501": (_overlaps, {"ENR301"}, _WHO_WHEN | {"ExitDate"}),
    "ENR502": (_lacks_primary, set(), _WHO_WHEN),
    "ENR503": (_outlasts, {"ENR502"}, _WHO_WHEN | {"ExitDate"}),
    "ENR504": (_leaves_open, {"ENR202", "ENR301", "ENR501"}, _WHO_WHEN | {"ExitDate"}),
}


def judge_group(is_bad: Sequence[bool]) -> list[bool]:
    """Return which CTE lines of one group are kept back for the sake of another one (CTE301)."""
    return [any(is_bad) and not bad for bad in is_bad]
