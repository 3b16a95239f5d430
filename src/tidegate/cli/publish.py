"""`tidegate publish`: publishes the named tables of a snapshot, as the guard for small cells lets them be seen."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tidegate.accountability.publication.document import PublishedReport


def publish(
    number: Annotated[int, typer.Argument(help="The number of the snapshot; with --show of the publication")],
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what would be published, and publish nothing")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Print a publication as CSV, and publish nothing")] = False,
) -> None:
    """Publish the tables of a snapshot that its period's file names, for everybody and for ever.

    Small numbers are hidden, and others with which they could be worked out, together with all that was published of
    the same count before. Prints the number of the publication and, as its last line, the hash of what was published.
    """
    from tidegate.accountability.publication.describe_hidden import describe_hidden
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    if show:
        _show(number)
        return
    from tidegate.accountability.publication.document import published_reports
    from tidegate.accountability.publication.publish import preview_publication, publish_snapshot
    from tidegate.accountability.snapshots.find import find_snapshot

    found = find_snapshot(number)
    if preview:
        settings, draft = preview_publication(found, by=None)
        typer.echo(f"Snapshot {found.pk}, numbers below {settings.smallest} hidden: {describe_hidden(draft)}")
        _say_tables(draft.reports)
        typer.echo("Nothing was published")
        return
    made = publish_snapshot(found, by=None)
    typer.echo(f"Publication {made.pk} of snapshot {found.pk}: {made.standing}, {describe_hidden(made)}")
    _say_tables(published_reports(made))
    typer.echo(made.sha256)


def _show(number: int) -> None:
    from tidegate.accountability.publication.read import find_publication, publication_csv

    for piece in publication_csv(find_publication(number)):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _say_tables(reports: "Iterable[PublishedReport]") -> None:
    for report in reports:
        for table in report.tables:
            hidden = sum(number is None for row in table.numbers for number in row)
            said = "withheld" if table.is_withheld else f"{hidden:,} hidden" if hidden else "shown whole"
            typer.echo(f"  {report.title}, {table.title}: {said}")
        if report.no_data:
            typer.echo(f"  {report.title}: no data. {report.no_data}")
        for title in report.left_out:
            typer.echo(f"  {report.title}, {title}: left out, since its numbers do not add up")
