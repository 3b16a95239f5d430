"""`tidegate add-token`: lets a program act for a person."""

from typing import Annotated

import typer


def add_token(
    email: Annotated[str, typer.Argument(help="The person for whom the program acts")],
    organization: Annotated[str, typer.Option(help="The organization ID that the token is for")],
    name: Annotated[str, typer.Option(help="What the token is for, e.g. the program's name")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="uploads:send, uploads:read (both by default), department:make, counts:publish"),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it is good for")] = 365,
) -> None:
    """Make a token for the API and print its secret, which cannot be shown again."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accounts.models import USUAL_SCOPES, Person
    from tidegate.accounts.models.person import fold_email
    from tidegate.accounts.reach import find_organization, no_such
    from tidegate.accounts.tokens import add_token as add

    person = Person.objects.filter(email=fold_email(email)).first()
    if person is None:
        raise no_such("person")
    at = find_organization(person, organization)
    token, secret = add(by=None, person=person, organization=at, name=name, scopes=scope or USUAL_SCOPES, days=days)
    typer.echo(f"Token {token.pk} of {person.email} at {at.name}, until {token.expires_at:%Y-%m-%d}")
    typer.echo(secret)
