"""Whom to ask in a school year where they are after leaving school, in pages or as CSV."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Router

from tidegate.accounts.models import Token
from tidegate.api.authenticate import reading_token
from tidegate.api.cursor import Cursor
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.follow_up import (
    AskedBefore,
    FollowUpOut,
    FollowUpsPage,
    cursor_behind,
    place_in_list,
)
from tidegate.api.schemas.uploads import OrganizationId, YearName
from tidegate.audit.record import record_event
from tidegate.overview.district import places_of
from tidegate.overview.follow_up import count_follow_ups, find_follow_ups, follow_ups_csv, students_to_ask
from tidegate.records.public_ids import public_ids_in_parts
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import Organization, SchoolYear

router = Router(tags=["records"])
LIST: dict[str, Any] = {
    "response": {200: FollowUpsPage, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
_ROWS_PER_PAGE = 1000


@router.get("/follow-up", summary="Whom to ask after leaving school", **LIST)
@transaction.atomic
def list_follow_ups(
    request: HttpRequest,
    school_year: YearName,
    organization: OrganizationId | None = None,
    only_open: bool = False,
    start: AskedBefore = 0,
    cursor: Cursor = "",
) -> Any:
    """Return whom to ask in a school year, of the students whom the token's organization and its schools, or one of
    these, teach or send; with `only_open`, those whom nobody has asked. In pages: `cursor` is the `next_cursor` of the
    page before, and leaves nobody out while answers are sent. With `Accept: text/csv`, all of them as CSV."""
    token, place = reading_token(request, organization)
    year, places = find_school_year(school_year), places_of(place)
    after = place_in_list(cursor)
    if "text/csv" in request.headers.get("Accept", ""):
        for part in public_ids_in_parts(students_to_ask(places, year, only_open=only_open)):
            _record("follow_up.downloaded", token, place, year, part)
        content = follow_ups_csv(places, year, only_open=only_open)
        return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    found = find_follow_ups(places, year, only_open=only_open, after=after, start=start, limit=_ROWS_PER_PAGE + 1)
    shown = found[:_ROWS_PER_PAGE]
    _record("follow_up.viewed", token, place, year, sorted({str(each.student.public_id) for each in shown}))
    today = timezone.localdate()
    return FollowUpsPage(
        students=[FollowUpOut.of(each, today=today) for each in shown],
        count=count_follow_ups(places, year),
        open_count=count_follow_ups(places, year, only_open=True),
        next_start=start + len(shown) if len(found) > len(shown) and after is None else None,
        next_cursor=cursor_behind(shown[-1]) if len(found) > len(shown) else None,
    )


def _record(act: str, token: Token, place: Organization, year: SchoolYear, students: list[str]) -> None:
    """Record who a program was shown, by the students' public IDs."""
    record_event(act, by=token.person, organization=place, school_year=year, by_token=True, students=students)
