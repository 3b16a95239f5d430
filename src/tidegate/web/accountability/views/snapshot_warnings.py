"""What rules warn of in the lines of a snapshot, and why these lines are right."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accountability.explanations.explain import explains_for
from tidegate.accountability.explanations.warned_lines import WarnedLines, warned_lines
from tidegate.accountability.explanations.warnings_csv import office_names, summary_of, warnings_csv
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_periods
from tidegate.accountability.snapshots.findings import RuleWithOpenLines, rules_with_open_lines
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accounts.models import Person
from tidegate.audit.record import record_event
from tidegate.core.errors import NotAllowed
from tidegate.web.accountability.forms.explain import ExplainWarningsForm
from tidegate.web.accountability.views.warning_lines import key_in
from tidegate.web.downloads import csv_download
from tidegate.web.requests import PersonRequest


def snapshot_warnings(request: PersonRequest, number: int) -> HttpResponse:
    """Show the warnings of the person's own organizations, and the form for those who may explain them: of the warning
    that the address names, where it names one."""
    found, warned, reach = _seen(request, number)
    record_event("snapshot.viewed", by=request.user, school_year=found.school_year, subject=found)
    chosen = {"warning": "|".join(key)} if any(key := key_in(request)) else None
    form = ExplainWarningsForm(snapshot=found, warned=_own(request.user, warned), initial=chosen)
    return _show(request, found, warned, reach, form)


def snapshot_warnings_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the warnings of the person's own organizations as CSV."""
    found, warned, _ = _seen(request, number)
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return csv_download(warnings_csv(warned), f"snapshot-{found.pk}-warnings.csv")


@require_POST
def explain_snapshot_warnings(request: PersonRequest, number: int) -> HttpResponse:
    """Keep why lines that a rule warns of are right."""
    found, warned, reach = _seen(request, number)
    own = _own(request.user, warned)
    if not own:
        raise NotAllowed(
            "You cannot explain a warning of this snapshot",
            fix="The people who send files for the organization can, and the state data team",
        )
    form = ExplainWarningsForm(request.POST, snapshot=found, warned=own)
    if form.is_valid() and form.explain(by=request.user):
        messages.success(request, "The warning is explained.")
        return redirect("snapshot_warnings", number)
    return _show(request, found, warned, reach, form, status=422)


def in_words(warned: Sequence[WarnedLines]) -> list[tuple[WarnedLines, str, str]]:
    """Return warnings with the office's name and with what the rule finds."""
    offices = office_names({each.identifier for each in warned})
    return [(each, offices.get(each.identifier, ""), summary_of(each.file_type, each.code)) for each in warned]


def rules_in_words(rules: Sequence[RuleWithOpenLines]) -> list[tuple[RuleWithOpenLines, str]]:
    """Return rules that lines break, each with what it finds."""
    return [(each, summary_of(each.file_type, each.code)) for each in rules]


def _seen(request: PersonRequest, number: int) -> tuple[Snapshot, list[WarnedLines], Reach]:
    """Return the snapshot, its warnings of lines that the person's organizations have sent, and these."""
    found, reach = find_seen_snapshot(request.user, number)
    return found, warned_lines(found, reach=reach), reach


def _own(person: Person, warned: list[WarnedLines]) -> list[WarnedLines]:
    """Return the warnings that the person may explain."""
    own = explains_for(person)
    return [each for each in warned if own is None or each.identifier in own]


def _show(
    request: PersonRequest,
    snapshot: Snapshot,
    warned: list[WarnedLines],
    reach: Reach,
    form: ExplainWarningsForm,
    status: int = 200,
) -> HttpResponse:
    period = find_periods().get(snapshot.period)
    context = {
        "snapshot": snapshot,
        "file": period.file if period else None,
        "warned": in_words(warned),
        "rules": rules_in_words(rules_with_open_lines(snapshot, reach=reach)),
        "form": form if form.warned else None,
    }
    return render(request, "web/accountability/snapshot_warnings.html", context, status=status)
