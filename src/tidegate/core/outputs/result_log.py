"""The Result Log, to the letter of the guide: five columns, or two lines when everything went well."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tidegate.core.outputs.output import CSV, Form, Output, Print
from tidegate.core.outputs.spreadsheet import escape_formulas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

    from tidegate.core.outputs.source import Source

HEADER = ("Row Number", "SAU ID", "School ID", "State Student Number", "Error")
_FINDINGS_AT_ONCE = 20_000
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
        log = result_log(source.layout.log_title, source.findings_in_slices())
        return (piece.encode() for piece in log)


def result_log(log_title: str, findings: Iterable[pl.DataFrame]) -> Iterator[str]:
    """Yield the Result Log in pieces. `findings` come in slices, in order, and are read as needed.

    With no finding it is `log_title` and the sentence of the guide. With notices alone the same two
    lines come first, since every record was loaded. Otherwise one line per finding; what is no error
    says so in front of its message.
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
    yield ",".join(HEADER) + "\n"
    for part in chain(held, slices):
        yield from map(_lines, part.iter_slices(_FINDINGS_AT_ONCE))


def _lines(findings: pl.DataFrame) -> str:
    """Return a line for each finding, as the CSV module writes it; a file may have millions of them."""
    import polars as pl

    message, severity = pl.col("message"), pl.col("severity")
    named = severity.str.slice(0, 1).str.to_uppercase() + severity.str.slice(1) + ": " + message
    ids = (escape_formulas(pl.col(name)) for name in ("sau_id", "school_id", "student_number"))
    cells = [
        pl.col("row").cast(pl.String).fill_null(""),
        *map(_quoted, ids),
        _quoted(pl.when(severity == "error").then(message).otherwise(named)),
    ]
    lines = findings.select(pl.concat_str(cells, separator=",").str.join("\n")).item()
    return f"{lines}\n"


def _quoted(cells: pl.Expr) -> pl.Expr:
    import polars as pl

    needs_quotes = cells.str.contains(r'[,"\n]')
    doubled = cells.str.replace_all('"', '""', literal=True)
    return pl.when(needs_quotes).then('"' + doubled + '"').otherwise(cells)
