"""`tidegate add-year`: opens a school year."""

from typing import Annotated

import typer


def add_year(
    school_year: Annotated[str, typer.Argument(help="Both years, e.g. 2026-2027")],
) -> None:
    """Add a school year, so that people can choose it and send files for it."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.records.add_school_year import add_school_year

    added = add_school_year(school_year.strip(), by=None)
    typer.echo(f"The school year {added.name} was added ({added.first_day} to {added.last_day})")
