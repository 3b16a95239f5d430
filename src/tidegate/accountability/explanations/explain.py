"""Says why a number is right although it is unusual. What is explained is open no more, until the explanation ends or
the number moves again."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from tidegate.accountability.explanations.comparison import Key
from tidegate.accountability.explanations.unusual_numbers import unusual_numbers
from tidegate.accountability.models import Explanation, Snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_take_snapshots, check_can_explain_number
from tidegate.accounts.reach import no_such, organizations_allowing
from tidegate.accounts.roles import Permission
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.core.free_text import free_text
from tidegate.reference.models import Organization

MAX_TEXT_LENGTH = 1000


@transaction.atomic
def explain_number(
    snapshot: Snapshot, key: Key, *, text: str, ends_on: date, by: Person, by_token: bool = False
) -> Explanation:
    """Keep why an unusual number is right.

    Args:
        snapshot: The snapshot that has it.
        key: What the number is of.
        text: Why it is right.
        ends_on: The last day on which the explanation holds.
        by: Who says so: whoever sends files for the number's organization, or the state.
        by_token: Whether a program acts for the person.

    Raises:
        Refusal: The person may not, there is no such unusual number, or the text or the day is none.
    """
    number = next((each for each in unusual_numbers(snapshot) if each.key == key), None)
    if number is None:
        raise no_such("number")
    organization = organization_of(number.organization)
    check_can_explain_number(by, organization)
    text = checked_text(text, ends_on)
    kept = Explanation.objects.create(
        snapshot=snapshot,
        period=snapshot.period,
        report=number.report,
        dimensions=list(number.dimensions),
        keys=list(number.keys),
        organization=organization,
        last_year=number.last_year,
        number=number.now,
        text=text,
        ends_on=ends_on,
        by=by,
    )
    record_event(
        "number.explained",
        by=by,
        organization=organization,
        school_year=snapshot.school_year,
        subject=snapshot,
        report=number.report,
        by_values_of=list(number.dimensions),
        ends_on=ends_on.isoformat(),
        by_token=by_token,
    )
    return kept


def checked_text(text: str, ends_on: date) -> str:
    """Return the text of an explanation as it is kept. A Refusal where it says nothing or too much, or where the last
    day is past."""
    text = free_text(text)
    if not text or len(text) > MAX_TEXT_LENGTH:
        raise Refusal(f"An explanation has 1 to {MAX_TEXT_LENGTH:,} characters", fix="Say why it is right", code="TEXT")
    if ends_on < timezone.localdate():
        raise Refusal(f"{ends_on} is past", fix="Choose the last day on which the explanation holds", code="DAY")
    return text


def explains_for(person: Person) -> frozenset[str] | None:
    """Return the IDs of the organizations whose numbers and warnings the person may explain; None is all, and the
    state's own."""
    if can_take_snapshots(person):
        return None
    sends = organizations_allowing(person, Permission.SEND_UPLOADS)
    return frozenset(sends.values_list("identifier", flat=True))


def organization_of(identifier: str) -> Organization | None:
    """Return the organization with an ID, as a snapshot froze it; None is the state, also for one that is there no
    more."""
    return Organization.objects.filter(identifier=identifier).first() if identifier else None
