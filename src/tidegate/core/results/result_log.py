"""The Result Log, to the letter of the guide: five columns, or two lines when everything went well."""

import csv
import io
from collections.abc import Iterable, Iterator

import polars as pl

from tidegate.core.results.not_a_formula import not_a_formula

HEADER = ("Row Number", "SAU ID", "School ID", "State Student Number", "Error")
ALL_GOOD = "All Records completed successfully"


def result_log(log_title: str, findings: Iterable[pl.DataFrame]) -> Iterator[str]:
    """Yield the Result Log in pieces. `findings` come in slices, in order; slices are read as they are needed.

    With no finding it is `log_title` and the sentence of the guide. With notices alone the same two lines come first,
    since every record was loaded. Otherwise one line per finding; what is no error says so in front of its message.
    """
    slices = (part for part in findings if not part.is_empty())
    held: list[pl.DataFrame] = []
    for part in slices:
        held.append(part)
        if (part["severity"] != "notice").any():
            break
    else:
        yield f"{log_title}\n{ALL_GOOD}\n"
        if not held:
            return
        yield "\n"
    yield _lines([HEADER])
    for part in held:
        yield _slice(part)
    for part in slices:
        yield _slice(part)


def _slice(findings: pl.DataFrame) -> str:
    columns = ("row", "sau_id", "school_id", "student_number", "severity", "message")
    return _lines(
        (
            "" if row is None else row,
            not_a_formula(sau_id),
            not_a_formula(school_id),
            not_a_formula(number),
            message if severity == "error" else f"{severity.capitalize()}: {message}",
        )
        for row, sau_id, school_id, number, severity, message in findings.select(columns).iter_rows()
    )


def _lines(rows: Iterable[tuple[object, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
