"""Receives a file: keeps it, notes who sent it for what, and queues it, all or nothing."""

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.rate_limit import RateLimited
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal, TooLarge
from tidegate.core.reading.issue import ReadingIssue
from tidegate.file_types import find
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.open_organizations import check_is_open
from tidegate.uploads.lifecycle.checking.keep_findings import keep_issue
from tidegate.uploads.models import Missing, State, Upload
from tidegate.uploads.notifications.announce import announce
from tidegate.uploads.queue import enqueue, lock_queue_order
from tidegate.uploads.saved_mappings import mapping_to_read
from tidegate.uploads.storage import store
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB
from tidegate.windows.check_open import check_can_change, check_year_is_open
from tidegate.windows.collection import CollectionState

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SendOptions:
    """What a sender says about lines on file that the file does not have.

    Attributes:
        missing: `keep` or `withdraw` where the file has fewer lines of a group than are on file; blank is no choice.
        missing_rows: Of which rows' groups the choice is; None is of all.
        missing_of_groups: Whether it was chosen about groups after a check, and not said with the file.
        complete: Whether the file is everything that the organization has at the schools that the file names.
        follows_id: The upload that it follows, such as the check whose plan is to be loaded.
        expected_plan_sha256: The digest of the plan that the person has seen; blank is none.
        reason: Why it is sent.
        mapping: By what the columns are matched, as JSON has it; None is what the organization has saved.
        let_wait: Whether rows wait whose only error is a missing line of another file, where the file type lets them.
    """

    missing: str = ""
    missing_rows: list[int] | None = None
    missing_of_groups: bool = False
    complete: bool = False
    follows_id: int | None = None
    expected_plan_sha256: str = ""
    reason: str = ""
    mapping: dict[str, Any] | None = None
    let_wait: bool = False

    def __post_init__(self) -> None:
        """Refuse a choice that there is not."""
        if self.missing not in ("", *Missing.values):
            raise Refusal(
                "There is no such choice",
                fix=f"Choose {' or '.join(Missing.values)}, or nothing",
                code="MISSING",
            )


def receive(
    *,
    file: BinaryIO,
    file_name: str,
    file_type: str,
    school_year: SchoolYear,
    organization: Organization | None,
    by: Person,
    check_only: bool = False,
    options: SendOptions = SendOptions(),
) -> Upload:
    """Keep the file and queue it as an upload, all or nothing. A file over the size limit ends failed and is not kept.

    Args:
        file: The file's bytes, read once.
        file_name: Its name, as the person knows it.
        file_type: The slug of the file type.
        school_year: The school year that the rows are of.
        organization: Whose file it is; None is refused.
        by: The person who sends it.
        check_only: Whether the file is only checked and nothing of it is loaded.
        options: What the person says about lines on file that the file does not have.

    Returns:
        The upload: waiting, or failed where the file is too large.

    Raises:
        Refusal: The person may not send files for the organization, or has sent too many; or there is no such file
            type, or no room for the file.
        Conflict: It would be loaded, and the window of the file type is not open, or the school year is closed.
    """
    received_at = timezone.now()
    if organization is None:
        raise Refusal("An upload is for one organization", fix="Choose your organization in Change Focus, then upload")
    check_can_send_upload(by, organization)
    check_is_open(organization, school_year)
    _check_rate_limit(by)
    slug = find(file_type).slug
    details: dict[str, Any] = {}
    if not check_only:
        collection = check_can_change(slug, school_year, organization, received_at=received_at)
        if collection.state_on(timezone.localdate(received_at)) == CollectionState.LATE_ALLOWED:
            assert collection.allowance
            details = {"late_allowance": collection.allowance.pk}
    upload = Upload(
        file_type=slug,
        file_name=_name_for_people(file_name),
        organization=organization,
        school_year=school_year,
        sent_by=by,
        sent_at=timezone.now(),
        check_only=check_only,
        **asdict(options),
    )
    if upload.mapping is None:
        upload.mapping = mapping_to_read(organization, upload.type)
    return keep_and_queue(upload, file, by=by, **details)


def keep_and_queue(upload: Upload, file: BinaryIO, *, by: Person | None, **details: Any) -> Upload:
    """Keep the file of an upload that is not stored yet, and queue it, as `receive` does; `by` is None where it is sent
    by itself. The caller has looked whether that may be; `details` are for the audit log."""
    organization = upload.organization
    try:
        kept = store.keep(file, limit_bytes=settings.TIDEGATE_MAX_UPLOAD_MB * BYTES_PER_MB)
    except TooLarge:
        return _note_too_large(upload, file, by=by)
    upload.stored_as, upload.sha256, upload.byte_count = kept.stored_as, kept.sha256, kept.byte_count
    try:
        with transaction.atomic():
            lock_queue_order(organization)
            if not upload.check_only:
                check_year_is_open(upload.school_year)  # who closes it sees this upload, or this one sees it closed
            upload.sent_at = timezone.now()
            upload.save()
            _note(upload, by=by, **details)
            enqueue(upload.pk, organization, byte_count=kept.byte_count)
            transaction.on_commit(lambda: store.confirm(kept.stored_as))
    except (OperationalError, InterfaceError):
        raise  # it may have been committed before the connection broke: retention looks again later
    except BaseException:
        store.discard(kept.stored_as)
        raise
    log.info("Upload %s was sent", upload.pk, extra={"upload_id": upload.pk})
    return upload


def _check_rate_limit(by: Person) -> None:
    """Raise RateLimited where the person has sent as many files within the last hour as the state allows."""
    limit = settings.TIDEGATE_MAX_UPLOADS_PER_HOUR
    since = timezone.now() - timedelta(hours=1)
    sent = Upload.objects.filter(sent_by=by, sent_at__gt=since)
    sent = sent.exclude(row_correction__is_by_itself=True)
    times = sent.order_by("-sent_at").values_list("sent_at", flat=True)
    if limit and (oldest := times[limit - 1 : limit].first()):
        raise RateLimited(
            f"You have sent {limit:,} file{'' if limit == 1 else 's'} within an hour, the most allowed",
            fix="This one was not saved. Send it again in an hour",
            retry_after_seconds=(oldest - since).total_seconds(),
        )


def _name_for_people(file_name: str) -> str:
    """Return the file's name without a path and without what cannot be shown."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-255:] or "file"


def _note_too_large(upload: Upload, file: BinaryIO, *, by: Person | None) -> Upload:
    issue = ReadingIssue("FILE013", words={"limit": f"{settings.TIDEGATE_MAX_UPLOAD_MB:,}"})
    with transaction.atomic():
        upload.state, upload.finished_at = State.FAILED, upload.sent_at
        upload.byte_count = getattr(file, "size", 0) or 0
        upload.save()
        keep_issue(upload, issue)
        _note(upload, by=by)
        record_event("upload.failed", by=None, organization=upload.organization, subject=upload)
        announce(upload)
    return upload


def _note(upload: Upload, *, by: Person | None, **details: Any) -> None:
    record_event(
        "upload.sent",
        by=by,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
        file_type=upload.file_type,
        check_only=upload.check_only,
        **details,
    )
