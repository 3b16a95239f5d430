"""Periods, their snapshots, and the numbers of a snapshot of the token's organization."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Status

from tidegate.accountability.certification.certificate import certificate_json, find_certificate
from tidegate.accountability.explanations.explain import explain_number
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber, unusual_numbers
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.counts import counts_csv, counts_of
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.models import Scope
from tidegate.api.authenticate import check_scope
from tidegate.api.counting_token import counting_token, explaining_token, reach_of_token, record_reading
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.snapshots import (
    CountOut,
    NumberExplanationIn,
    PeriodOut,
    SnapshotNumbers,
    SnapshotOut,
    UnusualNumberOut,
)
from tidegate.api.schemas.uploads import YearName
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.find_school_year import find_school_year

router = Router(tags=["snapshots"])
NUMBERS: dict[str, Any] = {
    "response": {200: SnapshotNumbers, **PROBLEMS},
    "openapi_extra": gives("text/csv", and_json=True),
}


@router.get("/periods", response={200: list[PeriodOut], **PROBLEMS}, summary="What is counted")
def list_periods(request: HttpRequest, school_year: YearName) -> list[PeriodOut]:
    """Return what the state counts in a school year, with its count day and its window."""
    check_scope(request.auth, Scope.READ)  # type: ignore[attr-defined]
    year = SchoolYear(find_school_year(school_year).first)
    return [
        PeriodOut(
            period=period.slug,
            title=period.title,
            count_day=period.count_day_in(year),
            opens=window.opens if (window := period.window_in(year)) else None,
            closes=window.closes if window else None,
        )
        for period in find_periods().values()
    ]


@router.get("/snapshots", response={200: list[SnapshotOut], **PROBLEMS}, summary="The snapshots of a school year")
def list_snapshots(request: HttpRequest, school_year: YearName) -> list[SnapshotOut]:
    """Return the snapshots that were taken of a school year, the newest first."""
    counting_token(request)
    year = find_school_year(school_year)
    return [
        _show(each) for each in Snapshot.objects.filter(school_year=year).select_related("school_year").order_by("-pk")
    ]


@router.get("/snapshots/{number}", summary="The numbers of a snapshot", **NUMBERS)
def get_snapshot(request: HttpRequest, number: int) -> Any:
    """Return the numbers of a snapshot, of the students whom the token's organization and its schools teach or send;
    with `Accept: text/csv` as CSV."""
    token = counting_token(request)
    found = find_snapshot(number)
    reach = reach_of_token(token)
    as_csv = "text/csv" in request.headers.get("Accept", "")
    record_reading("snapshot.counts_downloaded" if as_csv else "snapshot.viewed", found, token)
    if as_csv:
        return StreamingHttpResponse(counts_csv(found, reach=reach), content_type="text/csv; charset=utf-8")
    counts = [
        CountOut(report=slug, by=count.by, keys=list(count.keys), names=list(count.names), students=count.student_count)
        for slug, table in counts_of(found, reach=reach)
        for count in table.counts
    ]
    return SnapshotNumbers(snapshot=_show(found), counts=counts)


@router.get(
    "/snapshots/{number}/certificate",
    summary="The certificate of a snapshot",
    response={200: dict[str, Any], **PROBLEMS},
)
def get_certificate(request: HttpRequest, number: int) -> Any:
    """Return the certificate of a snapshot that two people have signed: each byte of it is signed, so keep it as it
    came. `tidegate verify-receipt` checks it, with the key of `GET /receipt-key`."""
    token = counting_token(request)
    found = find_snapshot(number)
    content = certificate_json(find_certificate(found))
    record_reading("snapshot.certificate_downloaded", found, token)
    return HttpResponse(content, content_type="application/json")


@router.get(
    "/snapshots/{number}/unusual-numbers",
    response={200: list[UnusualNumberOut], **PROBLEMS},
    summary="The numbers that moved by much",
)
def list_unusual_numbers(request: HttpRequest, number: int) -> list[UnusualNumberOut]:
    """Return the numbers of the token's organization and its schools that moved by much against last year's snapshot,
    with the explanation of each; null is open."""
    token = counting_token(request)
    found = find_snapshot(number)
    reach = set(reach_of_token(token) or ())
    record_reading("snapshot.viewed", found, token)
    return [_show_number(each) for each in unusual_numbers(found) if each.organization in reach]


@router.post(
    "/snapshots/{number}/unusual-numbers/explanations",
    response={201: UnusualNumberOut, **PROBLEMS},
    summary="Explain an unusual number",
)
def explain_unusual_number(request: HttpRequest, number: int, given: NumberExplanationIn) -> Status[UnusualNumberOut]:
    """Say why a number of the list is right. It takes a token for `uploads:send`, of somebody who may send files for
    the organization. A newer explanation takes the place of an older one."""
    found, named = find_snapshot(number), (given.report, given.by, tuple(given.keys))
    asked = next((each for each in unusual_numbers(found) if (each.report, each.by, each.keys) == named), None)
    token = explaining_token(request, asked.organization if asked else "", thing="number")
    assert asked is not None  # the state's own numbers, as none, are out of a token's reach
    kept = explain_number(found, asked.key, text=given.text, ends_on=given.ends_on, by=token.person, by_token=True)
    return Status(201, _show_number(asked._replace(explanation=kept)))


def _show_number(unusual: UnusualNumber) -> UnusualNumberOut:
    return UnusualNumberOut(
        report=unusual.report,
        by=unusual.by,
        keys=list(unusual.keys),
        names=list(unusual.names),
        last_year=unusual.last_year,
        students=unusual.now,
        explanation=unusual.explanation.text if unusual.explanation else None,
        explanation_ends_on=unusual.explanation.ends_on if unusual.explanation else None,
    )


def _show(snapshot: Snapshot) -> SnapshotOut:
    return SnapshotOut(
        number=snapshot.pk,
        period=snapshot.period,
        school_year=snapshot.school_year.name,
        count_day=snapshot.count_day,
        state=snapshot.state,
        taken_at=snapshot.taken_at,
        sha256=snapshot.sha256,
    )
