"""The counts that the state has published. Everybody may read them where the state says so: nothing but what was
published is read here, and a contract holds it."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.read import (
    all_publications,
    find_publication,
    newer_one,
    publication_csv,
)
from tidegate.core.layouts.state_package import present_state
from tidegate.web.accountability.published_tables import ShownTable
from tidegate.web.downloads import csv_download
from tidegate.web.public import public_counts
from tidegate.web.requests import PersonRequest


@public_counts
def publications(request: PersonRequest) -> HttpResponse:
    """Show the list of all that was published."""
    context = {
        "publications": all_publications(),
        "state_name": present_state().name,
        "is_public": settings.TIDEGATE_PUBLIC_COUNTS,
    }
    return render(request, "web/publications/list.html", context)


@public_counts
def publication(request: PersonRequest, number: int) -> HttpResponse:
    """Show what was published, with what its marks mean."""
    found = find_publication(number)
    reports = [
        (report, [ShownTable(table, found.smallest, found.edge_percent) for table in report.tables])
        for report in published_reports(found)
    ]
    context = {
        "publication": found,
        "reports": reports,
        "newer": newer_one(found),
        "state_name": present_state().name,
        "smallest": found.smallest,
        "edge_percent": found.edge_percent,
    }
    return render(request, "web/publications/publication.html", context)


@public_counts
def publication_file(request: PersonRequest, number: int) -> HttpResponseBase:  # noqa: ARG001 - the same for all
    """Download what was published as CSV."""
    found = find_publication(number)
    return csv_download(publication_csv(found), f"published-{found.pk}.csv")
