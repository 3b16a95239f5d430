"""The first administrator of an installation: made at the command line, or by a link that is good once.

While there is no administrator, and only then, a link can be made, and it ends with its use, with the next link, or
after an hour. No page gives rights in any other way.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.people import add_person, give_role
from tidegate.accounts.roles import StateAdministrator
from tidegate.accounts.secret_digest import secret_digest
from tidegate.administration.models import SetupLink
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.reference.advisory_lock import advisory_lock

_GOOD_FOR = timedelta(hours=1)
_LOCK = "first administrator"


def has_administrator() -> bool:
    """Whether somebody who may sign in administers the state."""
    return Membership.objects.filter(role=StateAdministrator.slug, organization=None, person__is_active=True).exists()


@transaction.atomic
def make_setup_link() -> str:
    """Return the secret of a new link, which ends the one before; blank where there is an administrator already."""
    advisory_lock(_LOCK)
    SetupLink.objects.all().delete()
    if has_administrator():
        return ""
    secret = secrets.token_urlsafe(32)
    SetupLink.objects.create(id=1, digest=secret_digest(secret), expires_at=timezone.now() + _GOOD_FOR)
    return secret


def check_setup_link(secret: str) -> None:
    """Raise NotFound where no administrator can be made by a link with this secret, whatever the reason."""
    link = SetupLink.objects.filter(pk=1, expires_at__gt=timezone.now()).first()
    is_it = link is not None and secrets.compare_digest(link.digest, secret_digest(secret))
    if not is_it or has_administrator():
        raise NotFound(
            "This link is not good any more",
            fix="It is good once and for an hour, while there is no administrator. tidegate serve prints a new one "
            "when it starts, and tidegate setup needs none",
        )


@transaction.atomic
def use_setup_link(secret: str, *, email: str, name: str, password: str | None) -> Person:
    """Return the first administrator, made by a link, which ends. NotFound where the link is not good."""
    advisory_lock(_LOCK)
    check_setup_link(secret)
    return make_first_administrator(email=email, name=name, password=password)


@transaction.atomic
def make_first_administrator(*, email: str, name: str, password: str | None) -> Person:
    """Return a new person who administers the state, the first to do so.

    Args:
        email: The address to sign in with.
        name: The person's name.
        password: The password; None where people sign in elsewhere.

    Raises:
        Refusal: There is an administrator, or somebody with this address; or the password is too easy.
    """
    advisory_lock(_LOCK)
    if has_administrator():
        raise Conflict(
            "There is a state administrator already",
            fix="An administrator adds others: on the page People, or with tidegate add-person",
            code="ADMINISTRATOR_EXISTS",
        )
    if password is None and not settings.TIDEGATE_SSO_ONLY:
        raise Refusal("A password is missing", fix="Choose one of at least 12 characters")
    if password is not None:
        _check_password(password, Person(email=email, name=name))
    person = add_person(by=None, email=email, name=name, password=password)
    give_role(by=None, person=person, role=StateAdministrator.slug, organization=None)
    SetupLink.objects.all().delete()
    record_event("administrator.first_made", by=None, subject=person)
    return person


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages).rstrip("."), fix="Choose another password", code="PASSWORD") from error
