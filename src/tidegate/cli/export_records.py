"""`tidegate export-records`: the lines on file, in the columns in which districts send them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.cli.named_paths import refuse_unwritable_folder

if TYPE_CHECKING:
    from tidegate.uploads.lifecycle.exports.export_records import ExportRequest


class ExportFormat(StrEnum):
    """The forms of the files."""

    CSV = "csv"
    PARQUET = "parquet"


Year = Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")]
Day = Annotated[str, typer.Option(help="What was on file at the end of this day, as YYYY-MM-DD; default: now")]


def export_records(
    folder: Annotated[Path, typer.Argument(help="The folder that the files are written into")],
    school_year: Year,
    organization: Annotated[
        str | None, typer.Option(help="Only the lines that this organization would send, by its ID")
    ] = None,
    as_of: Day = "",
    output_format: Annotated[ExportFormat, typer.Option("--format", help="The form of the files")] = ExportFormat.CSV,
) -> None:
    """Write the lines on file: a file for each file type, in the columns of its upload, to be corrected and sent again.

    Beside it are students.csv, and for each file one that says where every line came from. The files hold students'
    data: keep them as safely as the database.
    """
    refuse_unwritable_folder(folder)
    asked = what_is_asked(school_year, organization, as_of)
    from tidegate.uploads.lifecycle.exports.export_records import FORMS
    from tidegate.uploads.lifecycle.exports.export_records import export_records as export

    for file in export(folder, asked, form=FORMS[output_format]):
        typer.echo(f"{file.file_name}{_not_stored(file.not_stored)}")
    typer.echo(f"The lines on file are written: {folder}")


def what_is_asked(school_year: str, organization: str | None, as_of: str) -> "ExportRequest":
    """Set up, and return what the options ask for. Raises Refusal where one of them names nothing that there is."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up
    from tidegate.core.layouts.school_year import SchoolYear

    year = SchoolYear.parse(school_year)
    set_up()
    refuse_pending_migrations()
    from tidegate.accounts.reach import no_such
    from tidegate.reference.find_school_year import find_school_year
    from tidegate.reference.models import Organization
    from tidegate.reference.models.organization import identified_by
    from tidegate.uploads.lifecycle.exports.export_records import ExportRequest, read_day

    of = Organization.objects.filter(identified_by(organization)).first() if organization is not None else None
    if organization is not None and of is None:
        raise no_such("organization")
    return ExportRequest(SchoolYear(find_school_year(year.name).first), of, read_day(as_of))


def _not_stored(titles: list[str]) -> str:
    return f" ({', '.join(titles)}: collected and not stored, so that the cells are blank)" if titles else ""
