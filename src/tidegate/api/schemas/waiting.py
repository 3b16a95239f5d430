"""What the API says and takes about rows that wait for a line of another file."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from tidegate.uploads.models import Upload, WaitEnd, WaitingRow, WaitState
from tidegate.uploads.models.waiting_row import NEVER_WAITED
from tidegate.uploads.queries.waiting_rows import waits_of, waits_until

_MAX_ROWS = 1_000


class WaitIn(Schema):
    """Of which causes rows wait, by their numbers in the list of causes, from 1; null is of all."""

    causes: list[Annotated[int, Field(ge=1, le=2**31 - 1)]] | None = None


class WaitingRowOut(Schema):
    """A row that may wait, waits, was loaded or waits no more. `upload` loads it, or has taken its place; `until` is
    when the wait ends at the latest; `reason` says in a sentence why it waits no more."""

    row: int
    state: WaitState
    since: datetime | None
    until: datetime | None
    ended_at: datetime | None
    upload: int | None
    reason: str


class WaitingOut(Schema):
    """How many rows of an upload may wait, wait, were loaded and wait no more, and up to 1,000 of them."""

    may_wait_count: int
    waiting_count: int
    loaded_count: int
    ended_count: int
    rows: list[WaitingRowOut]

    @staticmethod
    def of(upload: Upload, *, after: int) -> "WaitingOut":
        """Return the rows after one, in the order of their numbers."""
        waits = waits_of(upload)
        rows = WaitingRow.objects.filter(~NEVER_WAITED, upload=upload, row__gt=after).order_by("row")
        return WaitingOut(
            may_wait_count=waits.may,
            waiting_count=waits.waiting,
            loaded_count=sum(count for _, count in waits.loaded),
            ended_count=sum(count for _, count in waits.ended),
            rows=[_row(each) for each in rows[:_MAX_ROWS]],
        )


def _row(found: WaitingRow) -> WaitingRowOut:
    is_waiting = found.state == WaitState.WAITING
    return WaitingRowOut(
        row=found.row,
        state=WaitState(found.state),
        since=found.since,
        until=waits_until(found.since) if is_waiting and found.since else None,
        ended_at=found.ended_at,
        upload=found.by_upload_id,
        reason=WaitEnd(found.end).label if found.end else "",
    )
