"""The periods of the state in the school year of the focus, and the snapshots that were taken of them."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tidegate.accountability.models import Snapshot, SnapshotRequest, SnapshotState
from tidegate.accountability.periods.period import Period, Window, find_periods
from tidegate.accountability.snapshots.reach import reach_of
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_take_snapshots
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.uploads.models import Misfit
from tidegate.uploads.rechecks.misfit_list import count_lines
from tidegate.web.focus import school_year_of
from tidegate.web.requests import PersonRequest


class ShownPeriod(NamedTuple):
    """A period in a school year, with its snapshots, the newest first."""

    period: Period
    count_day: date
    window: Window | None
    is_open: bool
    snapshots: list[Snapshot]
    blocking_count: int | None
    request: SnapshotRequest | None

    @property
    def state(self) -> str:
        """How far the count of the year is."""
        newest = self.snapshots[0] if self.snapshots else None
        if newest is None or newest.state == SnapshotState.OPEN:
            return "Open"
        return str(SnapshotState(newest.state).label)

    @property
    def is_asked(self) -> bool:
        """Whether a snapshot is being taken now."""
        return self.request is not None and self.request.ended_at is None

    @property
    def refusal(self) -> str:
        """Why no snapshot was taken when somebody asked last; blank where one was taken since."""
        request, newest = self.request, self.snapshots[0] if self.snapshots else None
        if request is None or (newest is not None and newest.taken_at > request.asked_at):
            return ""
        return request.refusal

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
    return render(request, "web/accountability/periods.html", context)


def _shown(person: Person, year: SchoolYear) -> Iterator[ShownPeriod]:
    reach, may_take = reach_of(person), can_take_snapshots(person)
    taken = Snapshot.objects.filter(school_year=year.first).select_related("taken_by").order_by("-pk")
    seen = list(taken) if reach is None or reach else []
    # The newest request of each period that is not answered by a snapshot in the list.
    requests = SnapshotRequest.objects.filter(school_year=year.first, snapshot=None) if may_take else ()
    asked = {each.period: each for each in sorted(requests, key=lambda each: each.pk)}
    for period in find_periods().values():
        misfits = Misfit.objects.filter(school_year=year.first, code__in=period.file.blocking_rules)
        yield ShownPeriod(
            period,
            period.count_day_in(year),
            period.window_in(year),
            period.is_open_on(timezone.localdate(), year),
            [snapshot for snapshot in seen if snapshot.period == period.slug],
            count_lines(misfits) if may_take else None,
            asked.get(period.slug),
        )
