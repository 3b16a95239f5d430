"""What does not fit on a time line: gaps, primary enrollments at the same time, lines outside their enrollment."""

from collections.abc import Iterator, Sequence
from datetime import date

from tidegate.core.lookups.enrollment import EnrollmentLookup, PlainEnrollment, choose_enrollment
from tidegate.core.lookups.lookup import lookups_of
from tidegate.records.models import Enrollment, EnrollmentType, StoredLine
from tidegate.records.stored_lines import StoredLines


def gaps_between(enrollments: Sequence[Enrollment]) -> Iterator[tuple[date, date]]:
    """Yield the days between enrollments that none of them covers, each from its first day up to its end.

    An enrollment covers the days from its entry date up to its exit date, so that a student may leave one school and
    enter another on the same day.
    """
    in_order = sorted(enrollments, key=lambda each: (each.entry_date, each.pk))
    covered_until = in_order[0].entry_date if in_order else date.max
    for each in in_order:
        if each.entry_date > covered_until:
            yield covered_until, each.entry_date
        covered_until = max(covered_until, each.exit_date or date.max)


def overlapping(enrollment: Enrollment, others: Sequence[Enrollment]) -> Enrollment | None:
    """Return the first of the enrollments that a primary one overlaps; None where it overlaps none."""
    for other in sorted(others, key=lambda each: (each.entry_date, each.pk)):
        last_entry = max(enrollment.entry_date, other.entry_date)
        first_exit = min(enrollment.exit_date or date.max, other.exit_date or date.max)
        if other.pk != enrollment.pk and last_entry < first_exit:
            return other
    return None


def outside_enrollment(record: StoredLine, lines: StoredLines, enrollments: Sequence[Enrollment]) -> str:
    """Return which enrollment a line lies outside of, as a sentence; blank where there is none.

    The file type's layout says by its look-ups which enrollment at the line's own school a line needs, and on which
    day.
    """
    plain = [
        PlainEnrollment(each.sau_id, each.school_id, each.enrollment_type, each.entry_date, each.exit_date)
        for each in enrollments
    ]
    fields = lines.fields
    for lookup in lookups_of(lines.layout).values():
        school, covering = f"{getattr(lookup, 'school', '')}.id", f"{getattr(lookup, 'covering', '')}:value"
        if not isinstance(lookup, EnrollmentLookup) or school not in fields or covering not in fields:
            continue
        at, day = getattr(record, fields[school].name), getattr(record, fields[covering].name)
        if at is None:
            continue
        chosen = choose_enrollment(lookup, plain, day=day, narrowed_to=at.pk)
        of_type = lookup.enrollment_type
        word = EnrollmentType(of_type).in_words.lower() if of_type in EnrollmentType.values else ""
        noun = f"{word} enrollment".strip()
        if chosen is None:
            return f"No {noun} at {at.name}"
        if day is not None and not chosen.entry_date <= day <= (chosen.exit_date or date.max):
            return f"Begins outside the {noun} at {at.name}"
    return ""
