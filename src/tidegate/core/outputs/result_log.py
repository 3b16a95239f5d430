"""The Result Log, to the letter of the guide: five columns, or two lines when everything went well."""

from __future__ import annotations

import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from tidegate.core.layouts.state_package import present_state
from tidegate.core.outputs.output import CSV, Form, Output, Print
from tidegate.core.outputs.spreadsheet import escape_formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

    from tidegate.core.checking.wide_findings import WideFindings
    from tidegate.core.outputs.source import Source

_FINDINGS_PER_PIECE = 50_000
_ROW_COLUMNS = ("row", "sau_id", "school_id", "student_number")
_LINES_PER_PIECE = 10_000
# A cell that a spreadsheet would run, one that must be in quotes, and one that is the first or blank.
_FORMULA, _QUOTED = r"^[=+\-@\t\r]", r'[",\r\n]'
_ODD = f"{_FORMULA}|^$"
ALL_GOOD = "All Records completed successfully"


class ResultLog(Output):
    """The five-column Result Log as CSV. 409 where the upload has none, or not yet."""

    name = "Result Log"
    forms = (CSV,)
    order = 10
    printed = Print("csv", "the Result Log")
    is_main_button = True

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the log, a line per finding."""
        return result_log(source.layout.log_title, source.findings_to_log(), needs_action=source.needs_action)


def header() -> tuple[str, ...]:
    """Return the names of the columns, with the state's word for a district."""
    return ("Row Number", f"{present_state().word('kind_of_sau')} ID", "School ID", "State Student Number", "Error")


def result_log(
    log_title: str, findings: Iterable[pl.DataFrame | WideFindings], *, needs_action: bool
) -> Iterator[bytes]:
    """Yield the Result Log in pieces, of which none waits for the findings after it.

    Without findings it is `log_title` and the sentence of the guide. If there are only notices, the
    same two lines come first, since every record was loaded. Otherwise there is one line per
    finding; the message of a warning or notice begins with its severity.

    Args:
        log_title: The title of the file type.
        findings: The findings in slices, in order, which are read as needed.
        needs_action: Whether any of them is an error or a warning.
    """
    slices = (part for part in findings if not part.is_empty())
    first = list(islice(slices, 1))
    if not (first and needs_action):
        yield f"{log_title}\n{ALL_GOOD}\n".encode()
        if not first:
            return
        yield b"\n"
    yield f"{','.join(header())}\n".encode()
    while first:
        yield from _lines_of(first.pop())  # not held while the next slice is made
        first += islice(slices, 1)


def _lines_of(findings: pl.DataFrame | WideFindings) -> Iterator[bytes]:
    import polars as pl

    if not isinstance(findings, pl.DataFrame):
        return _lines_of_rows(findings)
    return _lines_around_values(findings) if _are_around_values(findings) else _lines(findings)


