"""The full log: everything that is known about each finding, for a spreadsheet or a program."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from tidegate.core.outputs.carried_columns import carried_columns, may_carry
from tidegate.core.outputs.output import CSV, XLSX, Form, Output
from tidegate.core.outputs.spreadsheet import as_text, column_letters, csv_chunks
from tidegate.core.outputs.workbook import MAX_ROWS_PER_SHEET, Table, TableRows, xlsx_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from tidegate.core.layouts.layout import Layout
    from tidegate.core.outputs.source import Source
    from tidegate.core.outputs.workbook import Line
    from tidegate.core.rules.rule import Rule

HEADER = (
    "Row",
    "Cell",
    "State Student Number",
    "Message",
    "How to fix",
    "Column",
    "Value",
    "Expected",
    "Severity",
    "What happened to the row",
    "Who can act",
    "Code",
    "Layout year",
)
"""The 13 columns, in order."""

LOADED, IGNORED = "Loaded", "Ignored"
_BYTE_ORDER_MARK = "\ufeff"
_WIDTHS = (8, 9, 24, 60, 70, 24, 24, 34, 12, 28, 30, 11, 14)
_WIDTH_OF_MORE = 24
_WRAPPED = frozenset({3, 4, 5, 6, 7, 9, 10})
_CAUSES = Table(
    "What to fix",
    ("Order", "Cause", "Rows", "More lines held back", "Row numbers", "How to fix", "Severity", "Who can act", "Code"),
    (9, 60, 9, 26, 30, 70, 12, 30, 11),
    frozenset({1, 4, 5, 7}),
)


class FullLog(Output):
    """The full log as CSV: 13 columns, one line per finding. 409 where the upload has none, or not
    yet.
    """

    name = "full log"
    forms = (CSV, XLSX)
    order = 20
    has_button = False

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the log, a line per finding."""
        log = LoggedFile(
            layout=source.layout,
            rules=source.rules,
            school_year=source.school_year,
            column_positions=source.column_positions,
            check_only=source.is_check_only,
            is_refused=source.is_refused,
        )
        lines = source.watched(full_log_lines(log, source.findings_in_slices()), self.title)
        return _with_carried(form, lines, source) if may_carry(source) else _as(form, lines, source)


