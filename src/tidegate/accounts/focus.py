"""Says what a person works in, and saves another choice."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import can_manage_reference, can_set_focus, check_can_set_focus
from tidegate.accounts.reach import is_state_wide
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.school_years import begun_years
from tidegate.reference.show_students import ShowStudents


def focus_of(person: Person, *, today: date | None = None) -> Focus | None:
    """Return the saved focus, or an unsaved one that makes sense; None while there is no year or no role.

    A saved focus on an organization that the person's roles no longer reach does not count.
    """
    saved = Focus.objects.filter(person=person).select_related("school_year", "organization").first()
    if saved and can_set_focus(person, saved.organization):
        return saved
    return _default_focus(person, today or timezone.localdate())


def why_no_focus(person: Person) -> Refusal:
    """Return the message for a person without a focus: the state has no school year yet, or they
    have no role."""
    if SchoolYear.objects.exists():
        unit, school = (present_state().word(name) for name in ("sau_in_full", "cte_school"))
        fix = f"Ask the state data team to give you a role in your {unit} or {school}"
        return Refusal("You do not belong to an organization yet", fix=fix)
    message = "There is no school year yet"
    if can_manage_reference(person):
        return Refusal(message, fix="Open the one that you collect: under Administration, Setting up")
    return Refusal(message, fix="The state data team adds it before the first files are sent. Ask it when that will be")


def _default_focus(person: Person, today: date) -> Focus | None:
    """Return the newest school year that has begun in which an organization of the person's roles was open, with the
    first of these organizations: who works for one that has closed still has its last year to finish."""
    years = list(begun_years(today)) or list(SchoolYear.objects.order_by("first")[:1])
    held = [None] if is_state_wide(person) else [each.organization for each in person.memberships.all()]
    reached = [place for place in held if can_set_focus(person, place)]
    choices = [(year, place) for year in years for place in reached]
    if not choices:
        return None
    were_open = ((year, place) for year, place in choices if place is None or place.is_open_in(year.period))
    school_year, organization = next(were_open, choices[0])
    return Focus(person=person, school_year=school_year, organization=organization)


@transaction.atomic
def save_focus(
    *, by: Person, school_year: SchoolYear, organization: Organization | None, show_students: str = ShowStudents.ALL
) -> Focus:
    """Save what a person works in, and return it.

    Args:
        by: The person whose focus it is.
        school_year: The school year.
        organization: A district, a school or a technical school; None is the whole state.
        show_students: Which students the student list shows.

    Raises:
        Refusal: The organization is out of the person's reach, or the choice is unknown.
    """
    check_can_set_focus(by, organization)
    if show_students not in ShowStudents.values:
        raise Refusal("Show Students does not have this choice", fix="Choose one from the list")
    choice = {"school_year": school_year, "organization": organization, "show_students": show_students}
    focus, _ = Focus.objects.update_or_create(person=by, defaults=choice)
    where = {"organization": organization, "school_year": school_year}
    record_event("focus.saved", by=by, subject=focus, show_students=show_students, **where)
    return focus
