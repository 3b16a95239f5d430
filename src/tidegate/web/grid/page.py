"""The page on which rows of an upload are corrected: what it shows, and what a check has said."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import polars as pl

from tidegate.core.checking import CheckResult
from tidegate.core.checking.line_plan import KEEP, WITHDRAW
from tidegate.core.rules.cause import Cause
from tidegate.core.rules.finding import FINDINGS
from tidegate.uploads.lifecycle.corrections.correct_rows import (
    CorrectedRows,
    RowsOfFile,
    check_rows,
    check_rows_to_take,
    rows_as_sent,
)
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.causes import causes_of
from tidegate.uploads.queries.rows_to_choose import choice_codes
from tidegate.web.grid.rows import Found, Grid, build_grid
from tidegate.web.grid.typed_rows import TypedRows
from tidegate.web.pages import ROWS_ON_A_PAGE

_MAX_FIELDS = 3_000
"""Largest number of cells of a page: without JavaScript each is a field of the form, and the settings bound those."""
_MAX_GONE_LISTED = 10
_CHOICES = (("", "decide later"), (KEEP, "keep them and add these"), (WITHDRAW, "withdraw them"))


@dataclass(frozen=True)
class RowsPage:
    """What the page shows.

    Attributes:
        to_go: The rows as a whole.
        grid: Those on the page.
        lead: What the last check has said, or what there is to do.
        mood: How that is coloured.
        next_after: The number of the last row on the page, where more follow; 0 where none do.
        missing: The choice about lines on file; None where nothing asks for one.
        can_withdraw: Whether they may be withdrawn: those of another organization can only be kept.
        checked: The digests of the rows and of their plan, as the check has shown it.
        changes: What loading the rows would do to the lines on file; None before a check.
        gone: The numbers of rows that were sent and are not on the page, since somebody else was faster.
    """

    to_go: RowsToGo
    grid: Grid
    lead: str
    mood: str = "care"
    next_after: int = 0
    missing: str | None = None
    can_withdraw: bool = True
    checked: str = ""
    changes: Mapping[str, int] | None = None
    gone: Sequence[int] = ()

    @property
    def gone_in_words(self) -> str:
        """What became of those, as a sentence; blank where there are none."""
        if not self.gone:
            return ""
        listed = ", ".join(f"{row:,}" for row in self.gone[:_MAX_GONE_LISTED])
        more = f" and {len(self.gone) - _MAX_GONE_LISTED:,} more" if len(self.gone) > _MAX_GONE_LISTED else ""
        one = len(self.gone) == 1
        were = f"Row {listed} was" if one else f"Rows {listed}{more} were"
        rest = " The others are as you have typed them, and not loaded yet." if self.grid.rows else ""
        return (
            f"{were} loaded or left out by somebody else since, and {'is' if one else 'are'} not here any more.{rest}"
        )

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What may become of lines on file."""
        return _CHOICES if self.can_withdraw else _CHOICES[:-1]

    @property
    def is_right(self) -> bool:
        """Whether the check has found nothing wrong."""
        return self.mood == "good"


