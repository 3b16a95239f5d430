"""`tidegate add-person`: lets somebody sign in."""

import os
import secrets
import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tidegate.accounts.models import Person
    from tidegate.reference.models import Organization

RoleName = Annotated[
    str,
    typer.Option(
        help="state-administrator, data-specialist, cte-director, people-manager, viewer, certifier or approver"
    ),
]


def add_person(
    email: Annotated[str, typer.Argument(help="The e-mail address, which the person signs in with")],
    name: Annotated[str, typer.Option(help="The person's name")],
    role: RoleName,
    organization: Annotated[str | None, typer.Option(help="organization ID; default: the whole state")] = None,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password, of at least 12 characters, from standard input")
    ] = False,
) -> None:
    """Add a person with a role. Somebody who is there already gets the role beside those that they have, and keeps name
    and password.

    Without --password-stdin the password is that of TIDEGATE_PASSWORD, else one is made and printed.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    password = _read_password() if password_stdin else os.environ.get("TIDEGATE_PASSWORD", "")
    set_up()
    refuse_pending_migrations()
    from django.db import transaction

    from tidegate.access.accept import end_unused
    from tidegate.accounts.invitations import lock_address
    from tidegate.accounts.models import Person
    from tidegate.accounts.models.person import fold_email
    from tidegate.accounts.people import add_person as add
    from tidegate.accounts.people import give_role

    at = _organization(organization) if organization is not None else None
    with transaction.atomic():
        lock_address(fold_email(email))  # first, as who accepts does: the other way round each would wait for the other
        person = Person.objects.filter(email=fold_email(email)).first()
        was_there = person is not None
        made = "" if was_there or password else secrets.token_urlsafe(12)
        if person is None:
            _check_password(password or made)
            person = add(by=None, email=email, name=name, password=password or made)
        give_role(by=None, person=person, role=role, organization=at)
        end_unused(person)
    typer.echo(f"{person.email} has the role {role}{f' at {at.name}' if at else ''}")
    if made:
        typer.echo(f"Password: {made}")
    if was_there:
        _say_who_was_there(person)


def _organization(identifier: str) -> "Organization":
    from tidegate.core.errors import Refusal
    from tidegate.reference.models import Organization
    from tidegate.reference.models.organization import identified_by

    found = Organization.objects.filter(identified_by(identifier)).first()
    if found is None:
        raise Refusal("There is no such organization", fix="Import the organizations first: tidegate import-reference")
    return found


def _say_who_was_there(person: "Person") -> None:
    """Say that the password is not the one that may have been given, and how such a person gets in."""
    change = f"tidegate change-person {person.email}"
    typer.echo(f"{person.email} was there already, and the password is unchanged: {change} --new-password makes one")
    if not person.is_active:
        typer.echo(f"{person.email} may not sign in, since the access has ended: {change} --give-access gives it back")


def _read_password() -> str:
    """Return the password that comes by standard input: on the command line everybody on the machine could read it."""
    from tidegate.core.errors import Refusal

    password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refusal("No password was given", fix="Write it to standard input, as one line")
    return password


def _check_password(password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from tidegate.core.errors import Refusal

    try:
        validate_password(password)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages).rstrip("."), fix="Choose another password") from error
