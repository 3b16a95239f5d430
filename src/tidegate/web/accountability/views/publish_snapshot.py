"""The page on which the state publishes a snapshot, with all that would be seen."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tidegate.accountability.models import Publication
from tidegate.accountability.publication.describe_hidden import describe_hidden
from tidegate.accountability.publication.publish import preview_publication, publish_snapshot
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.accounts.permissions import check_can_publish_snapshots
from tidegate.core.errors import Conflict
from tidegate.web.accountability.published_tables import ShownTable
from tidegate.web.requests import PersonRequest


def publish(request: PersonRequest, number: int) -> HttpResponse:
    """Show what would be published, and publish it."""
    check_can_publish_snapshots(request.user)
    found, _ = find_seen_snapshot(request.user, number)
    if request.method == "POST":
        made = publish_snapshot(found, by=request.user)
        messages.success(request, f"Snapshot {found.pk} is published: {describe_hidden(made)}.")
        return redirect("publication", made.pk)
    context: dict[str, Any] = {
        "snapshot": found,
        "publications": Publication.objects.filter(snapshot=found).order_by("-pk"),
    }
    try:
        settings, draft = preview_publication(found, by=request.user)
    except Conflict as refusal:
        return render(request, "web/publications/publish.html", context | {"refusal": refusal})
    context |= {
        "said": describe_hidden(draft),
        "smallest": settings.smallest,
        "edge_percent": settings.edge_percent,
        "reports": [
            (report, [ShownTable(table, settings.smallest, settings.edge_percent) for table in report.tables])
            for report in draft.reports
        ],
    }
    return render(request, "web/publications/publish.html", context)
