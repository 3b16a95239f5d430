"""Lets rows of an upload wait for a line of another file, as the sender has chosen, or ends their wait."""

from collections.abc import Collection
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.rules.cause import Cause
from tidegate.uploads.lifecycle.waiting.wake_waiting import WAITING
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.models import State, Upload, WaitingRow, WaitState
from tidegate.uploads.queries.causes import causes_of
from tidegate.uploads.queue import enqueue_waiting_rows
from tidegate.uploads.storage.store import file_gone, may_be_kept
from tidegate.windows.check_open import check_year_is_open

_CORRECT = "Correct the rows, or send them again once what they lack has arrived"


@transaction.atomic
def start_waiting(upload: Upload, *, by: Person, causes: Collection[int] | None = None) -> int:
    """Let rows wait, and have them looked at at once: what they lack may have arrived meanwhile.

    Args:
        upload: The upload.
        by: Who wants it: they are sent in this person's name.
        causes: The numbers of the causes whose rows wait, with the rows that are replaced together with these; None is
            all that may.

    Returns:
        How many rows wait from now on.

    Raises:
        Refusal: The person may not send files for the organization, or there is no such cause.
        Conflict: No row may wait, or they cannot now, or the school year is closed.
    """
    check_can_send_upload(by, upload.organization)
    locked = lock_upload(upload.pk)
    if reason := why_none_waits(locked):
        raise reason
    check_year_is_open(locked.school_year)
    rows = _rows_that_may(locked) if causes is None else _rows_of_causes(locked, causes)
    count = rows.update(state=WaitState.WAITING, chosen_by=by, since=timezone.now())
    record_event(
        "upload.rows_wait",
        by=by,
        organization=locked.organization,
        school_year=locked.school_year,
        subject=locked,
        row_count=count,
    )
    enqueue_waiting_rows(locked.pk)
    return count


@transaction.atomic
def stop_waiting(upload: Upload, *, by: Person) -> int:
    """End the wait of all rows of an upload, and return how many they are. They may wait again later.

    Raises Refusal where the person may not send files for the organization, Conflict where no row waits.
    """
    check_can_send_upload(by, upload.organization)
    locked = lock_upload(upload.pk)
    rows = WaitingRow.objects.filter(WAITING, upload=locked)
    count = rows.update(state=WaitState.MAY, chosen_by=None, since=None, by_upload=None)
    if not count:
        raise Conflict("No row of this upload waits", fix="Look at its page for what became of them", code="NONE_WAITS")
    record_event("upload.wait_stopped", by=by, organization=locked.organization, subject=locked, row_count=count)
    return count


def why_none_waits(upload: Upload) -> Conflict | None:
    """Return why no row of the upload can begin to wait now; None where some can."""
    if upload.state == State.UNDONE:
        return Conflict(
            "This upload was undone, so none of its rows can wait", fix="Send the file again", code="UNDONE"
        )
    if upload.state != State.FINISHED or upload.check_only:
        return Conflict(
            "Rows can wait once the file has been loaded",
            fix="Look at the page of the upload: it says what comes next",
            code="NOT_LOADED",
        )
    if not settings.TIDEGATE_WAIT_DAYS:
        return Conflict("Rows do not wait for lines of other files in this state", fix=_CORRECT, code="NO_WAITING")
    if upload.sha256 and (upload.log_deleted_at or not upload.is_file or not may_be_kept(upload.stored_as)):
        return file_gone(upload.pk, fix="Send the file again once what its rows lack has arrived")
    if not _rows_that_may(upload).exists():
        return Conflict(
            f"No row of this upload can wait: only rows can whose one error is {_missing(upload)}",
            fix=_CORRECT,
            code="NOTHING_CAN_WAIT",
        )
    return None


def causes_that_wait(upload: Upload, *, limit: int) -> list[tuple[int, Cause, int]]:
    """Return the first causes whose rows may wait: number, cause, and how many rows would wait with the choice of
    it."""
    codes = upload.type.layout.may_wait
    found = ((kept.number, kept.cause) for kept in causes_of(upload) if kept.cause.code in codes)
    counted = ((number, cause, _of_cause(upload, cause).count()) for number, cause in found)
    return list(islice((each for each in counted if each[2]), limit))


def enrolled_elsewhere(upload: Upload) -> int:
    """Return how many of the rows that may wait are of students who are enrolled at another school, which is then
    suggested."""
    rows = _rows_that_may(upload).values("row")
    found = upload.findings.filter(code__in=upload.type.layout.may_wait, row__in=rows).exclude(suggestions="")
    return found.values("row").distinct().count()


def _missing(upload: Upload) -> str:
    return f"a missing {upload.type.layout.waits_for}"


def _rows_that_may(upload: Upload) -> "QuerySet[WaitingRow]":
    return WaitingRow.objects.filter(upload=upload, state=WaitState.MAY)


def _rows_of_causes(upload: Upload, numbers: Collection[int]) -> "QuerySet[WaitingRow]":
    """Return the rows of some causes that may wait, and those that are replaced together with one of them."""
    if not numbers:
        raise NotFound("No cause was chosen", fix="Mark the causes whose rows are to wait")
    by_number = {kept.number: kept.cause for kept in causes_of(upload)}
    if unknown := sorted(set(numbers) - by_number.keys()):
        raise NotFound(f"This upload has no cause {unknown[0]}", fix="Choose among the causes on its page")
    chosen: set[int] = set()
    for number in sorted(set(numbers)):
        rows = set(_of_cause(upload, by_number[number]).values_list("pk", flat=True))
        if not rows:
            raise Conflict(
                f"No row of cause {number} can wait: only rows can whose one error is {_missing(upload)}",
                fix=_CORRECT,
                code="NOTHING_CAN_WAIT",
            )
        chosen |= rows
    return _rows_that_may(upload).filter(pk__in=chosen)


def _of_cause(upload: Upload, cause: Cause) -> "QuerySet[WaitingRow]":
    """Return the rows of a cause that may wait, with those of the same units. Of a large cause the first rows are
    listed; the others have a finding of the rule with the same message, unless the cause is the only one of it."""
    may = _rows_that_may(upload)
    if cause.row_count <= len(cause.rows):
        return may.filter(unit__in=may.filter(row__in=cause.rows).values("unit"))
    found = upload.findings.filter(code=cause.code, severity=cause.severity)
    if upload.causes.filter(code=cause.code).count() > 1:
        messages = found.filter(row__in=cause.rows).values_list("message", flat=True).distinct()
        found = found.filter(message__in=list(messages))
    return may.filter(unit__in=may.filter(row__in=found.values("row")).values("unit"))
