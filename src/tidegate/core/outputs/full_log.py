"""The full log: everything that is known about each finding, for a spreadsheet or a program."""

import csv
import io
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import in_words

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

LOADED = "Loaded"
_MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|"
    "dec(ember)?)"
)
_NOT_KEPT_AS_TEXT = re.compile(
    rf"""\s*(
        [=+\-@\t\r]  # a formula
    |   [$\u20ac\u00a3(]*\.?[0-9][0-9.,:/\-\s]*([Ee][+\-]?[0-9]+)?\s*([ap]m?)?[%)]*$  # a number, a date, a time
    |   {_MONTH}[.\s\-/,]*[0-9][0-9,:/\-\s]*$
    |   [0-9]{{1,4}}[\s\-/,]*{_MONTH}[.\s\-/,]*([0-9][0-9,:/\-\s]*)?$
    |   (true|false)$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_STAYS_AS_IT_IS = re.compile(r"0|[1-9][0-9]{0,10}|[0-9]{4}-[0-9]{4}")


@dataclass(frozen=True)
class LogOf:
    """What the full log must know of a file: its type's layout in the year and rules by code, where its columns stand
    (from 0), and whether the file was only checked or could not be read."""

    layout: Layout
    rules: Mapping[str, type[Rule]]
    school_year: str
    column_places: Mapping[str, int]
    check_only: bool = False
    is_refused: bool = False


def full_log_lines(log: LogOf, findings: Iterable[pl.DataFrame]) -> Iterator[tuple[int | str, ...]]:
    """Yield a line per finding, without the header. `findings` come in slices, in order, and are read as needed; `Row`
    is a number, blank for what is about the whole file, everything else is text."""
    forms = {name: column.type.form() for name, column in log.layout.columns.items()}
    forms = {name: form[:1].upper() + form[1:] for name, form in forms.items()}
    letters = {name: spreadsheet_letters(place) for name, place in log.column_places.items()}
    for part in whole_rows(findings):
        bad = set(part.filter(pl.col("severity") == "error")["row"].drop_nulls())
        for finding in part.iter_rows(named=True):
            rule, row, column = log.rules.get(finding["code"]), finding["row"], finding["column"]
            suggested = in_words(finding["suggestions"])
            yield (
                "" if row is None else row,
                f"{letters[column]}{row}" if row is not None and column in letters else "",
                finding["student_number"],
                finding["message"],
                f"{suggested} {rule.how_to_fix if rule else ''}".strip(),
                column,
                finding["value"],
                forms.get(column, ""),
                finding["severity"].capitalize(),
                _what_happened(log, row, is_bad=row in bad),
                str(rule.who_can_act) if rule and finding["severity"] != "notice" else "",
                finding["code"],
                log.school_year,
            )


def full_log_csv(lines: Iterable[tuple[int | str, ...]], *, at_once: int = 5_000) -> Iterator[str]:
    """Yield the full log as CSV in pieces. A cell that a spreadsheet would take for a formula, a number or a date gets
    an apostrophe in front, so that it stays the text that it is; the XLSX needs none."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")  # Excel reads UTF-8 only with the mark
    writer.writerow(HEADER)
    for count, line in enumerate(lines, start=1):
        writer.writerow([_as_text(cell) for cell in line])
        if count % at_once == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def spreadsheet_letters(place: int) -> str:
    """Return the letters by which a spreadsheet names the column at `place`, counted from 0: A, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters


def whole_rows(findings: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the slices so cut that all findings of a row stand in one."""
    held: pl.DataFrame | None = None
    for part in findings:
        together = part if held is None else pl.concat([held, part])
        last = together["row"][-1] if not together.is_empty() else None
        is_last = pl.col("row").eq_missing(pl.lit(last, dtype=pl.UInt32))
        held = together.filter(is_last)
        yield together.filter(~is_last)
    if held is not None:
        yield held


def _what_happened(log: LogOf, row: int | None, *, is_bad: bool) -> str:
    if log.is_refused:
        return "The file was not read"
    if row is None or row == 1:
        return ""
    if is_bad:
        return "Would not be loaded" if log.check_only else "Not loaded"
    return "Would be loaded" if log.check_only else LOADED


def _as_text(cell: int | str) -> int | str:
    if isinstance(cell, str) and _NOT_KEPT_AS_TEXT.match(cell) and not _STAYS_AS_IT_IS.fullmatch(cell):
        return f"'{cell}"
    return cell
