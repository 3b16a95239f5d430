"""The numbers of a snapshot that moved by much against last year's, and why they are right."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accountability.explanations.comparison import last_years
from tidegate.accountability.explanations.explain import explains_for
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber, unusual_numbers
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.errors import NotAllowed
from tidegate.web.accountability.forms.explain import ExplainForm
from tidegate.web.requests import PersonRequest


def unusual(request: PersonRequest, number: int) -> HttpResponse:
    """Show the unusual numbers of the person's own organizations, and the form for those who may explain one."""
    found, seen = _seen(request, number)
    record_event("snapshot.viewed", by=request.user, school_year=found.school_year, subject=found)
    return _show(request, found, seen, ExplainForm(snapshot=found, numbers=_own(request.user, seen)))


@require_POST
def explain(request: PersonRequest, number: int) -> HttpResponse:
    """Keep why a number is right."""
    found, seen = _seen(request, number)
    own = _own(request.user, seen)
    if not own:
        raise NotAllowed(
            "You cannot explain a number of this snapshot",
            fix="The people who send files for the organization can, and the state data team",
        )
    form = ExplainForm(request.POST, snapshot=found, numbers=own)
    if form.is_valid() and form.explain(by=request.user):
        messages.success(request, "The number is explained.")
        return redirect("unusual_numbers", number)
    return _show(request, found, seen, form, status=422)


def _seen(request: PersonRequest, number: int) -> tuple[Snapshot, list[UnusualNumber]]:
    """Return the snapshot, and those of its unusual numbers that the person may see: an organization's own is of all
    its students, so a person who reaches the organization sees it whole."""
    found, reach = find_seen_snapshot(request.user, number)
    numbers = unusual_numbers(found)
    return found, [each for each in numbers if reach is None or each.organization in reach]


def _own(person: Person, numbers: list[UnusualNumber]) -> list[UnusualNumber]:
    """Return the numbers that the person may explain."""
    own = explains_for(person)
    return [each for each in numbers if own is None or each.organization in own]


def _show(
    request: PersonRequest, snapshot: Snapshot, seen: list[UnusualNumber], form: ExplainForm, status: int = 200
) -> HttpResponse:
    period = find_periods().get(snapshot.period)
    context = {
        "snapshot": snapshot,
        "file": period.file if period else None,
        "last_years": last_years(snapshot),
        "unusual": seen,
        "form": form if form.numbers else None,
    }
    return render(request, "web/accountability/unusual.html", context, status=status)
