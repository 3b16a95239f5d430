"""Reads one CSV of a reference folder, with the reader and the built-in rules that uploads are read with."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.layouts.state_package import present_state
from tidegate.core.parsing.day_order import DayOrderEvidence, day_order_context
from tidegate.core.parsing.parse import parse
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.reading.read_file import read_file
from tidegate.core.rules.catalogue import column_rules, reading_rules
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.rule import ColumnRule, Severity
from tidegate.reference.problem import ReferenceProblem

_ONLY_A_HEADER = "FILE003"
_MAX_HEADER_BYTES = 10_000
_LAST_YEAR = 9999


@dataclass(frozen=True)
class ReferenceRows:
    """The rows of one file: `row`, and a column of values under each name of the layout, null where blank or wrong.

    `problems` are those of the cells; where `is_readable` is false they say why there are no rows.
    """

    rows: pl.DataFrame
    problems: list[ReferenceProblem]
    is_readable: bool = True


def read_reference_file(path: Path, layout: Layout) -> ReferenceRows:
    """Return the rows of the file at `path` with everything that is wrong with its cells."""
    no_rows = pl.DataFrame(schema={ROW: pl.UInt32, **layout.value_types()})
    if not path.is_file():
        return ReferenceRows(no_rows, [ReferenceProblem(path.name, None, "The file is missing")], is_readable=False)
    reading = read_file(path, layout)
    if [issue.code for issue in reading.issues] == [_ONLY_A_HEADER]:
        return ReferenceRows(no_rows, [])
    issues = [_problem(issue, path.name) for issue in reading.issues if _is_error(issue)]
    if reading.is_refused:
        return ReferenceRows(no_rows, issues, is_readable=False)
    prepared = parse(reading.rows, layout)
    dates = DayOrderEvidence(layout)
    dates.add(prepared.day_orders, prepared.days_seen)
    rows = prepared.rows.with_columns(day_order_context(layout, dates.order()))
    problems = [problem for rule in column_rules(layout) for problem in _check(rows, rule, path.name)]
    values = rows.select(ROW, *(pl.col(f"{name}:value").alias(name) for name in layout.columns))
    return ReferenceRows(values, [*issues, *problems])


def folded_header(path: Path) -> list[str]:
    """Return the names in the first line of a file as they are compared; none where there is no file."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        lines = [file.readline(_MAX_HEADER_BYTES).replace(b"\x00", b"") for _ in range(2)]  # also of a file in UTF-16
    first, second = (line.decode(errors="replace") for line in lines)
    line = second if fold_name(first).startswith("sep") and "=" in first else first  # what tells Excel the delimiter
    return [fold_name(name) for name in re.split(r"[,;\t|]", line.partition("\r")[0])]


def names_column(path: Path, column: str) -> bool:
    """Whether the first line of a file names a column that it may lack, in the state's way or in the usual one."""
    return not {fold_name(column), fold_name(present_state().header(column))}.isdisjoint(folded_header(path))


def repeated(rows: pl.DataFrame, key: list[str], *, file_name: str, sentence: str) -> list[ReferenceProblem]:
    """Return a problem for each row whose key an earlier row has.

    Args:
        rows: The rows of the file.
        key: The columns of the key; rows without one of them are left out.
        file_name: The file that the problems are of.
        sentence: What to say of each.
    """
    again = rows.drop_nulls(key).filter(pl.col(ROW) > pl.col(ROW).min().over(key))
    return problems_at(again[ROW], file_name=file_name, sentence=sentence)


def problems_at(rows: pl.Series, *, file_name: str, sentence: str) -> list[ReferenceProblem]:
    """Return the same problem for each of these rows."""
    own = present_state().in_headers(sentence)
    return [ReferenceProblem(file_name, row, own) for row in rows.to_list()]


def read_first_year(
    rows: pl.DataFrame, column: str, *, file_name: str, among: Iterable[int] | None = None
) -> tuple[pl.Series, list[ReferenceProblem]]:
    """Read the school years of a column; a bare `2020` is 2020-2021.

    Args:
        rows: The rows of the file.
        column: The column.
        file_name: The file that the problems are of.
        among: The years in which such a school year may begin; None is any of four digits, as in a code list, where
            one far from today does no harm and may stand for no end.

    Returns:
        The year that each begins in, null where blank or wrong; and the problems of the wrong ones.
    """
    text = pl.col(column)
    first = text.str.extract(r"^([0-9]{4})(-[0-9]{4})?$", 1).cast(pl.Int32)
    last = text.str.extract(r"^[0-9]{4}-([0-9]{4})$", 1).cast(pl.Int32)
    # Of 0000 and 9999 one of the two years is no year of a date.
    is_year = (last.is_null() | (last == first + 1)) & first.is_between(1, _LAST_YEAR - 1)
    read = rows.select(ROW, text, pl.when(is_year).then(first).alias("first"))
    wrong = read.filter(text.is_not_null() & pl.col("first").is_null())
    sentence = f"{column} is not a school year written as 2020-2021"
    problems = problems_at(wrong[ROW], file_name=file_name, sentence=sentence)
    if among is None:
        return read["first"], problems
    is_far = ~pl.col("first").is_in(list(among))
    sentence = f"{column} is too far from today"
    problems += problems_at(read.filter(is_far)[ROW], file_name=file_name, sentence=sentence)
    return read.select(pl.when(~is_far).then("first").alias("first"))["first"], problems


def _is_error(issue: ReadingIssue) -> bool:
    return reading_rules()[issue.code].severity is Severity.ERROR


def _problem(issue: ReadingIssue, file_name: str) -> ReferenceProblem:
    return ReferenceProblem(file_name, issue.row, reading_rules()[issue.code].message.format_map(issue.words))


def _check(rows: pl.DataFrame, rule: ColumnRule, file_name: str) -> Iterator[ReferenceProblem]:
    """Yield the rule's problems; a Refusal names no value of a file, so that the value is left out of the sentence."""
    broken = rows.filter(rule.broken().fill_null(False))
    if broken.is_empty():
        return
    message_values = {
        name: fact.alias(f"fact:{name}") for name, fact in rule.message_values().items() if name != "value"
    }
    message = rule.message_without_value or rule.message.replace(' "{value}"', "")
    for row, *words in (
        broken.with_columns(message_values.values())
        .select(ROW, *(f"fact:{name}" for name in message_values))
        .iter_rows()
    ):
        yield ReferenceProblem(file_name, row, message.format_map(dict(zip(message_values, words, strict=True))))
