"""The periods of the state in the school year of the focus, and the snapshots that were taken of them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tidegate.accountability.models import Snapshot, SnapshotState
from tidegate.accountability.period import Period, Window, find_period, find_periods
from tidegate.accountability.seen_by import reach_of
from tidegate.accountability.take import take_snapshot
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_take_snapshots, check_can_take_snapshots
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.find_school_year import find_school_year
from tidegate.uploads.models import Misfit
from tidegate.uploads.rechecks.misfit_list import count_lines
from tidegate.web.focused import school_year_of
from tidegate.web.requests import PersonRequest


class ShownPeriod(NamedTuple):
    """A period in a school year, with its snapshots, the newest first."""

    period: Period
    count_day: date
    window: Window | None
    is_open: bool
    snapshots: list[Snapshot]
    blocking_count: int | None

    @property
    def state(self) -> str:
        """How far the count of the year is."""
        newest = self.snapshots[0] if self.snapshots else None
        if newest is None or newest.state == SnapshotState.OPEN:
            return "Open"
        return str(SnapshotState(newest.state).label)

    @property
    def is_signed(self) -> bool:
        """Whether the newest snapshot is signed, so that no other is taken."""
        return bool(self.snapshots) and self.snapshots[0].is_signed


def periods(request: PersonRequest) -> HttpResponse:
    """Show each period with its count day, its window and its snapshots."""
    year = school_year_of(request)
    context = {
        "year": year,
        "periods": list(_shown(request.user, year)),
        "state_name": present_state().name,
        "may_take": can_take_snapshots(request.user),
    }
    return render(request, "web/periods/periods.html", context)


@require_POST
def take(request: PersonRequest, slug: str) -> HttpResponse:
    """Take a snapshot and show it."""
    check_can_take_snapshots(request.user)
    year = find_school_year(school_year_of(request).name)
    taken = take_snapshot(find_period(slug), year, by=request.user)
    messages.success(request, f"Snapshot {taken.pk} was taken.")
    return redirect("snapshot", taken.pk)


def _shown(person: Person, year: SchoolYear) -> Iterator[ShownPeriod]:
    reach, may_take = reach_of(person), can_take_snapshots(person)
    taken = Snapshot.objects.filter(school_year=year.first).select_related("taken_by").order_by("-pk")
    seen = list(taken) if reach is None or reach else []
    for period in find_periods().values():
        misfits = Misfit.objects.filter(school_year=year.first, code__in=period.file.blocking_rules)
        yield ShownPeriod(
            period,
            period.count_day_in(year),
            period.window_in(year),
            period.is_open_on(timezone.localdate(), year),
            [snapshot for snapshot in seen if snapshot.period == period.slug],
            count_lines(misfits) if may_take else None,
        )
