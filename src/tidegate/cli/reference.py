"""`tidegate import-reference`, `export-reference` and `import-codes`: the reference lists, in and out."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path, typer.Argument(help="A folder of organizations.csv, cte_codes.csv, students.csv, enrollments.csv")
]


def import_reference(folder: Folder) -> None:
    """Load a reference folder into the database: all of it, or nothing and a list of what is wrong."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.records.import_folder import import_reference as import_folder

    typer.echo(str(import_folder(folder, by=None)))


def export_reference(
    folder: Folder,
    school_year: Annotated[str, typer.Option(help="Only the enrollments of this school year, e.g. 2020-2021")] = "",
) -> None:
    """Write the reference folder for `tidegate check`. It holds students' data: keep it as safely as the database."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up
    from tidegate.core.layouts.school_year import SchoolYear

    year = SchoolYear.parse(school_year) if school_year else None
    set_up()
    refuse_pending_migrations()
    from tidegate.records.export_folder import export_reference as export_folder

    folder.mkdir(parents=True, exist_ok=True)
    export_folder(folder, school_year=year)
    typer.echo(f"The reference folder is written: {folder}")


def import_codes(
    file: Annotated[Path, typer.Argument(help="A CSV of CIP codes and titles, as the NCES publishes it")],
) -> None:
    """Take every code of a CIP list as a CTE code of all years, for trial imports."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.records.import_folder import import_cip_list

    typer.echo(str(import_cip_list(file, by=None)))