def _lines_of_rows(findings: WideFindings) -> Iterator[bytes]:
    """Yield lines for findings in wide form: those of a row are put together at once."""
    import polars as pl

    names, parts, lacks_some = pl.col("names"), list[pl.Expr](), False
    texts = {"names": _names(findings.rows, end=",")}
    for number in findings.kinds:
        begin, cells, end = _message_cells(findings, number)
        if isinstance(cells, str):
            parts += [names, pl.lit(f"{begin}{cells}{end}\n")]
            continue
        texts[str(number)] = cells
        line = [names, pl.lit(begin), pl.col(str(number)), pl.lit(f"{end}\n")]
        lacks_some = lacks_some or bool(cells.null_count())
        parts += [pl.concat_str(line)] if cells.null_count() else line  # null where the row has no such finding
    lines = pl.concat_str(parts, ignore_nulls=lacks_some).str.join("").cast(pl.Binary)
    for some in pl.DataFrame(texts).iter_slices(max(1, _LINES_PER_PIECE // len(findings.kinds))):
        yield some.select(lines).item()


def _message_cells(findings: WideFindings, number: int) -> tuple[str, pl.Series | str, str]:
    """Return the message of each row's finding of a kind as the log has it.

    Returns:
        What each begins with, what follows, null where a row has no such finding, a text where it is the same in each
        row, and what each ends with.
    """
    import polars as pl

    from tidegate.core.rules.finding import shown_value

    kind, told = findings.kinds[number], findings.told(number)
    begin, end, text = _severity_of(kind.severity), "", pl.col("message").str.replace_all("\0", " ", literal=True)
    if told["message"].null_count() == told.height:
        begin, end, text = begin + kind.begins, kind.ends, shown_value()
        if told["value"].null_count():
            text = pl.when(pl.col("value").is_not_null()).then(text)
    shown = told.select(text.alias("text"))
    if re.search(_QUOTED, begin + end) is None:
        begin, end, shown = "", "", shown.select(_in_quotes(pl.concat_str(pl.lit(begin), "text", pl.lit(end))))
    else:
        begin, end = (each.replace('"', '""') for each in (begin, end))
        begin, end = f'"{begin}', f'{end}"'
        if shown["text"].str.contains('"', literal=True).any():
            shown = shown.select(_doubled(shown["text"]))
    cells = shown.to_series()
    return begin, cells[0] if cells.len() == 1 else cells, end


def _are_around_values(findings: pl.DataFrame) -> bool:
    """Whether no message is worded yet, and every line must be in quotes because its message quotes a value."""
    from tidegate.core.rules.finding import NOT_YET

    begins = findings.get_column(NOT_YET[0], default=None)
    return begins is not None and bool(_each(begins, lambda texts: texts.str.contains(_QUOTED)).all())


def _lines_around_values(findings: pl.DataFrame) -> Iterator[bytes]:
    """Yield lines for findings none of which is worded yet. The texts that name a row are written once for all of its
    findings; the texts around a value once for each kind of finding."""
    import polars as pl

    from tidegate.core.rules.finding import NOT_YET, shown_value

    is_first = _begins_row(findings["row"])
    names = _names(findings.filter(is_first), end=',"').gather(is_first.cum_sum() - 1)
    begins, ends = (_each(findings[name], _doubled) for name in NOT_YET)
    value = findings.select(shown_value()).to_series()
    if value.str.contains('"', literal=True).any():
        value = _doubled(value)
    of_warnings = [findings.select(_severity()).to_series()] if _has_warnings(findings) else []
    parts = [names, *of_warnings, begins, value, ends]
    line = pl.concat_str(pl.all(), pl.lit('"\n'))
    # written into memory that was used before: larger pieces take more time
    for some in pl.DataFrame({str(number): part for number, part in enumerate(parts)}).iter_slices(_LINES_PER_PIECE):
        yield some.select(line.str.join("").cast(pl.Binary)).item()


def _names(rows: pl.DataFrame, *, end: str) -> pl.Series:
    """Return what names each of the rows, as the log has it, with the comma, or more, in which it ends."""
    import polars as pl

    texts = rows.select(pl.col("row").cast(pl.String).fill_null(""), *_ROW_COLUMNS[1:])
    is_odd = texts.select(pl.all().str.contains(f"{_FORMULA}|{_QUOTED}").any()).row(0)
    odd = [name for name, has in zip(_ROW_COLUMNS, is_odd, strict=True) if has]
    cells = texts.with_columns(_in_quotes(escape_formulas(pl.col(name))).alias(name) for name in odd)
    return cells.select(pl.concat_str(pl.concat_str(pl.all(), separator=","), pl.lit(end))).to_series()


def _lines(findings: pl.DataFrame) -> Iterator[bytes]:
    """Yield a line for each finding, as the csv module writes it, but faster: there may be
    millions."""
    import polars as pl

    from tidegate.core.rules.finding import all_worded

    for some in map(all_worded, findings.iter_slices(_FINDINGS_PER_PIECE)):
        # the cells that name a row are tested once for all of its findings, which are next to one another
        names = some.filter(_begins_row(some["row"])).select(_ROW_COLUMNS[1:])
        has_odd = names.select(pl.all().str.contains(_ODD).any()).row(0)
        odd = [name for name, has in zip(_ROW_COLUMNS[1:], has_odd, strict=True) if has]
        changed = list(map(_escaped, odd))
        if _has_warnings(some):
            changed.append(_with_severity())
        cells = some.with_columns(changed).select(*_ROW_COLUMNS, "message")
        # A text, or batches of a thousand lines, Polars' own size, would take twice the time.
        written = io.BytesIO()
        cells.write_csv(written, include_header=False, null_value="", batch_size=_FINDINGS_PER_PIECE)
        yield written.getvalue()


def _has_warnings(findings: pl.DataFrame) -> bool:
    return bool((findings["severity"] != "error").any())


def _begins_row(row: pl.Series) -> pl.Series:
    return row.is_null() | row.ne_missing(row.shift())


def _each(categories: pl.Series, of_texts: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return what `of_texts` makes of the texts of an enumeration; each is given once."""
    return of_texts(categories.dtype.categories).gather(categories.to_physical())  # type: ignore[attr-defined]


def _doubled(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all('"', '""', literal=True)


def _in_quotes(text: pl.Expr) -> pl.Expr:
    import polars as pl

    quoted = pl.concat_str(pl.lit('"'), text.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.when(text.str.contains(_QUOTED)).then(quoted).otherwise(text)


def _escaped(name: str) -> pl.Expr:
    """Return cells that name rows as the log has them; blank is null, or it would be written as quotes."""
    import polars as pl

    escaped = escape_formulas(pl.col(name))
    return pl.when(escaped != "").then(escaped).alias(name)


def _with_severity() -> pl.Expr:
    import polars as pl

    return pl.concat_str(_severity(), "message").alias("message")


def _severity() -> pl.Expr:
    """Return what stands before a message (see `_severity_of`)."""
    import polars as pl

    from tidegate.core.rules.rule import Severity

    said = {str(severity): _severity_of(severity) for severity in Severity}
    return pl.col("severity").replace_strict(said, return_dtype=pl.String)


def _severity_of(severity: str) -> str:
    """Return what stands before the message of a finding: blank for an error."""
    return "" if severity == "error" else f"{severity.capitalize()}: "
