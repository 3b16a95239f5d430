"""`tidegate recheck`: checks all lines on file under the present rules; a worker does it every night."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.uploads.rechecks.recheck import Rechecked

_LINES_PER_PIECE = 5_000


class Format(StrEnum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"


def recheck(
    school_year: Annotated[str, typer.Option(help="Only the lines of this school year, e.g. 2020-2021")] = "",
    output_format: Annotated[Format, typer.Option("--format", help="Words, or one JSON object")] = Format.TEXT,
) -> None:
    """Check all lines on file under the present rules, and list what no longer fits.

    No record is changed. Exit status: 0 all lines fit, 1 some do not, 2 refused.
    """
    from tidegate.cli.setup import refuse_pending_migrations, set_up
    from tidegate.core.layouts.school_year import SchoolYear

    year = SchoolYear.parse(school_year) if school_year else None
    set_up()
    refuse_pending_migrations()
    from tidegate.uploads.rechecks.recheck import recheck as recheck_lines

    found = recheck_lines(year)
    for piece in _in_json(found, year) if output_format == Format.JSON else _in_words(found, year):
        typer.echo(piece, nl=output_format == Format.TEXT)
    raise typer.Exit(int(bool(found.misfit_count)))


def _in_words(found: "Rechecked", year: "SchoolYear | None") -> "Iterator[str]":
    from tidegate.file_types import find_all
    from tidegate.uploads.rechecks.recheck import count_by_rule, misfits_of

    were = "line on file was" if found.line_count == 1 else "lines on file were"
    yield f"{found.line_count:,} {were} checked under the present rules. No record was changed."
    if not found.misfit_count:
        yield "All lines fit."
        return
    yield f"{found.misfit_count:,} no longer {'fits' if found.misfit_count == 1 else 'fit'}:"
    for of_rule in count_by_rule(misfits_of(year)):
        rule = find_all()[of_rule.file_type].rules_by_code().get(of_rule.code)
        summary = f"  {rule.summary.removesuffix('.')}" if rule else ""
        yield f"  {of_rule.file_type} {of_rule.school_year}  {of_rule.code}: {of_rule.line_count:,}{summary}"


def _in_json(found: "Rechecked", year: "SchoolYear | None") -> "Iterator[str]":
    """Yield one JSON object; the lines are named by their IDs, and no student by a number."""
    from tidegate.uploads.rechecks.recheck import count_by_rule, misfits_of

    rules = [of_rule._asdict() for of_rule in count_by_rule(misfits_of(year))]
    counts = {"line_count": found.line_count, "misfit_count": found.misfit_count, "rules": rules}
    yield json.dumps(counts, ensure_ascii=False)[:-1] + ', "lines": ['
    names = ("file_type", "school_year__name", "line_id", "code", "column", "organization__identifier")
    lines = misfits_of(year).order_by("pk").values(*names)
    for number, line in enumerate(lines.iterator(chunk_size=_LINES_PER_PIECE)):
        yield (", " if number else "") + json.dumps(_renamed(line), ensure_ascii=False)
    yield "]}\n"


def _renamed(line: dict[str, Any]) -> dict[str, Any]:
    return {name.partition("__")[0]: value for name, value in line.items()}
