"""The Result Log, to the letter of the guide: five columns, or two lines when everything went well."""

from __future__ import annotations

import io
from itertools import chain
from typing import TYPE_CHECKING

from tidegate.core.layouts.state_package import present_state
from tidegate.core.outputs.output import CSV, Form, Output, Print
from tidegate.core.outputs.spreadsheet import escape_formulas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

    from tidegate.core.outputs.source import Source

_FINDINGS_PER_PIECE = 50_000
_ROW_COLUMNS = ("row", "sau_id", "school_id", "student_number")
# A cell that a spreadsheet would run, or a blank one.
_ODD = r"^(?:[=+\-@\t\r]|$)"
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
        return result_log(source.layout.log_title, source.findings_in_slices(suggests=False))


def header() -> tuple[str, ...]:
    """Return the names of the columns, with the state's word for a district."""
    return ("Row Number", f"{present_state().word('kind_of_sau')} ID", "School ID", "State Student Number", "Error")


def result_log(log_title: str, findings: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """Yield the Result Log in pieces. `findings` come in slices, in order, and are read as needed.

    Without findings it is `log_title` and the sentence of the guide. If there are only notices, the
    same two lines come first, since every record was loaded. Otherwise there is one line per
    finding; the message of a warning or notice begins with its severity.
    """
    slices = (part for part in findings if not part.is_empty())
    held: list[pl.DataFrame] = []
    for part in slices:
        held.append(part)
        if (part["severity"] != "notice").any():
            break
    else:
        yield f"{log_title}\n{ALL_GOOD}\n".encode()
        if not held:
            return
        yield b"\n"
    yield f"{','.join(header())}\n".encode()
    for part in chain(held, slices):
        yield from map(_lines, part.iter_slices(_FINDINGS_PER_PIECE))


def _lines(findings: pl.DataFrame) -> bytes:
    """Return a line for each finding, as the csv module writes it, but faster: there may be
    millions."""
    import polars as pl

    # the cells that name a row are tested once for all of its findings, which are next to one another
    row = findings["row"]
    names = findings.select(_ROW_COLUMNS[1:]).filter(row.is_null() | row.ne_missing(row.shift()))
    has_odd = names.select(pl.all().str.contains(_ODD).any()).row(0)
    odd = [name for name, has in zip(_ROW_COLUMNS[1:], has_odd, strict=True) if has]
    changed = list(map(_escaped, odd))
    if (findings["severity"] != "error").any():
        changed.append(_with_severity())
    cells = findings.with_columns(changed).select(*_ROW_COLUMNS, "message")
    # A text, or batches of a thousand lines, Polars' own size, would take twice the time.
    written = io.BytesIO()
    cells.write_csv(written, include_header=False, null_value="", batch_size=_FINDINGS_PER_PIECE)
    return written.getvalue()


def _escaped(name: str) -> pl.Expr:
    """Return cells that name rows as the log has them; blank is null, or it would be written as quotes."""
    import polars as pl

    escaped = escape_formulas(pl.col(name))
    return pl.when(escaped != "").then(escaped).alias(name)


def _with_severity() -> pl.Expr:
    import polars as pl

    message, severity = pl.col("message"), pl.col("severity")
    named = severity.str.slice(0, 1).str.to_uppercase() + severity.str.slice(1) + ": " + message
    return pl.when(severity == "error").then(message).otherwise(named).alias("message")