def _as(form: Form, lines: Iterable[Line], source: Source, *, more: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield the full log in a form, in pieces.

    Args:
        form: CSV or XLSX.
        lines: Its lines.
        source: What was checked.
        more: The names of columns behind its own.
    """
    if form == XLSX:
        return full_log_xlsx(lines, line_count=source.finding_count, first=_causes_sheet(source), more=more)
    return (piece.encode() for piece in full_log_csv(lines, more=more))


def _with_carried(form: Form, lines: Iterable[Line], source: Source) -> Iterator[bytes]:
    with source.open_file() as path:
        carried = carried_columns(path, source.layout)
        if carried is None:
            yield from _as(form, lines, source)
        else:
            yield from _as(form, carried.joined_to(lines), source, more=carried.names)


class LoggedFile(msgspec.Struct, frozen=True):
    """What the full log must know about a file.

    `layout` is that of the school year, and `rules` are its rules by code. `column_positions` are
    the columns' positions in the file, from 0. `check_only` says that nothing of the file is
    loaded, and `is_refused` that it could not be read.
    """

    layout: Layout
    rules: Mapping[str, type[Rule]]
    school_year: str
    column_positions: Mapping[str, int]
    check_only: bool = False
    is_refused: bool = False


def full_log_lines(log: LoggedFile, findings: Iterable[pl.DataFrame]) -> Iterator[Line]:
    """Yield a line per finding, without the header.

    `findings` come in slices, in order, and are read as needed. `Row` is a number, blank for a
    finding about the whole file; everything else is text.
    """
    import polars as pl

    from tidegate.core.rules.cause import fix_in_words
    from tidegate.core.suggestions.suggestion import suggestions_in_words

    expected: dict[tuple[str, str], str] = {}
    letters = {name: column_letters(at) for name, at in log.column_positions.items()}
    for part in whole_rows(findings):
        bad = set(part.filter(pl.col("severity") == "error")["row"].drop_nulls())
        for finding in part.iter_rows(named=True):
            rule, row, column = log.rules.get(finding["code"]), finding["row"], finding["column"]
            suggested, key = (
                suggestions_in_words(finding["suggestions"], said=finding["message"]),
                (finding["code"], column),
            )
            if key not in expected:
                expected[key] = _expected(log, rule, column)
            yield (
                "" if row is None else row,
                f"{letters[column]}{row}" if row is not None and column in letters else "",
                finding["student_number"],
                finding["message"],
                f"{suggested} {fix_in_words(finding['code'], finding['known'], log.rules)}".strip(),
                column,
                finding["value"],
                expected[key],
                finding["severity"].capitalize(),
                _what_happened(log, rule, row, is_bad=row in bad),
                str(rule.who_can_act) if rule and finding["severity"] != "notice" else "",
                finding["code"],
                log.school_year,
            )


def full_log_csv(lines: Iterable[Line], *, more: Sequence[str] = ()) -> Iterator[str]:
    """Yield the full log as CSV in pieces; `more` are the names of columns behind its own. A cell that a spreadsheet
    would take for a formula, a number or a date gets an apostrophe in front, so that it stays text; the XLSX needs
    none."""
    kept = ([as_text(cell) for cell in line] for line in lines)
    yield _BYTE_ORDER_MARK  # Excel reads UTF-8 only with the mark
    yield from csv_chunks(chain([[*HEADER, *map(as_text, more)]], kept), line_end="\r\n")


def full_log_xlsx(
    lines: Iterable[Line],
    *,
    line_count: int,
    max_rows_per_sheet: int = MAX_ROWS_PER_SHEET,
    first: TableRows | None = None,
    more: Sequence[str] = (),
) -> Iterator[bytes]:
    """Yield the full log as an XLSX file in pieces.

    Args:
        lines: Its lines.
        line_count: How many lines will come.
        max_rows_per_sheet: Lines beyond these go to further worksheets.
        first: The worksheet before them; None for none.
        more: The names of columns behind its own.
    """
    table = Table("Findings", (*HEADER, *more), (*_WIDTHS, *[_WIDTH_OF_MORE] * len(more)), _WRAPPED)
    return xlsx_chunks(table, lines, line_count=line_count, max_rows_per_sheet=max_rows_per_sheet, first=first)


def _causes_sheet(source: Source) -> TableRows:
    """Return the worksheet with a line per cause, in the order in which they are to be fixed."""
    from tidegate.core.rules.cause import how_to_fix, rows_in_words, who_can_act

    lines = [
        (
            number,
            cause.text,
            cause.row_count,
            cause.held_back_count,
            rows_in_words(cause.rows, cause.row_count),
            how_to_fix(cause, source.rules),
            cause.severity.capitalize(),
            who_can_act(cause, source.rules),
            cause.code,
        )
        for number, cause in enumerate(source.causes(), 1)
    ]
    return TableRows(_CAUSES, lines)


def whole_rows(findings: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the slices cut anew, so that all findings of a row are in one slice."""
    import polars as pl

    held: pl.DataFrame | None = None
    for part in findings:
        together = part if held is None else pl.concat([held, part])
        last = together["row"][-1] if not together.is_empty() else None
        is_last = pl.col("row").eq_missing(pl.lit(last, dtype=pl.UInt32))
        held = together.filter(is_last)
        yield together.filter(~is_last)
    if held is not None:
        yield held


def _expected(log: LoggedFile, rule: type[Rule] | None, column: str) -> str:
    """Return what should be there instead: the form of the column or, where that is not what is wrong, what the rule
    checks. Blank where nothing has to be done."""
    from tidegate.core.rules.rule import ColumnRule, Severity

    if rule is None or rule.severity is Severity.NOTICE:
        return ""
    if not (issubclass(rule, ColumnRule) and rule.is_about_form and column in log.layout.columns):
        return first_sentence(rule.what_it_checks)
    form = log.layout.columns[column].type.form()
    return form[:1].upper() + form[1:]


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, without its full stop."""
    return re.split(r"\.(?: |$)", text, maxsplit=1)[0]


def _what_happened(log: LoggedFile, rule: type[Rule] | None, row: int | None, *, is_bad: bool) -> str:
    """Return in words whether a row was loaded; blank where a finding is about the file or its header.

    Args:
        log: The file that the log is about.
        rule: The rule of the finding; None if it is unknown.
        row: The row's number; None if the finding is about the file.
        is_bad: Whether the row has an error.
    """
    if log.is_refused:
        return "The file was not read"
    if getattr(rule, "ignores_row", False):
        return IGNORED
    if row is None or row == 1 or getattr(rule, "is_about_header", False):
        return ""
    if is_bad:
        return "Would not be loaded" if log.check_only else "Not loaded"
    return "Would be loaded" if log.check_only else LOADED
