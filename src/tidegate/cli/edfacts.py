"""`tidegate edfacts`: old EDFacts files, historical: which there are, one counted, one written, one checked."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.named_paths import refuse_unreadable
from tidegate.core.errors import Refusal

edfacts = typer.Typer(
    name="edfacts",
    help="Write and check old EDFacts files of career and technical education (historical: until 2020-2021).",
    no_args_is_help=True,
    add_completion=False,
)
File = Annotated[str, typer.Argument(help="The number of the file, e.g. 156")]


@edfacts.command("list")
def list_files() -> None:
    """List the files, with their category sets and with what no source gives."""
    from tidegate.accountability.department.edfacts.profile import find_profiles

    for profile in find_profiles().values():
        years = f"{profile.first_year} to {profile.last_year}"
        typer.echo(f"{profile.file}: {profile.title} (historical, {years}), {profile.record_length} characters")
        typer.echo(f"  Sets: {', '.join(f'{each.name} {each.column}' for each in profile.category_sets)}")
        for said in profile.not_found:
            typer.echo(f"  Not found: {said}")


@edfacts.command("count")
def count(
    number: Annotated[int, typer.Argument(help="The number of the snapshot")],
    file: File,
) -> None:
    """Print the amounts of an old file from a snapshot, as CSV for `write`: exact numbers, not for publication.

    The audit log keeps that they were made. Exit status: 2 refused, as where nothing on file feeds the file, a total is
    not the sum of its parts, or the file was not collected of the snapshot's school year.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    from tidegate.accountability.department.edfacts.make import make_amounts
    from tidegate.accountability.department.edfacts.profile import find_profile
    from tidegate.accountability.snapshots.find import find_snapshot

    sys.stdout.buffer.write(make_amounts(find_snapshot(number), find_profile(file), by=None).content)
    sys.stdout.buffer.flush()


@edfacts.command("write")
def write(
    file: File,
    amounts: Annotated[Path, typer.Argument(help="CSV: Category, Value, the outcomes of the file, Amount")],
    school_year: Annotated[str, typer.Option(help="The reporting period, e.g. 2020-2021")],
    file_type: Annotated[str, typer.Option(help="What the header names the kind of file")],
    file_name: Annotated[str, typer.Option(help="The file's name in the header")],
    state_code: Annotated[str, typer.Option(help="The FIPS code of the state, 2 characters")],
    agency: Annotated[str, typer.Option(help="The number of the state's agency, 2 characters")],
    of_part: Annotated[str, typer.Option(help="The total indicator of a category set's record, 1 character")],
    of_total: Annotated[str, typer.Option(help="The total indicator of a subtotal or total, 1 character")],
    file_identifier: Annotated[str, typer.Option(help="Any text by which you know the file again")] = "",
) -> None:
    """Write an old file to standard output, from amounts; those without a category are of all students.

    The names and codes of the header are asked for, since no source that was found gives them. Exit status: 2 refused,
    as where a total is not the sum of its parts, or no source gives the values of a category.
    """
    from tidegate.accountability.department.edfacts.amounts import read_amounts
    from tidegate.accountability.department.edfacts.fixed_file import FileHead, write_file
    from tidegate.accountability.department.edfacts.profile import find_profile
    from tidegate.core.layouts.school_year import SchoolYear

    profile = find_profile(file)
    text = _read_text(amounts)
    year = SchoolYear.parse(school_year).name
    head = FileHead(file_type, file_name, file_identifier, year, state_code, agency, of_part, of_total)
    content = write_file(profile, head, read_amounts(profile, text))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


@edfacts.command("check")
def check(file: File, path: Annotated[Path, typer.Argument(help="The written file")]) -> None:
    """Read a written file back: the lengths of its lines, its values by their positions, and its totals.

    Exit status: 0 nothing is wrong, 1 something is, 2 refused.
    """
    refuse_unreadable(path)
    from tidegate.accountability.department.edfacts.fixed_file import read_file
    from tidegate.accountability.department.edfacts.profile import find_profile

    found = read_file(find_profile(file), path.read_bytes())
    typer.echo(f"{len(found.records):,} records for {found.header['FileReportingPeriod'] or 'no school year'}")
    for problem in found.problems:
        typer.echo(problem)
    raise typer.Exit(int(bool(found.problems)))


def _read_text(path: Path) -> str:
    refuse_unreadable(path)
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{path} is not written in UTF-8", fix="Save it as CSV UTF-8", code="ENCODING") from None
