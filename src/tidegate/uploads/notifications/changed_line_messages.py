"""Tells an office that another one has changed lines which it had sent."""

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet

from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify
from tidegate.records.stored_lines import records_of
from tidegate.reference.models import Organization
from tidegate.uploads.models import Upload
from tidegate.uploads.notifications.offices import senders_of

_ON_FILE = "/on-file/"


def notify_of_changed_lines(upload: Upload) -> None:
    """Tell those who send files for other offices how many of their lines the upload has replaced or withdrawn, in its
    transaction. An office and its schools are one."""
    if not upload.replaced_count or upload.check_only:
        return
    counts = _lines_of_others(upload)
    for organization in Organization.objects.filter(pk__in=counts).order_by("pk"):
        count = counts[organization.pk]
        lines, were = ("line", "was") if count == 1 else ("lines", "were")
        text = (
            f"{count:,} {lines} of {upload.type.name} for {upload.school_year.name} that your office sent {were} "
            f"changed or withdrawn by a file of {upload.organization.name}. Lines on file shows what is there now."
        )
        people = senders_of(organization.ids_up_to_district)
        notify(people, MessageKind.RECORDS_CHANGED, text, link=_ON_FILE, organization=organization)


def _lines_of_others(upload: Upload) -> Counter[int]:
    """Return how many lines ended with the upload, by the organization of the upload that had sent them."""
    records = records_of(upload.type)
    if records is None:
        return Counter()
    ended: QuerySet[Any] = QuerySet(records).filter(ended_with=upload.pk, began_with__isnull=False).order_by()
    by_upload = dict(ended.values_list("began_with").annotate(number=Count("pk")))
    own = upload.organization.id_of_district
    counts: Counter[int] = Counter()
    sent = Upload.objects.filter(pk__in=by_upload).values_list("pk", "organization_id", "organization__parent_id")
    for upload_id, organization_id, parent_id in sent:
        if (parent_id or organization_id) != own:
            counts[organization_id] += by_upload[upload_id]
    return counts
