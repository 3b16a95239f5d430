"""`tidegate import-reference`, `export-reference`, `sample-reference`: all lists, in and out."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.import_summary import summary_lines
from tidegate.cli.named_paths import refuse_unwritable_folder

Folder = Annotated[
    Path, typer.Argument(help="A folder of organizations.csv, students.csv, enrollments.csv and code lists")
]


def import_reference(
    folder: Folder,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let rows replace what uploads and corrections have changed since")
    ] = False,
) -> None:
    """Load a reference folder into the database: all of it, or nothing and a list of what is wrong.

    Rows that would undo what uploads or corrections have changed are refused without --overwrite, and rows that would
    change a closed school year always.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.records.import_folder import import_reference as import_folder
    from tidegate.reference.import_file import NewerRecords

    summary = import_folder(folder, by=None, newer=NewerRecords.OVERWRITE if overwrite else NewerRecords.REFUSE)
    for line in summary_lines(summary):
        typer.echo(line)
    if summary.has_changes:
        _recheck_soon()


def _recheck_soon() -> None:
    """Have a worker look which lines on file do not fit the lists any more, and which rows need not wait any more."""
    from tidegate.uploads.lifecycle.waiting.wake_waiting import wake_all
    from tidegate.uploads.queue import enqueue_recheck

    enqueue_recheck()
    wake_all()
    typer.echo("A worker checks the lines on file against these lists: what no longer fits is listed under that name")


def export_reference(
    folder: Folder,
    school_year: Annotated[str, typer.Option(help="Only the enrollments of this school year, e.g. 2020-2021")] = "",
) -> None:
    """Write the reference folder for `tidegate check`. It holds students' data: keep it as safely as the database."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up
    from tidegate.core.layouts.school_year import SchoolYear

    refuse_unwritable_folder(folder)
    year = SchoolYear.parse(school_year) if school_year else None
    set_up()
    refuse_pending_migrations()
    from tidegate.records.export_folder import export_reference as export_folder

    folder.mkdir(parents=True, exist_ok=True)
    export_folder(folder, school_year=year)
    typer.echo(f"The reference folder is written: {folder}")


def sample_reference(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder")],
) -> None:
    """Write an invented reference folder and files to check against it, without a server or a database."""
    from datetime import UTC, datetime

    from tidegate.core.errors import Refusal
    from tidegate.demo import demo_of_state

    demo = demo_of_state()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(
            f'"{folder}" is not an empty folder',
            fix="Name a folder that does not exist yet: real lists must not mix with invented ones",
            code="NOT_EMPTY",
        )
    refuse_unwritable_folder(folder)
    demo.write_reference(folder / "reference", today=datetime.now(UTC).date())
    files = demo.write_files(folder / "files")
    year = demo.SCHOOL_YEAR.name
    typer.echo(f"The reference folder is written: {folder / 'reference'}")
    typer.echo(f"Files to try it with ({year}): {folder / 'files'}")
    last = [file for file in files if file.school_year is None][-1]
    typer.echo(
        f"Check one: tidegate check {last.path} --file-type {last.file_type} --school-year {year}"
        f" --reference {folder / 'reference'} --result-log log.csv"
    )
