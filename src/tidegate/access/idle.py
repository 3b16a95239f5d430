"""Accounts that nobody uses are turned off, by the state's policy."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from tidegate.accounts.models import Person, Token
from tidegate.accounts.people import LAST_ADMINISTRATOR, set_access
from tidegate.core.errors import Refusal
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify


def end_idle_access() -> int:
    """End the access of people who have not signed in for as many days as the state allows, and whose tokens nothing
    has used either; return how many these are. The last state administrator stays, the one who was there last."""
    days = settings.TIDEGATE_IDLE_DAYS
    if not days:
        return 0
    idle = idle_people(since=timezone.now() - timedelta(days=days))
    return sum(_end(person, days=days) for person in idle.iterator())


def idle_people(*, since: datetime) -> "QuerySet[Person]":
    """Return the people with access who have not been here since then, the longest absent first."""
    by_program = Token.objects.filter(person=OuterRef("pk"), revoked_at=None, last_used_on__gte=since.date())
    were_here = Greatest("last_login", "date_joined", "active_since")
    people = Person.objects.filter(is_active=True).annotate(was_here=were_here)
    return people.filter(~Exists(by_program), was_here__lt=since).order_by("was_here", "pk")


def _end(person: Person, *, days: int) -> bool:
    text = (
        f"Your access was turned off, since you have not signed in for {days} days. What you have sent stays. "
        "Ask the state data team if you need it again."
    )
    try:
        with transaction.atomic():
            notify([person], MessageKind.ACCESS_CHANGED, text, ends_access=True)
            set_access(by=None, person=person, may_sign_in=False)
    except Refusal as refusal:
        if refusal.code != LAST_ADMINISTRATOR:
            raise
        return False
    return True
