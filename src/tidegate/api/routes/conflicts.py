"""The students whom another organization reports for the same days, in pages."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from tidegate.accounts.permissions import can_view_upload
from tidegate.api.authenticate import reading_token
from tidegate.api.cursor import Cursor
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.schemas.conflicts import ConflictOut, ConflictsPage, ReadBefore, cursor_behind, place_in_list
from tidegate.api.schemas.uploads import OrganizationId, YearName
from tidegate.audit.record import record_event
from tidegate.overview.conflicts import find_conflicts
from tidegate.overview.district import places_of
from tidegate.reference.find_school_year import find_school_year

router = Router(tags=["records"])
_CONFLICTS_PER_PAGE = 500


@router.get("/conflicts", summary="Conflicts", response={200: ConflictsPage, **PROBLEMS})
@transaction.atomic
def list_conflicts(
    request: HttpRequest,
    school_year: YearName,
    organization: OrganizationId | None = None,
    after: ReadBefore = 0,
    cursor: Cursor = "",
) -> Any:
    """Return the students whom the token's organization and its schools, or one of these, and another organization
    report for the same days, with the least about the other side. A conflict is gone as soon as a file settles it. In
    pages: `cursor` is the `next_cursor` of the page before, and leaves none out while some are settled."""
    token, place = reading_token(request, organization)
    year, places = find_school_year(school_year), places_of(place)
    behind = place_in_list(cursor)
    found = find_conflicts(places, year, after=behind, start=after, limit=_CONFLICTS_PER_PAGE + 1)
    shown = found[:_CONFLICTS_PER_PAGE]
    record_event(
        "conflicts.viewed",
        by=token.person,
        organization=place,
        school_year=year,
        students=sorted({str(each.student.public_id) for each in shown}),
        by_token=True,
    )
    return ConflictsPage(
        conflicts=[
            ConflictOut.of(
                each, shows_upload=each.claim.sau.pk in places and can_view_upload(token.person, each.claim.sau)
            )
            for each in shown
        ],
        next_after=after + len(shown) if len(found) > len(shown) and behind is None else None,
        next_cursor=cursor_behind(shown[-1]) if len(found) > len(shown) else None,
    )
