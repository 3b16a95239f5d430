"""Sets the window of a file type, ends it, and goes back to an earlier one."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.file_types import find
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import Organization, SchoolYear
from tidegate.windows.collection import CURRENT
from tidegate.windows.models import CollectionWindow, NotCollected

_MAX_YEARS_BEFORE, _MAX_YEARS_AFTER = 1, 10
"""How far from its school year a window may be: one that is further away has a typing error."""


@dataclass(frozen=True)
class WindowDays:
    """The days of a window, all three included; without a day on which files are due, that is the closing day.

    They may lie outside of the school year: many years close in August.
    """

    opens: date
    closes: date
    due: date | None = None

    @property
    def due_day(self) -> date:
        """The day on which files are due."""
        return self.due or self.closes

    def check(self, school_year: SchoolYear) -> None:
        """Raise Refusal where the days are not in order, or far away from the school year."""
        if self.closes < self.opens:
            raise Refusal("The window closes before it opens", fix="Check both days", code="WINDOW_DAYS")
        if not self.opens <= self.due_day <= self.closes:
            raise Refusal(
                "The due day is not between the opening and the closing day",
                fix="Choose a day from the opening to the closing day",
                code="WINDOW_DAYS",
            )
        years = (self.opens.year - school_year.first, self.closes.year - school_year.first - 1)
        if years[0] < -_MAX_YEARS_BEFORE or years[1] > _MAX_YEARS_AFTER:
            raise Refusal(
                f"The window is years away from {school_year.name}",
                fix="Check the years of its days, and the school year",
                code="WINDOW_DAYS",
            )


@transaction.atomic
def set_window(
    file_type: str,
    school_year: SchoolYear,
    days: WindowDays,
    *,
    by: Person | None,
    organization: Organization | None = None,
) -> CollectionWindow:
    """Set the window of a file type in a school year, in place of the one before, and return it.

    Args:
        file_type: The slug of the file type.
        school_year: The school year.
        days: When it opens, is due and closes.
        by: Who sets it; None is the operator at the command line.
        organization: The organization for which it goes before that of everybody; None is everybody.

    Raises:
        Refusal: The person may not set windows, or the days are not in order.
        Conflict: The file type is not collected for the school year.
    """
    if by is not None:
        check_can_manage_reference(by)
    slug = find(file_type).slug
    days.check(school_year)
    lock_windows(school_year)
    if NotCollected.objects.filter(school_year=school_year, file_type=slug).exists():
        raise Conflict(
            f"{find(slug).name} is not collected for {school_year.name}",
            fix="Say first that it is collected, then set its window",
            code="NOT_COLLECTED",
        )
    same = CollectionWindow.objects.filter(CURRENT, file_type=slug, school_year=school_year, organization=organization)
    before = same.first()
    if before and (before.opens, before.due, before.closes) == (days.opens, days.due_day, days.closes):
        return before  # sent twice
    same.update(ended_by=by, ended_at=timezone.now())
    window = CollectionWindow.objects.create(
        file_type=slug,
        school_year=school_year,
        organization=organization,
        opens=days.opens,
        due=days.due_day,
        closes=days.closes,
        set_by=by,
    )
    _record("window.set", window, by=by)
    return window


@transaction.atomic
def end_window(window_id: int, *, by: Person) -> CollectionWindow:
    """End a window and return it: from then on that of the district or of everybody counts, or none."""
    check_can_manage_reference(by)
    window = find_window_row(window_id)
    lock_windows(window.school_year)
    if not CollectionWindow.objects.filter(CURRENT, pk=window.pk).update(ended_by=by, ended_at=timezone.now()):
        raise Conflict("This window was changed or ended since", fix="Look at the page again", code="WINDOW_ENDED")
    _record("window.ended", window, by=by)
    return window


def use_window_again(window_id: int, *, by: Person) -> CollectionWindow:
    """Set an earlier window once more, in place of the present one, and return it."""
    check_can_manage_reference(by)
    earlier = find_window_row(window_id)
    days = WindowDays(earlier.opens, earlier.closes, earlier.due)
    return set_window(earlier.file_type, earlier.school_year, days, by=by, organization=earlier.organization)


def find_window_row(window_id: int) -> CollectionWindow:
    """Return the window of this number, present or earlier. Raises NotFound where there is none."""
    found = CollectionWindow.objects.select_related("school_year", "organization").filter(pk=window_id).first()
    if found is None:
        raise no_such("window")
    return found


def lock_windows(school_year: SchoolYear) -> None:
    """Keep others from changing the windows of a school year until the caller's transaction ends."""
    advisory_lock(f"windows:{school_year.pk}")


def _record(act: str, window: CollectionWindow, *, by: Person | None) -> None:
    record_event(
        act,
        by=by,
        organization=window.organization,
        school_year=window.school_year,
        subject=window,
        file_type=window.file_type,
        opens=window.opens.isoformat(),
        due=window.due.isoformat(),
        closes=window.closes.isoformat(),
    )
