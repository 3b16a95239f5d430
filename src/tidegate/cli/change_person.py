"""`tidegate change-person`: what a person cannot do alone, at the operator's command line."""

from typing import Annotated

import typer

_RESET = "has no second factor now, and is signed out everywhere"


def change_person(
    email: Annotated[str, typer.Argument(help="The person")],
    *,
    new_password: Annotated[bool, typer.Option("--new-password", help="Make a new password and print it")] = False,
    reset_second_factor: Annotated[
        bool,
        typer.Option(
            "--reset-second-factor", help="Remove a lost second factor and its recovery codes, and end all sessions"
        ),
    ] = False,
    access: Annotated[
        bool | None, typer.Option("--give-access/--end-access", help="Whether the person may sign in")
    ] = None,
) -> None:
    """Give a person a new password, reset a lost second factor, end or give back access. Make sure first who asks."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accounts import people
    from tidegate.accounts.models import Person
    from tidegate.accounts.models.person import fold_email
    from tidegate.accounts.reach import no_such
    from tidegate.accounts.sign_ins import reset_second_factor as reset
    from tidegate.core.errors import Refusal

    person = Person.objects.filter(email=fold_email(email)).first()
    if person is None:
        raise no_such("person")
    if not new_password and not reset_second_factor and access is None:
        raise Refusal("There is nothing to change", fix="See tidegate change-person --help")
    if new_password:
        typer.echo(
            f"{person.email} is signed out everywhere. New password: {people.make_password(by=None, person=person)}"
        )
    if reset_second_factor:
        typer.echo(f"{person.email} {_RESET if reset(person) else 'had no second factor'}")
    if access is not None:
        people.set_access(by=None, person=person, may_sign_in=access)
        typer.echo(f"{person.email} {'may sign in' if access else 'may no longer sign in, and no token works'}")
