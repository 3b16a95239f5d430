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
from tidegate.reference.school_years import newest_begun
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
    """Return the newest school year that has begun, with the organization of the person's first role."""
    school_year = newest_begun(today) or SchoolYear.objects.order_by("first").first()
    first = next(iter(person.memberships.all()), None)
    organization = None if first is None or is_state_wide(person) else first.organization
    if school_year is None or not can_set_focus(person, organization):
        return None
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
