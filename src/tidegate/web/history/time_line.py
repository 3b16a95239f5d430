"""A student's time line, and the table with the same facts beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from tidegate.records.models import Enrollment, EnrollmentType, StoredLine
from tidegate.reference.models import SchoolYear
from tidegate.web.history.periods import gaps_between, outside_enrollment, overlapping
from tidegate.web.history.sections import Section
from tidegate.web.plots.time_line import Bar, Look, TimeLine, Track

OnFile = Mapping[Section, Sequence[StoredLine]]
"""What was on file, by section; the enrollments come first."""


@dataclass(frozen=True)
class Fact:
    """A row of the table beside the time line: a line on file, or a gap.

    Attributes:
        track: The label of the track that it is drawn in.
        label: What it is, short: a school, a code.
        first: The day on which it begins; None where it has no day, so that it is not drawn.
        end: The day on which it ends; None where no end is known.
        look: How it is drawn.
        fault: What does not fit, as a sentence; blank where all does.
    """

    track: str
    label: str
    first: date | None
    end: date | None
    look: Look
    fault: str = ""

    @property
    def in_words(self) -> str:
        """The fact as a person hears it who does not see the plot."""
        days = f"from {self.first} to {self.end}" if self.end else f"from {self.first}, no end"
        return " ".join(part for part in (self.label, days if self.first else "without a day", self.fault) if part)


def facts_of(on_file: OnFile) -> list[Fact]:
    """Return the facts of a student's lines: primary enrollments with the gaps between them, concurrent ones, then the
    lines of each file type, each in the order of its days."""
    (_, enrollments), *others = on_file.items()
    known = cast("Sequence[Enrollment]", enrollments)
    facts = list(_facts_of_enrollments(known))
    for section, records in others:
        facts += sorted((_fact_of_line(section, record, known) for record in records), key=_by_day)
    return facts


def draw(facts: Sequence[Fact], school_year: SchoolYear, *, day: date, label: str) -> TimeLine:
    """Return the time line of the facts over a school year, with a line under a label at the end of a day."""
    period = school_year.period
    tracks = [
        Track(name, list(_bars(of_track)), "; ".join(fact.in_words for fact in of_track) or "nothing on file")
        for name in dict.fromkeys(fact.track for fact in facts)
        for of_track in [[fact for fact in facts if fact.track == name]]
    ]
    return TimeLine(period.first_day, period.last_day, day, label, tracks)


def _bars(facts: Sequence[Fact]) -> Iterator[Bar]:
    for fact in facts:
        if fact.first is not None:
            is_wrong = bool(fact.fault) and fact.look != Look.GAP
            yield Bar(fact.first, fact.end, fact.label, fact.look, is_wrong)


def _facts_of_enrollments(enrollments: Sequence[Enrollment]) -> Iterator[Fact]:
    looks = {EnrollmentType.PRIMARY: Look.FILLED, EnrollmentType.CONCURRENT: Look.HOLLOW}
    for of_type, look in looks.items():
        alike = [each for each in enrollments if each.enrollment_type == of_type]
        is_primary = of_type == EnrollmentType.PRIMARY
        facts = [
            Fact(
                of_type.label,
                each.school.name,
                each.entry_date,
                each.exit_date,
                look,
                _fault_of_primary(each, alike) if is_primary else "",
            )
            for each in alike
        ]
        if is_primary:
            facts += [
                Fact(of_type.label, "Gap", first, end, Look.GAP, "No primary enrollment")
                for first, end in gaps_between(alike)
            ]
        yield from sorted(facts, key=_by_day)


def _fault_of_primary(enrollment: Enrollment, primaries: Sequence[Enrollment]) -> str:
    other = overlapping(enrollment, primaries)
    return f"Overlaps the primary enrollment at {other.school.name} from {other.entry_date}" if other else ""


def _fact_of_line(section: Section, record: StoredLine, enrollments: Sequence[Enrollment]) -> Fact:
    fault = outside_enrollment(record, section.lines, enrollments) if section.lines else ""
    return Fact(
        section.name, label_of(section, record), section.first_day(record), section.last_day(record), Look.PALE, fault
    )


def label_of(section: Section, record: StoredLine) -> str:
    """Return what names a line for people: its code, then its school and what else is neither a day nor a number."""
    said = [column for column in section.columns if column.kind in ("code", "")]
    in_order = sorted(said, key=lambda column: column.kind != "code")
    return ", ".join(text for text in (column.text_of(record) for column in in_order) if text)


def _by_day(fact: Fact) -> tuple[date, date, str]:
    return fact.first or date.min, fact.end or date.max, fact.label
