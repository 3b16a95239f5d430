"""The lines on file that the present rules would not let in, in pages or as CSV."""

from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from tidegate.accounts.models import Token
from tidegate.api.authenticate import reading_token
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.uploads import MisfitOut, MisfitsPage, OrganizationId, YearName
from tidegate.audit.record import record_event
from tidegate.records.public_ids import public_ids_in_parts, public_ids_of
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.rechecks.misfit_list import ShownMisfit, misfits_csv, misfits_of, show_misfits, students_of

router = Router(tags=["records"])
LIST: dict[str, Any] = {
    "response": {200: MisfitsPage, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
_MISFITS_PER_PAGE = 1000


@router.get("/no-longer-fits", summary="What no longer fits", **LIST)
@transaction.atomic
def list_misfits(
    request: HttpRequest,
    school_year: YearName,
    organization: OrganizationId | None = None,
    after: int = Query(0, ge=0, le=2**63 - 1),  # type: ignore[type-arg]
) -> Any:
    """Return the lines on file of the token's organization and its schools, or of one of these, that would not be
    loaded if they were sent now, in pages; with `Accept: text/csv`, all of them as CSV."""
    token, place = reading_token(request, organization)
    year = find_school_year(school_year)
    found = misfits_of(place, year)
    as_csv = "text/csv" in request.headers.get("Accept", "")
    if as_csv:
        for seen in public_ids_in_parts(students_of(found)):
            _record("no_longer_fits.downloaded", token, place, year, seen)
        return StreamingHttpResponse(misfits_csv(found), content_type="text/csv; charset=utf-8")
    named = found.select_related("organization", "school_year").order_by("pk")
    part = list(named.filter(pk__gt=after)[:_MISFITS_PER_PAGE])
    next_after = part[-1].pk if len(part) == _MISFITS_PER_PAGE else None
    shown = show_misfits(part)
    _record("no_longer_fits.viewed", token, place, year, public_ids_of(each.misfit.student_id for each in shown))
    return MisfitsPage(lines=[_show(each) for each in shown], next_after=next_after)


def _record(act: str, token: Token, place: Organization, year: SchoolYear, students: list[str]) -> None:
    """Record whose lines a program has read, by the students' public IDs."""
    record_event(act, by=token.person, organization=place, school_year=year, by_token=True, students=students)


def _show(shown: ShownMisfit) -> MisfitOut:
    misfit, organization = shown.misfit, shown.misfit.organization
    return MisfitOut(
        id=misfit.pk,
        file_type=misfit.file_type,
        school_year=misfit.school_year.name,
        organization=cast("OrganizationId", organization.id_for_programs) if organization else None,
        student_number=misfit.student_id,
        line_id=misfit.line_id,
        line=shown.line,
        upload=shown.upload.pk if shown.upload else None,
        code=misfit.code,
        column=misfit.column,
        message=misfit.message,
        fix=shown.how_to_fix,
        who_can_act=shown.who_can_act,
        found_at=misfit.found_at,
    )
