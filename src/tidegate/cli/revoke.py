"""`tidegate end-role` and `revoke-token`: take away what a person or a program may do."""

import sys
from typing import Annotated

import typer

from tidegate.cli.add_person import RoleName


def end_role(
    email: Annotated[str, typer.Argument(help="The person")],
    role: RoleName,
    organization: Annotated[str | None, typer.Option(help="organization ID; default: the whole state")] = None,
) -> None:
    """Take a role from a person; tokens that rested on it end with it. The last state administrator keeps the role."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accounts import people
    from tidegate.accounts.models import Person
    from tidegate.accounts.models.person import fold_email
    from tidegate.accounts.reach import no_such
    from tidegate.reference.models import Organization
    from tidegate.reference.models.organization import identified_by

    person = Person.objects.filter(email=fold_email(email)).first()
    at = Organization.objects.filter(identified_by(organization)).first() if organization is not None else None
    if person is None or (organization is not None and at is None):
        raise no_such("person" if person is None else "organization")
    people.end_role(by=None, membership=people.find_membership(person=person, role=role, organization=at))
    typer.echo(f"{person.email} no longer holds the role {role} {f'at {at.name}' if at else 'for the whole state'}")


def revoke_token(
    token: Annotated[
        str,
        typer.Argument(
            help="Its number, its secret or the secret's first nine letters; - reads it from standard input"
        ),
    ],
) -> None:
    """End a token at once, whoever it belongs to, such as one that was found in a public place."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accounts.tokens import find_leaked_token
    from tidegate.accounts.tokens import revoke_token as revoke

    text = sys.stdin.readline().strip() if token == "-" else token.strip()  # noqa: S105 - standard input
    revoked = revoke(by=None, token_id=find_leaked_token(text).pk)
    typer.echo(
        f'Token {revoked.pk} "{revoked.name}" of {revoked.person.email} at {revoked.organization.name} has ended'
    )
