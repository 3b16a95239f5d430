"""Puts an upload on hold that would replace far more than usual, until a second person releases it. Decision 16."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_release_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotAllowed
from tidegate.records.models import CURRENT
from tidegate.records.stored_lines import organization_fields, records_of
from tidegate.reference.models import Organization
from tidegate.uploads.models import Act, Decision, State, Upload
from tidegate.uploads.notifications.upload_messages import settle_release
from tidegate.uploads.queue import enqueue
from tidegate.windows.check_open import check_year_is_open


def replaced_percent(upload: Upload, *, replaced_count: int) -> int:
    """Return what share of the organization's records on file the upload would replace or withdraw, in percent,
    rounded up, at most 100: some of them may be under another district.

    Call it before its plan is written.
    """
    records = records_of(upload.type)
    if not replaced_count or records is None:
        return 0
    organization_id = upload.organization_id
    own = Q(pk=organization_id) | Q(parent_id=organization_id)
    # schools by their numbers: for a join to them, PostgreSQL would read all records
    schools = list(Organization.objects.filter(own).values_list("pk", flat=True))
    named = organization_fields(records)
    of_organization = Q(*((f"{name}__in", schools) for name in named), _connector=Q.OR)
    if not named:  # lines that name no organization count for the one that sent them
        sent = Upload.objects.filter(organization_id__in=schools, school_year_id=upload.school_year_id)
        of_organization = Q(began_with__in=sent.values("pk"))
    now: int = QuerySet(records).filter(CURRENT, of_organization, Q(school_year_id=upload.school_year_id)).count()
    return min(-(-100 * replaced_count // max(now, 1)), 100)


def is_over_limit(upload: Upload, *, percent: int, replaced_count: int) -> bool:
    """Whether the upload touches more than the state lets pass, and nobody has released its plan."""
    limit = settings.TIDEGATE_HOLD_PERCENT
    return bool(limit and replaced_count >= settings.TIDEGATE_HOLD_COUNT and percent > limit and not upload.is_released)


def release(upload: Upload, *, by: Person) -> Upload:
    """Queue an upload that is on hold again, to be checked again and loaded. Return it as it is now.

    What is released is the plan that the person has seen. If the plan is another one by then, and again over the limit,
    the upload goes on hold once more.

    A Conflict where it is not on hold or its school year is closed, a Refusal where the person may not release it: the
    person who sent it never may. That its window has closed since does not matter: the file was received before.
    """
    check_can_release_upload(by, upload.organization)
    if upload.sent_by_id == by.pk:
        raise NotAllowed("You sent this file yourself", fix="Ask a second person with the right to release it")
    with transaction.atomic():
        locked = Upload.objects.select_for_update(no_key=True, of=("self",))
        found = locked.select_related("organization", "school_year").get(pk=upload.pk)
        if found.state != State.ON_HOLD:
            raise Conflict(
                "The upload is not on hold", fix="Look at its page for what became of it", code="NOT_ON_HOLD"
            )
        check_year_is_open(found.school_year)
        found.decisions.filter(act=Act.RELEASE).delete()  # of a plan that has changed since; the audit log has it
        Decision.objects.create(upload=found, act=Act.RELEASE, by=by)
        found.released_plan_sha256, found.released_changes = found.plan_sha256, found.changes
        found.move_to(State.WAITING)
        found.delete_check()
        found.save()
        settle_release(found)
        record_event("upload.released", by=by, organization=found.organization, subject=found)
        enqueue(found.pk, found.organization, byte_count=found.byte_count)
    return found
