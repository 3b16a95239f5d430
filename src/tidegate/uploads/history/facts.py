"""What a student's lines on file say, day by day: with the gaps between them and what does not fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast

from tidegate.core.layouts.state_package import present_state
from tidegate.records.models import Enrollment, EnrollmentType, StoredLine
from tidegate.uploads.history.periods import gaps_between, outside_enrollment, overlapping
from tidegate.uploads.history.sections import Section

OnFile = Mapping[Section, Sequence[StoredLine]]
"""What was on file, by section; the enrollments come first."""


class FactKind(StrEnum):
    """What a fact is about."""

    PRIMARY = "primary"
    CONCURRENT = "concurrent"
    LINE = "line"
    GAP = "gap"


@dataclass(frozen=True)
class Fact:
    """A line on file, or a gap.

    Attributes:
        track: What kind of lines it belongs to, in words.
        label: What it is, short: a school, a code.
        first: The day on which it begins; None where it has no day.
        end: The day on which it ends; None where no end is known.
        kind: What it is about.
        problem: What does not fit, as a sentence; blank where all does.
    """

    track: str
    label: str
    first: date | None
    end: date | None
    kind: FactKind
    problem: str = ""

    @property
    def in_words(self) -> str:
        """The fact as a person hears it who does not see the plot."""
        days = f"from {self.first} to {self.end}" if self.end else f"from {self.first}, no end"
        return " ".join(part for part in (self.label, days if self.first else "without a day", self.problem) if part)


def facts_of(on_file: OnFile) -> list[Fact]:
    """Return the facts of a student's lines: primary enrollments with the gaps between them, concurrent ones, then the
    lines of each file type, each in the order of its days."""
    (_, enrollments), *others = on_file.items()
    known = cast("Sequence[Enrollment]", enrollments)
    facts = list(_facts_of_enrollments(known))
    for section, records in others:
        facts += sorted((_fact_of_line(section, record, known) for record in records), key=_by_day)
    return facts


def _facts_of_enrollments(enrollments: Sequence[Enrollment]) -> Iterator[Fact]:
    kinds = {EnrollmentType.PRIMARY: FactKind.PRIMARY, EnrollmentType.CONCURRENT: FactKind.CONCURRENT}
    for of_type, kind in kinds.items():
        alike = [each for each in enrollments if each.enrollment_type == of_type]
        is_primary = of_type == EnrollmentType.PRIMARY
        facts = [
            Fact(
                of_type.in_words,
                each.school.name,
                each.entry_date,
                each.exit_date,
                kind,
                _problem_of_primary(each, alike) if is_primary else "",
            )
            for each in alike
        ]
        if is_primary:
            missing = present_state().in_words("No {words.primary} enrollment")
            facts += [
                Fact(of_type.in_words, "Gap", first, end, FactKind.GAP, missing) for first, end in gaps_between(alike)
            ]
        yield from sorted(facts, key=_by_day)


def _problem_of_primary(enrollment: Enrollment, primaries: Sequence[Enrollment]) -> str:
    other = overlapping(enrollment, primaries)
    word = present_state().word("primary")
    return f"Overlaps the {word} enrollment at {other.school.name} from {other.entry_date}" if other else ""


def _fact_of_line(section: Section, record: StoredLine, enrollments: Sequence[Enrollment]) -> Fact:
    problem = outside_enrollment(record, section.lines, enrollments) if section.lines else ""
    return Fact(
        section.name,
        label_of(section, record),
        section.first_day(record),
        section.last_day(record),
        FactKind.LINE,
        problem,
    )


def label_of(section: Section, record: StoredLine) -> str:
    """Return what names a line for people: its code, then its school and what else is neither a day nor a number."""
    said = [column for column in section.columns if column.kind in ("code", "")]
    in_order = sorted(said, key=lambda column: column.kind != "code")
    return ", ".join(text for text in (column.text_of(record) for column in in_order) if text)


def _by_day(fact: Fact) -> tuple[date, date, str]:
    return fact.first or date.min, fact.end or date.max, fact.label
