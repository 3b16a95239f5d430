"""The senders of the state: all of them as a file, and each on a page of its own."""

from django.http import HttpResponse, HttpResponseBase

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.permissions import check_can_view_senders, check_can_view_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.overview.senders import senders_csv
from tidegate.reference.models import Organization
from tidegate.web.downloads import csv_download
from tidegate.web.home.forms.senders import SendersForm
from tidegate.web.home.views.start import organization_home
from tidegate.web.requests import PersonRequest


def district(request: PersonRequest, organization_id: int) -> HttpResponse:
    """Show the home of an organization that the person may see, in the focus's school year."""
    found = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise no_such("organization")
    check_can_view_upload(request.user, found)
    if request.focus is None:
        raise why_no_focus(request.user)
    return organization_home(request, found)


def senders_file(request: PersonRequest) -> HttpResponseBase:
    """Download the senders that the address asks for, with what each has sent, as CSV."""
    check_can_view_senders(request.user)
    if request.focus is None:
        raise why_no_focus(request.user)
    year = request.focus.school_year
    asked = SendersForm(request.GET, school_year=year).asked()
    record_event("senders.downloaded", by=request.user, school_year=year)
    return csv_download(senders_csv(asked), f"districts-{year.name}.csv")
