"""`tidegate check`: judges a file on a laptop, with no database and no network, with the very same rules."""

import sys
from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tidegate.core.errors import Refusal


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def check(
    file: Annotated[Path, typer.Argument(help="The CSV or TXT file")],
    file_type: Annotated[str, typer.Option(help="The file type, e.g. cte or student-enrollment")],
    school_year: Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")],
    reference: Annotated[Path, typer.Option(help="The folder that tidegate export-reference has written")],
    organization: Annotated[
        int | None, typer.Option(help="Check that every row is this organization's (NEO ID)")
    ] = None,
    result_log: Annotated[Path | None, typer.Option(help="Also write the Result Log to this file")] = None,
    full_log: Annotated[
        Path | None,
        typer.Option(help="Also write the full log to this file, as XLSX where its name ends so, else as CSV"),
    ] = None,
    fix_file: Annotated[
        Path | None, typer.Option(help="Also write the rows that would not be loaded to this file, with what to fix")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="What to print: words, the Result Log, or one JSON object")
    ] = Format.TEXT,
) -> None:
    """Judge a file without sending it. Exit status: 0 nothing found, 1 findings, 2 refused, 3 our fault."""
    from tidegate.core.checking import check as check_file
    from tidegate.core.outputs.result_log import result_log as write_log
    from tidegate.core.outputs.terminal import Tally
    from tidegate.core.reference.folder import ReferenceFolder
    from tidegate.file_types import find, find_all

    kind = find(file_type)
    if not file.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    tables = ReferenceFolder(reference)
    focus = _focus(school_year, organization, tables)
    others = [other.layout.in_year(focus.school_year) for other in find_all().values()]
    checked = check_file(file, kind.layout, kind.rules, focus=focus, tables=tables, others=others, keeps=())
    tally = Tally()
    findings = tally.noting(checked.findings_in_slices())
    if result_log:
        _write(result_log, write_log(kind.layout.log_title, findings))
    if full_log:
        _write_full_log(checked, kind, focus, full_log)
    if fix_file and not checked.is_refused:
        _write_fix_file(checked, kind, file, fix_file)
    _print(checked, kind, output, tally=tally, rest=findings)
    if reason := _why_not_asked(checked, reference):
        typer.echo(
            f"Not checked: whether lines that are on file would be left out (CTE601 to CTE603). {reason}.", err=True
        )
    raise typer.Exit(2 if checked.is_refused else int(checked.has_findings))


def _why_not_asked(checked: Any, reference: Path) -> str:
    """Return why the rules about lines on file were not asked, blank where they were or do not concern the file."""
    from tidegate.core.reference.cte_records import CteRecords

    if checked.layout.on_file is None or not checked.row_count:
        return ""
    if checked.is_missing_what_it_corrects:
        return (
            "This is a file of rows to fix, and only the server knows which lines its upload has loaded: "
            "send it there with Check only"
        )
    if not (reference / CteRecords.file.file_name).is_file():
        return f"The reference folder has no {CteRecords.file.file_name}"
    return ""


def _focus(school_year: str, organization: int | None, tables: Any) -> Any:
    from tidegate.core.checking import Focus
    from tidegate.core.layouts.school_year import SchoolYear

    year = SchoolYear.parse(school_year)
    if organization is None:
        return Focus(year)
    named = dict(tables.organizations().select("id", "name").iter_rows())
    if organization not in named:
        raise Refusal("The reference folder has no such organization", code="NO_ORGANIZATION")
    return Focus(year, organization, named[organization])


def _write_full_log(checked: Any, kind: Any, focus: Any, path: Path) -> None:
    from tidegate.cli.progress import with_progress
    from tidegate.core.outputs.full_log import LogOf, full_log_csv, full_log_lines
    from tidegate.core.outputs.full_log_xlsx import full_log_xlsx

    log = LogOf(
        layout=checked.layout,
        rules=kind.rules_by_code(),
        school_year=focus.school_year.name,
        column_places=checked.column_positions,
        check_only=True,
        is_refused=checked.is_refused,
    )
    count = checked.finding_count
    lines = with_progress(full_log_lines(log, checked.findings_in_slices()), count, "Full log")
    if path.suffix.lower() == ".xlsx":
        with path.open("wb") as out:
            out.writelines(full_log_xlsx(lines, line_count=count))
    else:
        _write(path, full_log_csv(lines))


def _write_fix_file(checked: Any, kind: Any, file: Path, path: Path) -> None:
    from tidegate.core.outputs.fix_file import fix_file

    _write(path, fix_file(file, checked.layout, checked.findings_in_slices(), kind.rules_by_code()))


def _write(path: Path, pieces: Iterable[str]) -> None:
    """Write a file piece by piece, with the line ends that the pieces have."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(pieces)


def _print(checked: Any, kind: Any, output: Format, *, tally: Any, rest: Iterable[Any]) -> None:
    """Print the result; in words it is told by the tally of the findings, once the `rest` has gone through it."""
    from tidegate.core.outputs.json_result import json_result
    from tidegate.core.outputs.result_log import result_log as write_log

    counts = {name: getattr(checked, name) for name in ("row_count", "success_count", "error_count")}
    rules = kind.rules_by_code()
    if output is Format.JSON:
        sys.stdout.writelines(json_result(checked.findings_in_slices(), rules, **counts))
    elif output is Format.CSV:
        sys.stdout.writelines(write_log(kind.layout.log_title, checked.findings_in_slices()))
    else:
        from tidegate.core.outputs.terminal import in_words

        deque(rest, maxlen=0)
        sys.stdout.writelines(in_words(tally, rules, **counts, is_refused=checked.is_refused))
