"""The audit log: who did what, for those who may know."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accounts.permissions import check_can_view_audit
from tidegate.audit.events_csv import events_csv
from tidegate.audit.models import Event
from tidegate.audit.record import record_event
from tidegate.audit.search_events import older_than, search_events
from tidegate.core.errors import Refusal
from tidegate.web.administration.forms.events import EventsForm
from tidegate.web.downloads import csv_download
from tidegate.web.organization_ids import shown_id
from tidegate.web.pages import ROWS_ON_A_PAGE, number_in
from tidegate.web.requests import PersonRequest


@transaction.atomic
def events(request: PersonRequest) -> HttpResponse:
    """Show the events that the form asks for, a page at a time, from `?before=` on."""
    check_can_view_audit(request.user)
    form = EventsForm(request.GET)
    found = search_events(form.wanted())
    if before := Event.objects.filter(pk=number_in(request.GET.get("before", ""))).first():
        found = older_than(before, found)
    page = list(found[: ROWS_ON_A_PAGE + 1])
    record_event("audit.viewed", by=request.user)
    older = page[ROWS_ON_A_PAGE - 1].pk if len(page) > ROWS_ON_A_PAGE else None
    shown = shown_id()
    for event in page:
        event.shown_organization_id = shown(event.organization_id)  # type: ignore[attr-defined]  # for the page alone
    context = {"form": form, "events": page[:ROWS_ON_A_PAGE], "older": older, "is_later": bool(before)}
    return render(request, "web/administration/events.html", context, status=200 if form.is_valid() else 422)


def events_file(request: PersonRequest) -> HttpResponseBase:
    """Download all events that the form asks for."""
    check_can_view_audit(request.user)
    form = EventsForm(request.GET)
    if not form.is_valid():
        raise Refusal("A filter of the audit log cannot be read", fix="Go back to the audit log, which says which one")
    found = search_events(form.wanted())
    record_event("audit.downloaded", by=request.user)
    return csv_download(events_csv(found, shown_id()), "audit-log.csv")
