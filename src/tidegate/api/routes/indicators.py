"""The Perkins indicators of a snapshot, and the students behind each number."""

from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from tidegate.accountability.counting.indicator_students import categories_of
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.indicators import CountedIndicator, count_indicators, find_indicators
from tidegate.accountability.indicators.indicator import ALL
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.indicator_table import indicators_csv
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.reach import no_such
from tidegate.api.counting_token import counting_token, reach_of_token, record_reading
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.indicators import (
    IndicatorCountOut,
    IndicatorOut,
    IndicatorsOut,
    IndicatorStudentOut,
    IndicatorStudentsPage,
)
from tidegate.core.errors import NotFound
from tidegate.records.public_ids import public_ids_of

router = Router(tags=["snapshots"])
NUMBERS: dict[str, Any] = {
    "response": {200: IndicatorsOut, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}
_ROWS_PER_PAGE = 1000
_MAX_START = 10**9
_PARTS = {"numerator": True, "denominator": None, "not-met": False}


@router.get("/snapshots/{number}/indicators", summary="The Perkins indicators", **NUMBERS)
def get_indicators(request: HttpRequest, number: int) -> Any:
    """Return numerator and denominator of each indicator by each category, or why it has no data, of the students whom
    the token's organization and its schools teach or send; with `Accept: text/csv` as CSV."""
    token = counting_token(request)
    found, reach = find_snapshot(number), reach_of_token(token)
    as_csv = "text/csv" in request.headers.get("Accept", "")
    record_reading("snapshot.counts_downloaded" if as_csv else "snapshot.viewed", found, token)
    if as_csv:
        return StreamingHttpResponse(indicators_csv(found, reach=reach), content_type="text/csv; charset=utf-8")
    return IndicatorsOut(
        snapshot=found.pk,
        school_year=found.school_year.name,
        assumed=_assumed_in(found),
        indicators=[_show(each) for each in count_indicators(found, reach=reach)],
    )


@router.get(
    "/snapshots/{number}/indicators/students",
    response={200: IndicatorStudentsPage, **PROBLEMS},
    summary="The students behind an indicator",
)
@transaction.atomic
def list_indicator_students(
    request: HttpRequest,
    number: int,
    indicator: str,
    category: str = ALL,
    key: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = "",
    part: Literal["numerator", "denominator", "not-met"] = "denominator",
    start: Annotated[int, Query(ge=0, le=_MAX_START)] = 0,
) -> Any:
    """Return the students of the numerator, of the denominator or of those who did not meet the indicator, each with
    their programs, in pages. `category` and `key` are those of the number."""
    token = counting_token(request)
    found, reach = find_snapshot(number), reach_of_token(token)
    asked = find_indicators().get(indicator.upper())
    if asked is None or category not in (ALL, *(each.name for each in categories_of(found))):
        raise no_such("number")
    limit = _ROWS_PER_PAGE + 1
    students = list(asked.students(found, category, key, is_met=_PARTS[part], reach=reach, start=start, limit=limit))
    shown = students[:_ROWS_PER_PAGE]
    seen = public_ids_of(each.number for each in shown)
    record_reading("snapshot.students_viewed", found, token, by_values_of=[asked.code, category], students=seen)
    return IndicatorStudentsPage(
        students=[
            IndicatorStudentOut(
                student_number=each.number, school=each.school, program=each.program, is_met=each.is_met
            )
            for each in shown
        ],
        next_start=start + len(shown) if len(students) > len(shown) else None,
    )


def _assumed_in(snapshot: Snapshot) -> dict[str, str]:
    try:
        return definition_of(snapshot).file.to_be_set
    except NotFound:
        return {}  # each indicator that needs a definition says that there is none


def _show(counted: CountedIndicator) -> IndicatorOut:
    indicator = counted.indicator
    return IndicatorOut(
        indicator=indicator.code,
        title=indicator.title,
        wording=indicator.wording,
        source=indicator.source,
        to_confirm=indicator.to_confirm,
        why_no_data=counted.why_no_data,
        counts=[
            IndicatorCountOut(
                indicator=each.indicator,
                category=each.category,
                key=each.key,
                name=each.name,
                numerator=each.numerator,
                denominator=each.denominator,
                percent=each.percent or None,
            )
            for each in counted.counts
        ],
    )
