"""The rules across rows once more, as plain as can be: one student at a time, every row against every other.

Each rule has its plain twin as `plain`. The expressions are faster and must say the same:
`tools.compare_with_plain_rules` compares both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Key = tuple[str, str, date]
"""School, enrollment type and entry date, which name an enrollment of a student."""
NEVER = date.max


@dataclass(frozen=True)
class PlainPeriod:
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
class PlainLine:
    """A row of the file: `cells` are its texts, `period` is None where its key or its exit cannot be read, `own` are
    the codes of its own errors, and `wrong` the columns whose cell is wrong."""

    row: int
    cells: Mapping[str, str]
    key: Key | None
    period: PlainPeriod | None
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


@dataclass(frozen=True)
class PlainStudent:
    """The rows of one student, and the enrollments that are stored of the student."""

    lines: Sequence[PlainLine]
    stored: Sequence[PlainPeriod]

    def good(self) -> Iterator[PlainPeriod]:
        """Yield the enrollments of the rows that have no error."""
        return (line.period for line in self.lines if line.period and not line.is_bad)

    def staying(self) -> list[PlainPeriod]:
        """Return the stored enrollments that no good row replaces."""
        replaced = {period.key for period in self.good()}
        return [period for period in self.stored if period.key not in replaced]

    def primaries(self) -> list[PlainPeriod]:
        """Return the primary enrollments that will be on file: of good rows, and stored ones that stay."""
        return [period for period in (*self.good(), *self.staying()) if period.is_primary]

    def covered_until(self, day: date) -> date | None:
        """Return the last day of the longest primary enrollment that covers `day`; None where none does."""
        return max((period.end for period in self.primaries() if period.covers(day)), default=None)
