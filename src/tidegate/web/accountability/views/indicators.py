"""The Perkins indicators of a snapshot, of the person's own organizations, and the students behind each number."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import ALL
from tidegate.accountability.outputs.indicator_table import indicators_csv
from tidegate.accountability.snapshots.reach import find_seen_snapshot, public_ids_of
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.web.accountability.indicators_page import shown_indicators, titles_of
from tidegate.web.downloads import csv_download
from tidegate.web.pages import page_by_number, text_from
from tidegate.web.requests import PersonRequest

_PARTS = {"numerator": True, "denominator": None, "not-met": False}


def indicators(request: PersonRequest, number: int) -> HttpResponse:
    """Show numerator and denominator of each indicator, by each category; or that it has no data, and why."""
    found, reach = find_seen_snapshot(request.user, number)
    record_event("snapshot.viewed", by=request.user, school_year=found.school_year, subject=found)
    context = {"snapshot": found, "indicators": shown_indicators(found, reach), "is_whole_state": reach is None}
    return render(request, "web/accountability/indicators.html", context)


def indicator_numbers(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the indicators of a snapshot as CSV."""
    found, reach = find_seen_snapshot(request.user, number)
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return csv_download(indicators_csv(found, reach=reach), f"snapshot-{found.pk}-indicators.csv")


@transaction.atomic
def indicator_students(request: PersonRequest, number: int) -> HttpResponse:
    """Show the students behind a number of an indicator: those of the numerator, of the denominator, or the others."""
    found, reach = find_seen_snapshot(request.user, number)
    indicator = find_indicators().get(text_from(request, "indicator").upper())
    part = text_from(request, "part") or "denominator"
    if indicator is None or part not in _PARTS:
        raise no_such("number")
    category, key = text_from(request, "category") or ALL, text_from(request, "key")
    titles = titles_of(found)
    if category not in (ALL, *titles):
        raise no_such("number")
    page = page_by_number(
        lambda start, limit: indicator.students(
            found, category, key, is_met=_PARTS[part], reach=reach, start=start, limit=limit
        ),
        request,
    )
    organizations, programs = names_in(found)
    record_event(
        "snapshot.students_viewed",
        by=request.user,
        school_year=found.school_year,
        subject=found,
        by_values_of=[indicator.code, category],
        students=public_ids_of(each.number for each in page),
    )
    context = {
        "snapshot": found,
        "indicator": indicator,
        "part": part,
        "by": None if category == ALL else (titles[category], key or "Missing"),
        "students": [
            (each, organizations.get(each.school, each.school), programs.get(each.program, each.program))
            for each in page
        ],
        "page": page,
    }
    return render(request, "web/accountability/indicator_students.html", context)
