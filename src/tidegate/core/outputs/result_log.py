"""The Result Log, to the letter of the guide: five columns, or two lines when everything went well."""

from collections.abc import Iterable, Iterator
from itertools import chain

import polars as pl

from tidegate.core.outputs.spreadsheet import escape_formulas

HEADER = ("Row Number", "SAU ID", "School ID", "State Student Number", "Error")
_AT_ONCE = 20_000
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
    yield ",".join(HEADER) + "\n"
    for part in chain(held, slices):
        yield from map(_lines, part.iter_slices(_AT_ONCE))


def _lines(findings: pl.DataFrame) -> str:
    """Return a line for each finding, as the CSV module writes it; a file may have millions of them."""
    message, severity = pl.col("message"), pl.col("severity")
    named = severity.str.slice(0, 1).str.to_uppercase() + severity.str.slice(1) + ": " + message
    cells = [
        pl.col("row").cast(pl.String).fill_null(""),
        *(_quoted(escape_formulas(pl.col(name))) for name in ("sau_id", "school_id", "student_number")),
        _quoted(pl.when(severity == "error").then(message).otherwise(named)),
    ]
    lines = findings.select(pl.concat_str(cells, separator=",").str.join("\n")).item()
    return f"{lines}\n"


def _quoted(cells: pl.Expr) -> pl.Expr:
    needs_quotes = cells.str.contains(r'[,"\n]')
    return pl.when(needs_quotes).then('"' + cells.str.replace_all('"', '""', literal=True) + '"').otherwise(cells)
