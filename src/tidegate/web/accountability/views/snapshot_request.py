"""A snapshot that somebody has asked for: how far it is, its number when it was taken, or why it was not."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.requests import ask_for_snapshot, find_request, seconds_of_last
from tidegate.accounts.permissions import check_can_take_snapshots
from tidegate.reference.find_school_year import find_school_year
from tidegate.web.focus import school_year_of
from tidegate.web.requests import PersonRequest

_JUST_ASKED_SECONDS = 5


@require_POST
def take(request: PersonRequest, slug: str) -> HttpResponse:
    """Ask for a snapshot, and show what becomes of it."""
    check_can_take_snapshots(request.user)
    year = find_school_year(school_year_of(request).name)
    asked = ask_for_snapshot(find_period(slug), year, by=request.user)
    return redirect("snapshot_request", asked.pk)


def snapshot_request(request: PersonRequest, number: int) -> HttpResponse:
    """Show what became of a request; to htmx, which asks again until it has ended, without the page around it."""
    check_can_take_snapshots(request.user)
    asked = find_request(number)
    context: dict[str, Any] = {"asked": asked, "ask_again": "", "last_seconds": None}
    if asked.ended_at is None:
        waited = timezone.now() - asked.asked_at
        context["ask_again"] = "300ms" if waited.total_seconds() < _JUST_ASKED_SECONDS else "2s"
        context["last_seconds"] = seconds_of_last(asked.period)
    return render(request, f"web/accountability/{'request_outcome' if request.htmx else 'request'}.html", context)
