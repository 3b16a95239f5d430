"""The Perkins indicators of a snapshot, of the person's own organizations, and the students behind each number."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.counting.counted_students import names_in
from tidegate.accountability.counting.indicator_students import IndicatorStudent
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import ALL, Indicator
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.indicator_table import indicator_students_csv, indicators_csv
from tidegate.accountability.outputs.indicator_workbook import indicators_xlsx
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.records.public_ids import public_ids_of
from tidegate.web.accountability.indicators_page import shown_indicators, titles_of
from tidegate.web.accountability.students_of_number import record_students, students_download
from tidegate.web.downloads import csv_download, xlsx_download
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


def indicator_book(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the indicators of a snapshot as a workbook."""
    found, reach = find_seen_snapshot(request.user, number)
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return xlsx_download(indicators_xlsx(found, reach=reach), f"snapshot-{found.pk}-indicators.xlsx")


class _Number(NamedTuple):
    """A number of an indicator: which part of its base, and what it is by."""

    indicator: Indicator
    part: str
    category: str
    key: str
    category_title: str

    def students(
        self, snapshot: Snapshot, reach: Reach, start: int = 0, limit: int | None = None
    ) -> Iterator[IndicatorStudent]:
        """Yield the students behind it."""
        is_met = _PARTS[self.part]
        return self.indicator.students(
            snapshot, self.category, self.key, is_met=is_met, reach=reach, start=start, limit=limit
        )

    @property
    def by_values_of(self) -> list[str]:
        """What it is by, for the audit log."""
        return [self.indicator.code, self.category]


def _asked(request: PersonRequest, snapshot: Snapshot) -> _Number:
    """Read which number an address asks for; one that there is not is not found."""
    indicator = find_indicators().get(text_from(request, "indicator").upper())
    part = text_from(request, "part") or "denominator"
    if indicator is None or part not in _PARTS:
        raise no_such("number")
    category, titles = text_from(request, "category") or ALL, titles_of(snapshot)
    if category not in (ALL, *titles):
        raise no_such("number")
    return _Number(indicator, part, category, text_from(request, "key"), titles.get(category, ""))


@transaction.atomic
def indicator_students(request: PersonRequest, number: int) -> HttpResponse:
    """Show the students behind a number of an indicator: those of the numerator, of the denominator, or the others."""
    found, reach = find_seen_snapshot(request.user, number)
    asked = _asked(request, found)
    page = page_by_number(lambda start, limit: list(asked.students(found, reach, start, limit)), request)
    organizations, programs = names_in(found)
    seen = public_ids_of(each.number for each in page)
    record_students("snapshot.students_viewed", request.user, found, by_values_of=asked.by_values_of, students=seen)
    context = {
        "snapshot": found,
        "indicator": asked.indicator,
        "part": asked.part,
        "by": None if asked.category == ALL else (asked.category_title, asked.key or "Missing"),
        "students": [
            (each, organizations.get(each.school, each.school), programs.get(each.program, each.program))
            for each in page
        ],
        "page": page,
        "query": request.GET.urlencode(),
    }
    return render(request, "web/accountability/indicator_students.html", context)


@transaction.atomic
def indicator_students_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the students behind a number of an indicator as CSV."""
    found, reach = find_seen_snapshot(request.user, number)
    asked = _asked(request, found)
    return students_download(
        request.user,
        found,
        lambda: asked.students(found, reach),
        by_values_of=asked.by_values_of,
        write=indicator_students_csv,
        named=f"{asked.indicator.code}-{asked.part}",
    )
