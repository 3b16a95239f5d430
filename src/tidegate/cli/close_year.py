"""`tidegate close-year`: closes a school year, or reopens it."""

from typing import Annotated

import typer


def close_year(
    school_year: Annotated[str, typer.Argument(help="Both years, e.g. 2026-2027")],
    reopen: Annotated[str | None, typer.Option(metavar="REASON", help="Reopen it instead, for this reason")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, only say what would happen")] = False,
) -> None:
    """Close a school year, so that its records are read-only, or reopen it with a reason."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from django.db import transaction

    from tidegate.reference.find_school_year import find_school_year
    from tidegate.uploads.lifecycle.decisions.close_year import close_year as close
    from tidegate.uploads.lifecycle.decisions.close_year import reopen_year

    year = find_school_year(school_year)
    work = None
    with transaction.atomic():
        if reopen is None:
            work = close(year, by=None)
        else:
            reopen_year(year, reason=reopen, by=None)
        transaction.set_rollback(not yes)  # it was tried, so that what cannot be done is refused and not foretold
    if work is None:
        typer.echo(f"{year.name} {'is open again' if yes else 'would be open again: say --yes to do it'}")
        return
    typer.echo(f"Being processed: {work.busy_count:,}. They were received before, so they are loaded")
    typer.echo(f"On hold: {work.held_count:,}. They cannot be released while the year is closed")
    typer.echo(f"Rows that wait for a line of another file: {work.waiting_row_count:,}. They are not loaded meanwhile")
    typer.echo(f"{year.name} {'is closed' if yes else 'would be closed: say --yes to do it'}")
