"""`tidegate reconcile`: how a file differs from what is on file, cell by cell."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.export_records import Day, Year, what_is_asked
from tidegate.cli.named_paths import refuse_no_file


class DifferenceFormat(StrEnum):
    """What is printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def reconcile(
    file: Annotated[Path, typer.Argument(help="The CSV or TXT file")],
    file_type: Annotated[str, typer.Option(help="The file type, by the name of its folder with hyphens")],
    school_year: Year,
    organization: Annotated[str, typer.Option(help="Whose lines on file it is compared with, by its ID")],
    as_of: Day = "",
    output_format: Annotated[
        DifferenceFormat, typer.Option("--format", help="What to print: a table, one line for each cell, or one object")
    ] = DifferenceFormat.TEXT,
) -> None:
    """Compare a file with the lines on file: only here, only there, or differing in a cell. Nothing is stored.

    Exit status: 0 they are the same, 1 they differ, 2 refused.
    """
    refuse_no_file(file)
    asked = what_is_asked(school_year, organization, as_of)
    from tidegate.file_types import find
    from tidegate.uploads.lifecycle.exports.reconcile import reconcile as compare

    found = compare(file, find(file_type), asked)
    shown = {"text": found.in_words, "csv": found.in_csv, "json": found.in_json}
    for piece in shown[output_format]():
        sys.stdout.write(piece)
    raise typer.Exit(int(not found.are_equal))
