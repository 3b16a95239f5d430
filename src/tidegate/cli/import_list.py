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
Expect = Annotated[str | None, typer.Option(help="Import only what a preview with this SHA-256 showed")]
Format = Annotated[PreviewFormat, typer.Option("--format", help="What to print: sentences, or one object")]


def import_organizations(
    file: Annotated[
        Path, typer.Argument(help="A CSV: OrganizationID,Name,Kind,ParentID,LocalID and, if you like, ClosedOn")
    ],
    *,
    yes: Yes = False,
    expect: Expect = None,
    output_format: Format = PreviewFormat.TEXT,
) -> None:
    """Show what a file of organizations would add and change, and with --yes import it. What it lacks stays as it is.

    Exit status: 0 imported, or nothing to import; 1 only shown; 2 refused.
    """
    _import(_ORGANIZATIONS, file, last_year=None, yes=yes, expect=expect, form=output_format)


def import_codes(
    list_name: Annotated[str, typer.Argument(metavar="LIST", help="The code list, as a layout names it")],
    file: Annotated[Path, typer.Argument(help="A CSV: Code,Title,FirstYear,LastYear; or the CIP list of the NCES")],
    *,
    end_missing: Annotated[
        str | None, typer.Option(help="The last school year of the codes that the file lacks, e.g. 2025-2026")
    ] = None,
    yes: Yes = False,
    expect: Expect = None,
    output_format: Format = PreviewFormat.TEXT,
) -> None:
    """Show what a file would change in a code list of any name, and with --yes import it.

    A code that the file lacks stays as it is, unless --end-missing ends it. Exit status: 0 imported, or nothing to
    import; 1 only shown; 2 refused.
    """
    from tidegate.core.layouts.school_year import SchoolYear

    if list_name == _ORGANIZATIONS:
        raise Refusal("organizations is no code list", fix="Import it with tidegate import-organizations")
    year = SchoolYear.parse(end_missing) if end_missing is not None else None
    _import(list_name, file, last_year=year, yes=yes, expect=expect, form=output_format)


def _import(
    list_name: str,
    file: Path,
    *,
    last_year: "SchoolYear | None",
    yes: bool,
    expect: str | None,
    form: PreviewFormat,
) -> None:
    """Show the preview, and import where that is asked for: whatever it is, or what has the expected SHA-256."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    if not file.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    if expect is not None and not expect.strip():
        raise Refusal("The SHA-256 of --expect is blank", fix="Give the one of the preview, or leave --expect out")
    set_up()
    refuse_pending_migrations()
    from django.db import transaction

    from tidegate.administration.changes import make_change
    from tidegate.administration.preview import Preview

    is_text, imports = form == PreviewFormat.TEXT, yes or expect is not None
    with transaction.atomic():
        change = _propose(list_name, file, last_year, form=form)
        if change is None:
            return
        preview = Preview(change)
        typer.echo("\n".join(_in_text(preview)) if is_text else _in_json(preview))
        if imports:
            _check_expected(change.sha256, expect)
            make_change(change, by=None)
        else:
            change.delete()
    if is_text and imports:
        typer.echo("It is imported. A worker checks the lines on file against the list now")
    elif is_text:
        typer.echo("Nothing was changed. To import it, give the same command with --yes")
    raise typer.Exit(int(not imports))


def _propose(list_name: str, file: Path, last_year: "SchoolYear | None", *, form: PreviewFormat) -> "ListChange | None":
    """Return what the file would change; None, which is said, where that is nothing."""
    from tidegate.administration.changes import compare_file, propose_import
    from tidegate.administration.preview import Preview

    try:
        return propose_import(list_name, file, file_name=file.name, by=None, last_year=last_year)
    except Refusal as refusal:
        if refusal.code != "NOTHING_NEW":
            raise
        is_json = form == PreviewFormat.JSON
        if is_json:
            typer.echo(_in_json(Preview(compare_file(list_name, file, file_name=file.name, last_year=last_year))))
        typer.echo(f"{refusal.message}. {refusal.fix}.", err=is_json)
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
