"""Adds people and gives them roles. `by` is None at the operator's command line, where there may be nobody yet."""

import secrets

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tidegate.accounts.models import Membership, Person
from tidegate.accounts.models.person import fold_email
from tidegate.accounts.permissions import (
    can_manage_people,
    check_can_give_role,
    check_can_manage_account,
    check_can_manage_people,
)
from tidegate.accounts.roles import ROLES, SIGNING, StateAdministrator
from tidegate.accounts.tokens import revoke_tokens, revoke_tokens_without_a_role
from tidegate.audit.record import record_event
from tidegate.core.errors import NotAllowed, Refusal
from tidegate.reference.models import Organization

LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"


@transaction.atomic
def add_person(*, by: Person | None, email: str, name: str, password: str | None = None) -> Person:
    """Return a new person without any role.

    Args:
        by: The person who adds them.
        email: The address to sign in with; a Refusal where it is taken.
        name: The person's name.
        password: The first password; None where they sign in elsewhere.
    """
    if by is not None:
        check_can_manage_people(by)
    if Person.objects.filter(email=fold_email(email)).exists():
        raise Refusal("There is a person with this e-mail address already", fix="Give that person the role instead")
    person = Person.objects.create_user(email, password, name=name)
    record_event("person.added", by=by, subject=person)
    return person


@transaction.atomic
def give_role(
    *,
    by: Person | None,
    person: Person,
    role: str,
    organization: Organization | None,
    by_provider: bool = False,
) -> Membership:
    """Give the person a role, and return the membership; one that they have already is left as it is.

    Args:
        by: The person who gives it.
        person: The person who gets it.
        role: The slug of the role.
        organization: Where it is held; None is the whole state. A Refusal where the role cannot be held there.
        by_provider: Whether the provider of single sign-on gives it, and takes it away again.
    """
    if by is not None:
        check_can_give_role(by, role, organization)
        _refuse_oneself(by, person)
    check_role_at(role, organization)
    _refuse_signing_for_oneself(by, person, role)
    membership, is_new = Membership.objects.get_or_create(
        person=person, role=role, organization=organization, defaults={"by_provider": by_provider}
    )
    if not is_new and membership.by_provider and not by_provider:  # the state gives it by itself now, and it stays
        membership.by_provider = False
        membership.save(update_fields=["by_provider"])
    if is_new:
        record_event("role.given", by=by, organization=organization, subject=person, role=role)
    return membership


def check_role_at(role: str, organization: Organization | None) -> None:
    """Raise a Refusal where there is no such role, or it cannot be held there."""
    if role not in ROLES:
        raise Refusal("There is no such role", fix=f"Choose one of: {', '.join(ROLES)}")
    if not ROLES[role].may_be_held_at(organization.kind if organization else None):
        raise Refusal(
            f"{ROLES[role].display_name} is not a role for this organization",
            fix=ROLES[role].description.removesuffix("."),
        )


def _refuse_oneself(by: Person, person: Person) -> None:
    """Raise NotAllowed where somebody who manages an office would change their own roles."""
    if by.pk == person.pk and not can_manage_people(by):
        raise NotAllowed("You cannot change your own roles", fix="Ask the state data team to do it")


def _refuse_signing_for_oneself(by: Person | None, person: Person, role: str) -> None:
    """Raise NotAllowed where somebody would make themselves one of the two who sign."""
    if by is not None and by.pk == person.pk and ROLES[role].permissions & SIGNING:
        raise NotAllowed(
            "You cannot give yourself a role that signs counts",
            fix="Ask another state administrator to give it to you",
        )


@transaction.atomic
def end_role(*, by: Person | None, membership: Membership) -> None:
    """Take a role from a person; tokens that rested on it end with it, also if the role is given again.

    A Refusal where nobody would be left to administer the state.
    """
    person, organization, role = membership.person, membership.organization, membership.role
    if by is not None:
        check_can_give_role(by, role, organization)
        _refuse_oneself(by, person)
    if role == StateAdministrator.slug:
        _keep_an_administrator(but=person)
    membership.delete()
    record_event("role.ended", by=by, organization=organization, subject=person, role=role)
    revoke_tokens_without_a_role(by=by, person=person)


def find_membership(*, person: Person, role: str, organization: Organization | None) -> Membership:
    """Return the role that the person holds there; a Refusal that names their roles where they do not hold it."""
    held = list(Membership.objects.filter(person=person).select_related("organization"))
    for membership in held:
        if membership.role == role and membership.organization == organization:
            return membership
    where = organization.name if organization else "the whole state"
    roles = ", ".join(_name(each) for each in held)
    raise Refusal(
        f'{person.email} does not hold the role "{role}" for {where}',
        fix=f"The roles held are: {roles}" if roles else "This person holds no role",
    )


def _name(membership: Membership) -> str:
    organization = membership.organization
    return f"{membership.role} at {organization.name} ({organization.identifier})" if organization else membership.role


def _keep_an_administrator(*, but: Person) -> None:
    """Raise a Refusal where nobody but this person could administer the state.

    The administrators' rows are locked, so that two administrators cannot end each other's role at one moment.
    """
    administrators = Membership.objects.filter(role=StateAdministrator.slug, person__is_active=True)
    if not [each for each in administrators.select_for_update().order_by("pk") if each.person_id != but.pk]:
        raise Refusal(
            "This is the only state administrator",
            fix="Give the role of a state administrator to another person first",
            code=LAST_ADMINISTRATOR,
        )


@transaction.atomic
def make_password(*, by: Person | None, person: Person) -> str:
    """Return a new password of the person, to be handed over; every session of theirs ends."""
    if by is not None:
        check_can_manage_account(by, person)
    password = secrets.token_urlsafe(12)
    person.set_password(password)
    person.save(update_fields=["password"])
    record_event("person.password_made", by=by, subject=person)
    return password


@transaction.atomic
def set_access(*, by: Person | None, person: Person, may_sign_in: bool) -> None:
    """End a person's access, or give it back.

    Without access no password, session, token or provider lets them in; what they have sent and done stays under their
    name. Sessions and tokens are over for good: access that is given back brings none of them back. A Refusal where
    nobody would be left to administer the state.
    """
    if by is not None:
        check_can_manage_account(by, person)
    if not may_sign_in:
        if person.is_active and person.memberships.filter(role=StateAdministrator.slug).exists():
            _keep_an_administrator(but=person)
        end_sessions(person)
        revoke_tokens(by=by, person=person)
    person.is_active = may_sign_in
    if may_sign_in:
        person.active_since = timezone.now()
    person.save(update_fields=["is_active", "active_since"])
    record_event("person.access_given" if may_sign_in else "person.access_ended", by=by, subject=person)


@transaction.atomic
def set_password(person: Person, password: str) -> None:
    """Give the person the password that they have chosen by a one-time link; every session of theirs ends."""
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person)
    record_event("person.password_reset", by=person, subject=person)


def end_sessions(person: Person) -> None:
    """End every session of the person, in whatever browser."""
    Person.objects.filter(pk=person.pk).update(session_generation=F("session_generation") + 1)
    person.refresh_from_db(fields=["session_generation"])


def note_link_handed_over(person: Person) -> None:
    """Note that somebody who manages one office has held a link by which the person's password is chosen."""
    person.was_link_handed_over = True
    person.save(update_fields=["was_link_handed_over"])