def page_to_begin(to_go: RowsToGo, *, after: int) -> RowsPage:
    """Return the page with the next rows after this number."""
    rows = list(islice(to_go.rows(after=after), ROWS_ON_A_PAGE + 1))
    file = rows_as_sent(to_go, rows)
    shown = rows[: max(1, min(ROWS_ON_A_PAGE, _MAX_FIELDS // max(len(file.names), 1)))]
    file = replace(file, rows={row: file.rows[row] for row in shown if row in file.rows})
    found = _found(to_go, shown)
    grid = build_grid(file, found, _causes(to_go, shown), _layout(to_go.first))
    more = shown[-1] if len(rows) > len(shown) else 0
    page = RowsPage(to_go, grid, _lead(to_go), next_after=more)
    return _with_choice(page, found, "")


def page_as_typed(to_go: RowsToGo, typed: TypedRows, file: RowsOfFile, *, refusal: str) -> RowsPage:
    """Return the page with what a person has typed, and why it was declined. `file` has the rows as they were sent."""
    rows = sorted(typed.cells)
    page = _page(to_go, typed, file, _found(to_go, rows), _causes(to_go, rows))
    return replace(page, lead=refusal, mood="bad")


def page_as_checked(to_go: RowsToGo, typed: TypedRows, file: RowsOfFile) -> RowsPage:
    """Return the page with what the check of the rows says. Raises what `check_rows` raises."""
    corrected = typed.corrected()
    if corrected.left_out and not corrected.to_send:
        check_rows_to_take(to_go, corrected)
        return replace(page_as_typed(to_go, typed, file, refusal=_all_left_out(corrected)), mood="good")
    checked = check_rows(to_go, corrected, file)
    if checked is None:
        lead = (
            f"A file of {to_go.row_count:,} rows is too large to check at once: load these rows, they are checked then"
        )
        return page_as_typed(to_go, typed, file, refusal=lead)
    found = list(_findings(checked))
    page = _page(to_go, typed, file, found, checked.causes)
    plan = checked.plan
    return replace(
        page,
        lead=_verdict(checked, corrected),
        mood="good" if not checked.error_count and not checked.is_refused else "care",
        checked=f"{_digest(typed)}:{plan.sha256 if plan else ''}",
        changes=plan.counts if plan else None,
    )


def with_plan_seen(typed: TypedRows) -> CorrectedRows:
    """Return what is to be sent, with the plan that the person has seen, if it was of just these rows."""
    digest, _, plan = typed.checked.partition(":")
    return replace(typed.corrected(), plan_sha256=plan if digest == _digest(typed) else "")


def _page(
    to_go: RowsToGo, typed: TypedRows, file: RowsOfFile, found: Sequence[Found], causes: Sequence[Cause]
) -> RowsPage:
    layout = _layout(to_go.first)
    file = replace(file, rows={row: sent for row, sent in file.rows.items() if row in typed.cells})
    grid = build_grid(file, found, causes, layout, typed=typed.cells, left_out=typed.left_out)
    last = max(typed.cells, default=0)
    has_more = last and next(to_go.rows(after=last), 0)
    page = RowsPage(to_go, grid, "", next_after=last if has_more else 0)
    return _with_choice(page, found, typed.missing)


def _layout(upload: Upload) -> Any:
    return upload.layout.in_year(upload.year)


def _found(to_go: RowsToGo, rows: list[int]) -> list[Found]:
    return [{name: getattr(each, name) for name in FINDINGS} for some in to_go.findings(rows).values() for each in some]


def _findings(checked: CheckResult) -> Iterator[Found]:
    for part in checked.findings_in_slices():
        yield from part.filter((pl.col("severity") != "notice") & (pl.col("row") > 1)).iter_rows(named=True)


def _causes(to_go: RowsToGo, rows: Sequence[int]) -> list[Cause]:
    """Return the causes of what is wrong with the rows, each upload's in its order."""
    uploads = {upload.pk: upload for upload in (to_go.latest.get(row, to_go.first) for row in rows)}
    return [kept.cause for upload in uploads.values() for kept in causes_of(upload)]


def _with_choice(page: RowsPage, found: Sequence[Found], chosen: str) -> RowsPage:
    """Return the page with the choice about lines on file, where one was made or a finding asks for it."""
    codes = choice_codes(page.to_go.first)
    asked = {each["code"] for each in found} & set(codes)
    missing = chosen if chosen or asked else None
    return replace(page, missing=missing, can_withdraw=asked != {codes.of_others})


def _lead(to_go: RowsToGo) -> str:
    return f"{to_go.in_of_all}, {to_go.to_go_count:,} to go"


def _all_left_out(corrected: CorrectedRows) -> str:
    count = len(corrected.left_out)
    rows = f"{count:,} row is" if count == 1 else f"{count:,} rows are"
    return f"{rows} left out for good once you press Load these rows{_unsent(corrected, sent=0)}"


def _unsent(corrected: CorrectedRows, *, sent: int) -> str:
    count = len(corrected.cells) - len(corrected.left_out) - sent
    return f"; {count:,} without any value {'is' if count == 1 else 'are'} not sent" if count > 0 else ""


def _verdict(checked: CheckResult, corrected: CorrectedRows) -> str:
    sent, bad = checked.row_count, checked.error_count
    rest = _unsent(corrected, sent=sent)
    if checked.is_refused:
        return "The rows cannot be read as they are: a cell has what no file may have"
    if not bad:
        said = "The row is right now: load it" if sent == 1 else f"All {sent:,} rows are right now: load them"
        return said + rest
    if sent == 1:
        return f"The row still has an error{rest}"
    right, wrong = "is" if sent - bad == 1 else "are", "has an error" if bad == 1 else "have errors"
    return f"{sent - bad:,} of {sent:,} rows {right} right, {bad:,} still {wrong}{rest}"


def _digest(typed: TypedRows) -> str:
    said = [sorted((row, list(cells)) for row, cells in typed.cells.items()), sorted(typed.left_out), typed.missing]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
