"""What the API says about conflicts."""

from datetime import date, datetime
from typing import Annotated, cast

from ninja import Query, Schema
from pydantic import Field

from tidegate.api.cursor import cursor_of, parts_of
from tidegate.api.schemas.uploads import OrganizationId
from tidegate.core.reference.enrollments import PRIMARY
from tidegate.overview.conflicts import ConflictKey, Move, SeenConflict, Side
from tidegate.reference.models import Organization

ReadBefore = Annotated[
    int,
    Query(
        ge=0,
        le=1_000_000,
        description="How many conflicts the pages before had. If some are settled meanwhile, use `cursor` or begin "
        "again at 0: they have left the list",
    ),
]
_LIST = "conflicts"


class SideOut(Schema):
    """A side of a conflict: where the student is said to be, by which type of enrollment, and from when to when."""

    sau: OrganizationId
    school: OrganizationId
    enrollment_type: str
    entry_date: date
    exit_date: date | None

    @staticmethod
    def of(side: Side) -> "SideOut":
        """Return a side as the API shows it."""
        return SideOut(
            sau=_id(side.sau),
            school=_id(side.school),
            enrollment_type=PRIMARY,
            entry_date=side.entry_date,
            exit_date=side.exit_date,
        )


class ConflictOut(Schema):
    """A student whom two organizations report for the same days.

    `claim` was sent and not loaded; `on_file` is null where that is out of the way by now. `since` is when both said
    so. `upload` is that of the claim, for its own side alone.
    """

    student_number: str
    on_file: SideOut | None
    claim: SideOut
    move: Move = Field(
        description="Whose move it is: `on file` and `claim` are the side that sends an exit or corrects its row, "
        "`either` is one of both, and `send again` is the claim's, in whose way nothing is now"
    )
    mover: OrganizationId | None = Field(description="The organization whose move it is; null where it is either's")
    since: datetime
    upload: int | None

    @staticmethod
    def of(conflict: SeenConflict, *, shows_upload: bool) -> "ConflictOut":
        """Return a conflict as the API shows it."""
        return ConflictOut(
            student_number=conflict.student.number,
            on_file=SideOut.of(conflict.on_file) if conflict.on_file else None,
            claim=SideOut.of(conflict.claim),
            move=conflict.move,
            mover=_id(conflict.mover) if conflict.mover else None,
            since=conflict.since,
            upload=conflict.upload_id if shows_upload else None,
        )


class ConflictsPage(Schema):
    """Some of the conflicts, the oldest first. `next_cursor` begins the next page, wherever those before it have gone,
    and is null on the last; so does `next_after` by their number, where the page was asked for by that."""

    conflicts: list[ConflictOut]
    next_after: int | None
    next_cursor: str | None


def cursor_behind(conflict: SeenConflict) -> str:
    """Return the cursor of the page behind a conflict of the list."""
    since, *ids = conflict.key
    return cursor_of(_LIST, since.isoformat(), *ids)


def place_in_list(cursor: str) -> ConflictKey | None:
    """Return the place that a cursor stands for, None for a blank one. A Refusal where it is none."""
    if not cursor:
        return None
    since, claim_id, enrollment_id = parts_of(_LIST, cursor)
    return ConflictKey(datetime.fromisoformat(str(since)), int(claim_id), int(enrollment_id))


def _id(organization: Organization) -> OrganizationId:
    return cast("OrganizationId", organization.id_for_programs)
