"""`tidegate check`: checks a file on a laptop, with no database and no network, by the very same
rules."""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import typer

from tidegate.cli.loading import loading
from tidegate.cli.named_paths import refuse_no_file, refuse_unwritable
from tidegate.cli.submit import Complete, MappingFile, MissingChoice, refuse_unknown_choice
from tidegate.core.errors import BrokenState, Refusal
from tidegate.core.outputs.catalogue import options, printed
from tidegate.core.outputs.source import CheckSource

Line = TypeVar("Line")


def with_output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with an option for each output that a check can write, and `--format` with
    those that it can print, instead of its `output_format` and its further named arguments."""
    signature = inspect.signature(command)
    given = [
        parameter
        for name, parameter in signature.parameters.items()
        if name != "output_format" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    given += [
        _option(output.python_name, Path | None, None, typer.Option(help=output.option_help)) for output in options()
    ]
    names = {name.upper(): name for name in printed()}
    formats = StrEnum("Format", names)  # type: ignore[misc]  # which there are is found, not written
    described = typer.Option("--format", help=_formats_in_words())
    given.append(_option("output_format", formats, next(iter(formats)), described))
    command.__signature__ = signature.replace(parameters=given)  # type: ignore[attr-defined]
    return command


def _option(name: str, of: Any, default: Any, described: Any) -> inspect.Parameter:
    annotation = Annotated[of, described]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _formats_in_words() -> str:
    *first, last = (output.printed.in_words for output in printed().values() if output.printed)
    return f"What to print: {', '.join(first)}, or {last}"


@with_output_options
def check(
    *,
    file: Annotated[Path, typer.Argument(help="The CSV or TXT file")],
    file_type: Annotated[str, typer.Option(help="The file type, by the name of its folder with hyphens")],
    school_year: Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")],
    reference: Annotated[Path, typer.Option(help="The folder that tidegate export-reference has written")],
    organization: Annotated[
        str | None, typer.Option(help="Check that every row is this organization's, by its ID")
    ] = None,
    state: Annotated[
        str, typer.Option(help="The state's package or its folder, in place of the one that TIDEGATE_STATE names")
    ] = "",
    mapping: MappingFile = None,
    missing: MissingChoice = "",
    complete: Complete = False,
    output_format: str,
    **files: Path | None,
) -> None:
    """Check a file without sending it, and tell what it would change of the lines on file.

    Exit status: 0 nothing to fix, 1 errors or warnings, 2 refused, 3 a problem on our side.
    """
    with loading():
        from tidegate.cli.plan_offline import plan_offline
        from tidegate.core.checking import check as check_file
        from tidegate.core.layouts.mapping import mapped, read_mapping
        from tidegate.core.reference.folder import ReferenceFolder
        from tidegate.file_types import find
        from tidegate.file_types.layouts_in_year import LayoutsInYear
        from tidegate.file_types.type_problems import refuse_broken_types

        if state:
            _choose(state)
        refuse_unknown_choice(missing)
        chosen = find(file_type)
        refuse_broken_types([chosen])
    refuse_no_file(file)
    for path in filter(None, files.values()):
        refuse_unwritable(path)
    layout = chosen.layout if mapping is None else mapped(chosen.layout, read_mapping(mapping, chosen.layout))
    tables = ReferenceFolder(reference)
    focus = _focus(school_year, organization, tables)
    others = LayoutsInYear(focus.school_year)
    offline = plan_offline(layout, tables, focus, missing=cast("Any", missing), is_complete=complete)
    checked = check_file(
        file,
        layout,
        chosen.rules,
        focus=focus,
        tables=tables,
        others=others,
        keeps=offline.keeps,
        plan=offline.settings,
    )
    checked, unplanned = offline.with_plan(checked)
    source = _WatchedSource(file, checked, chosen.rules_by_code(), focus.school_year.name, tables, complete)
    _write_files(source, files)
    for piece in printed()[output_format].content(source):
        sys.stdout.write(piece.decode())
    for sentence in (*_not_asked(checked), *unplanned):
        typer.echo(sentence, err=True)
    raise typer.Exit(_exit_code(source))


def _exit_code(source: CheckSource) -> int:
    """Return 2 for a refused file, 1 for errors or warnings, or if nobody has said yes to what a complete file leaves
    out."""
    waits = source.is_complete and source.left_out.get("missing_count")
    return 2 if source.is_refused else int(source.needs_action or bool(waits))


def _choose(state: str) -> None:
    from tidegate.core.layouts.state_package import choose_state

    try:
        choose_state(state)
    except BrokenState as error:
        raise Refusal(f"This is no state to check for: {error}", code="STATE_PACKAGE") from error


def _not_asked(checked: Any) -> Iterator[str]:
    """Yield what was not checked, and why."""
    from tidegate.core.reference.stored_lines import line_table

    if not checked.row_count:
        return
    on_file = checked.layout.groups_on_file
    of_lines = line_table(checked.layout, on_file).file.file_name if on_file else ""
    area = checked.layout.area
    about_lines = f"whether lines that are on file would be left out ({area}601 to {area}603)"
    for file_name, codes in checked.not_asked.items():
        what = about_lines if file_name == of_lines else ", ".join(codes)
        yield f"Not checked: {what}. The reference folder has no {file_name}."
    if checked.is_missing_what_it_corrects and of_lines not in checked.not_asked:
        yield (
            f"Not checked: {about_lines}. This is a file of rows to fix, and only the server knows which lines its "
            "upload has loaded: send it there with Check only."
        )


def _focus(school_year: str, organization: str | None, tables: Any) -> Any:
    import polars as pl

    from tidegate.core.checking import Focus
    from tidegate.core.layouts.identifiers import fold_organization_id
    from tidegate.core.layouts.school_year import SchoolYear

    year = SchoolYear.parse(school_year)
    if organization is None:
        return Focus(year)
    fold = fold_organization_id
    found = tables.organizations().filter(fold(pl.col("identifier")) == fold(pl.lit(organization.strip())))
    if found.is_empty():
        raise Refusal("The reference folder has no such organization", code="NO_ORGANIZATION")
    return Focus(year, *found.select("id", "name").row(0))


class _WatchedSource(CheckSource, frozen=True):
    """A checked file that says on standard error how far a long output is."""

    def watched(self, lines: Iterable[Line], title: str) -> Iterable[Line]:
        """Yield the lines."""
        from tidegate.cli.progress import with_progress

        return with_progress(lines, self.finding_count, title)


def _write_files(source: CheckSource, files: Mapping[str, Path | None]) -> None:
    """Write the outputs that were asked for piece by piece, in the form that a file's name asks for."""
    for output in options():
        path = files[output.python_name]
        if path and output.when(source) is None:
            with path.open("wb") as out:
                out.writelines(output.content(source, output.form_of(path)))
