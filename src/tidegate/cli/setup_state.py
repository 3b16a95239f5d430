"""`tidegate setup`: leads a new installation from nothing to the first upload."""

import os
import secrets
import sys
from getpass import getpass
from typing import Annotated

import typer


def setup(
    *,
    email: Annotated[str, typer.Option(help="The first administrator's e-mail address", show_default=False)] = "",
    name: Annotated[str, typer.Option(help="The first administrator's name", show_default=False)] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password, of at least 12 characters, from standard input")
    ] = False,
    school_year: Annotated[str, typer.Option(help="Open this school year, e.g. 2026-2027", show_default=False)] = "",
) -> None:
    """Bring the database up to date, make the first administrator, and say what is still missing.

    At a terminal it asks for what is not given; elsewhere the password is that of TIDEGATE_PASSWORD, else one is made
    and printed. It can be given again at any time: what is there already is left as it
    is. Exit status: 0 everything is there, 1 something is missing, 2 refused.
    """
    from tidegate.cli.migrate import migrate_database
    from tidegate.cli.setup import set_up

    set_up()
    migrate_database()
    from tidegate.administration.first_administrator import has_administrator
    from tidegate.administration.first_hour import are_open, steps

    is_administered = has_administrator()
    if not is_administered and (email or _is_asking()):
        _make_administrator(email, name, password_stdin=password_stdin)
    elif is_administered and email:
        typer.echo("There is an administrator already, so nobody was added: tidegate add-person adds others")
    _open_school_year(school_year)
    every = steps()
    for step in every:
        mark = "done   " if step.is_done else "later  " if step.can_wait else "missing"
        typer.echo(f"{mark}  {step.title}: {step.sentence}")
        if not step.is_done:
            typer.echo(f"         {step.command}")
    typer.echo("Each step can be done in the browser, too, under Administration: tidegate serve")
    raise typer.Exit(int(bool(are_open(every))))


def _is_asking() -> bool:
    return sys.stdin.isatty()


def _make_administrator(email: str, name: str, *, password_stdin: bool) -> None:
    from django.conf import settings

    from tidegate.administration.first_administrator import make_first_administrator

    email = email or typer.prompt("E-mail address of the first administrator").strip()
    name = name or (typer.prompt("Name").strip() if _is_asking() else email)
    given = "" if settings.TIDEGATE_SSO_ONLY else _ask_password(password_stdin=password_stdin)
    made = "" if given or settings.TIDEGATE_SSO_ONLY else secrets.token_urlsafe(12)
    person = make_first_administrator(email=email, name=name, password=given or made or None)
    typer.echo(f"{person.email} administers the state")
    if made:
        typer.echo(f"Password: {made}")


def _ask_password(*, password_stdin: bool) -> str:
    """Return the password; blank where one is to be made. On the command line everybody on the machine could read
    it."""
    from tidegate.core.errors import Refusal

    if not password_stdin and not _is_asking():
        return os.environ.get("TIDEGATE_PASSWORD", "")
    password = getpass("Password, at least 12 characters: ") if _is_asking() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refusal("No password was given", fix="Write it to standard input, as one line")
    return password


def _open_school_year(name: str) -> None:
    from tidegate.administration.first_hour import this_year
    from tidegate.records.add_school_year import add_school_year
    from tidegate.reference.models import SchoolYear

    if not name and _is_asking() and not SchoolYear.objects.exists():
        name = typer.prompt("School year to open, blank for none", default=this_year().name, show_default=True).strip()
    if name and not SchoolYear.objects.filter(name=name).exists():
        typer.echo(f"The school year {add_school_year(name, by=None).name} is open")
