"""`tidegate set-window`: sets when a file type is collected."""

from datetime import datetime
from typing import Annotated

import typer

_DAY = ["%Y-%m-%d"]


def set_window(
    file_type: Annotated[str, typer.Argument(help="The file type, e.g. student-enrollment")],
    school_year: Annotated[str, typer.Argument(help="Both years, e.g. 2026-2027")],
    opens: Annotated[datetime, typer.Option(formats=_DAY, help="The first day on which files are loaded")],
    closes: Annotated[datetime, typer.Option(formats=_DAY, help="The last day, included")],
    due: Annotated[datetime | None, typer.Option(formats=_DAY, help="When files are due; else when it closes")] = None,
    organization: Annotated[str | None, typer.Option(help="Only for the organization with this ID")] = None,
) -> None:
    """Set when files of a type are loaded for a school year, for everybody or one organization."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accounts.reach import no_such
    from tidegate.reference.find_school_year import find_school_year
    from tidegate.reference.models import Organization
    from tidegate.reference.models.organization import identified_by
    from tidegate.windows.collection import Windows
    from tidegate.windows.describe_window import describe_window
    from tidegate.windows.set_window import WindowDays
    from tidegate.windows.set_window import set_window as set_days

    year = find_school_year(school_year)
    whose = Organization.objects.filter(identified_by(organization)).first() if organization is not None else None
    if organization is not None and whose is None:
        raise no_such("organization")
    days = WindowDays(opens.date(), closes.date(), due.date() if due else None)
    window = set_days(file_type, year, days, by=None, organization=whose)
    typer.echo(describe_window(Windows.of(year, whose).find(window.file_type, whose)))
