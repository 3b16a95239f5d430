"""`tidegate import-organizations`, `import-codes`: one reference list, with a preview before anything is changed."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.core.errors import Conflict, Refusal

if TYPE_CHECKING:
    from tidegate.administration.models import ListChange
    from tidegate.administration.preview import Preview
    from tidegate.core.layouts.school_year import SchoolYear

_ORGANIZATIONS = "organizations"
_MAX_NAMED = 20


class PreviewFormat(StrEnum):
    """What is printed of a preview."""

    TEXT = "text"
    JSON = "json"


Yes = Annotated[bool, typer.Option("--yes", help="Import it; without this only the preview is shown")]
Expect = Annotated[str, typer.Option(help="Import only what a preview with this SHA-256 showed", show_default=False)]
Format = Annotated[PreviewFormat, typer.Option("--format", help="What to print: sentences, or one object")]


def import_organizations(
    file: Annotated[
        Path, typer.Argument(help="A CSV: OrganizationID,Name,Kind,ParentID,LocalID and, if you like, ClosedOn")
    ],
    *,
    yes: Yes = False,
    expect: Expect = "",
    output_format: Format = PreviewFormat.TEXT,
) -> None:
    """Show what a file of organizations would add and change, and with --yes import it. What it lacks stays as it is.

    Exit status: 0 imported, or nothing to import; 1 only shown; 2 refused.
    """
    _import(_ORGANIZATIONS, file, last_year=None, expect=expect if expect or not yes else None, form=output_format)


def import_codes(
    list_name: Annotated[str, typer.Argument(metavar="LIST", help="The code list, as a layout names it")],
    file: Annotated[Path, typer.Argument(help="A CSV: Code,Title,FirstYear,LastYear; or the CIP list of the NCES")],
    *,
    end_missing: Annotated[
        str,
        typer.Option(help="The last school year of the codes that the file lacks, e.g. 2025-2026", show_default=False),
    ] = "",
    yes: Yes = False,
    expect: Expect = "",
    output_format: Format = PreviewFormat.TEXT,
) -> None:
    """Show what a file would change in a code list of any name, and with --yes import it.

    A code that the file lacks stays as it is, unless --end-missing ends it. Exit status: 0 imported, or nothing to
    import; 1 only shown; 2 refused.
    """
    from tidegate.core.layouts.school_year import SchoolYear

    if list_name == _ORGANIZATIONS:
        raise Refusal("organizations is no code list", fix="Import it with tidegate import-organizations")
    year = SchoolYear.parse(end_missing) if end_missing else None
    _import(list_name, file, last_year=year, expect=expect if expect or not yes else None, form=output_format)


def _import(
    list_name: str, file: Path, *, last_year: "SchoolYear | None", expect: str | None, form: PreviewFormat
) -> None:
    """Show the preview, and import where that is asked for. `expect` is the SHA-256 of what may be imported: None is
    anything, blank nothing."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    if not file.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    set_up()
    refuse_pending_migrations()
    from django.db import transaction

    from tidegate.administration.changes import make_change
    from tidegate.administration.preview import Preview

    is_text = form == PreviewFormat.TEXT
    with transaction.atomic():
        change = _propose(list_name, file, last_year)
        if change is None:
            return
        preview = Preview(change)
        typer.echo("\n".join(_in_text(preview)) if is_text else _in_json(preview))
        if expect == "":
            change.delete()
        else:
            _check_expected(change.sha256, expect)
            make_change(change, by=None)
    if is_text and expect == "":
        typer.echo("Nothing was changed. To import it, give the same command with --yes")
    elif is_text:
        typer.echo("It is imported. A worker checks the lines on file against the list now")
    raise typer.Exit(int(expect == ""))


def _propose(list_name: str, file: Path, last_year: "SchoolYear | None") -> "ListChange | None":
    """Return what the file would change; None, which is said, where that is nothing."""
    from tidegate.administration.changes import propose_import

    try:
        return propose_import(list_name, file, file_name=file.name, by=None, last_year=last_year)
    except Refusal as refusal:
        if refusal.code != "NOTHING_NEW":
            raise
        typer.echo(f"{refusal.message}. {refusal.fix}.")
        return None


def _check_expected(sha256: str, expect: str | None) -> None:
    if expect and sha256 != expect.strip().lower():
        raise Conflict(
            "The import would no longer change what that preview showed, and nothing was changed",
            fix="Look at the new preview, then give its SHA-256",
            code="PREVIEW_OUT_OF_DATE",
        )


def _in_text(preview: "Preview") -> list[str]:
    change = preview.change
    lines = [f"{change.file_name}: {', '.join(preview.counts())}", *preview.touched()]
    lines += filter(None, [preview.missing()])
    lines += [f"Look twice: {sentence}" for sentence in preview.warnings()]
    for each in preview.differences[:_MAX_NAMED]:
        row = each.row
        lines.append(
            f"  {each.kind:8} {row.get('identifier') or each.key}  {row.get('name') or row.get('title') or ''}"
        )
    if len(preview.differences) > _MAX_NAMED:
        lines.append(f"  and {len(preview.differences) - _MAX_NAMED:,} more; --format json has all")
    return [*lines, f"Preview {change.sha256}"]


def _in_json(preview: "Preview") -> str:
    change = preview.change
    content: dict[str, Any] = {
        "list": change.list_name,
        "file": change.file_name,
        "sha256": change.sha256,
        "unchanged": change.unchanged_count,
        "missing": change.missing_count,
        "touched": preview.touched(),
        "warnings": preview.warnings(),
        "differences": [
            {"kind": each.kind, "key": each.key, "before": each.before, "after": each.after}
            for each in preview.differences
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)
