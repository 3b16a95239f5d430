"""Withdraws lines on file that a person has named: an upload without a file, or beside the rows of one."""

from collections.abc import Collection

import polars as pl
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from msgspec.structs import replace

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.audit.record import record_event
from tidegate.core.checking import CheckResult, LinePlan
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.free_text import free_text
from tidegate.core.reading.issue import ReadingIssue
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.records.load_lines import end_lines, lock_current
from tidegate.records.models import CURRENT, StoredLine
from tidegate.records.stored_lines import lines_of
from tidegate.reference.copy_rows import current_time
from tidegate.uploads.lifecycle.checking.keep_findings import keep_issue
from tidegate.uploads.lifecycle.loading.hold import is_over_limit, replaced_percent
from tidegate.uploads.lifecycle.loading.keep_plan import keep_plan, note_plan
from tidegate.uploads.lifecycle.loading.load_rows import Loaded, note_loaded
from tidegate.uploads.lifecycle.withdrawals.dependent_lines import left_by_withdrawal, note_left
from tidegate.uploads.models import LineToWithdraw, State, Upload
from tidegate.uploads.queue import enqueue, lock_queue_order
from tidegate.windows.check_open import check_can_change

MAX_REASON = 1_000


def send_withdrawal(of: Upload, line_ids: Collection[int], *, by: Person, reason: str) -> Upload:
    """Queue the withdrawal of lines that an upload has named as missing, and return it: an upload without a file.

    Args:
        of: The upload whose plan has named the lines; the withdrawal is for its organization, type and year.
        line_ids: The IDs of the lines.
        by: Who says so.
        reason: Why.

    Raises:
        Refusal: The person may not send for the organization, names no line, or gives no reason.
        Conflict: One of the lines is not on file any more.
    """
    check_can_send_upload(by, of.organization)
    return queue_withdrawal(of, line_ids, by=by, reason=reason, follows=of)


@transaction.atomic
def queue_withdrawal(
    of: Upload, line_ids: Collection[int], *, by: Person, reason: str, follows: Upload | None = None
) -> Upload:
    """Queue the withdrawal of lines, and return it: an upload without a file.

    Args:
        of: An upload of the same organization, type and year; it need not be stored.
        line_ids: The IDs of the lines.
        by: Who says so, and may.
        reason: Why.
        follows: The upload that has named the lines, if any.

    Raises:
        Refusal: No line or no reason is given, or too long a one.
        Conflict: One of the lines is not on file any more, or the window of the file type is not open.
    """
    reason = free_text(reason)
    if not line_ids:
        raise Refusal("No line was chosen", fix="Choose the lines that are to be withdrawn", code="NO_LINES")
    if not reason:
        raise Refusal("A withdrawal needs a reason", fix="Say in a few words why the lines should go", code="NO_REASON")
    if len(reason) > MAX_REASON:
        raise Refusal(f"The reason has more than {MAX_REASON:,} characters", fix="Make it shorter", code="LONG_REASON")
    lock_queue_order(of.organization)
    check_can_change(of.file_type, of.school_year, of.organization)
    count = len(set(line_ids))
    upload = Upload(
        file_name=f"Withdrawal of {count:,} line{'' if count == 1 else 's'}",
        file_type=of.file_type,
        organization=of.organization,
        school_year=of.school_year,
        sent_by=by,
        sent_at=timezone.now(),
        byte_count=0,
        follows=follows,
        reason=reason,
    )
    if len(still_on_file(upload, line_ids)) < count:
        raise Conflict(
            "Some of these lines are not on file any more",
            fix="Send the file once more as a check to see what is on file now",
            code="LINES_GONE",
        )
    upload.save()
    LineToWithdraw.objects.bulk_create(
        (LineToWithdraw(upload=upload, line_id=line_id) for line_id in sorted(set(line_ids))), batch_size=5_000
    )
    record_event(
        "upload.sent",
        by=by,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
        file_type=upload.file_type,
        withdrawn_count=count,
    )
    enqueue(upload.pk, upload.organization, byte_count=0)
    return upload


def withdraw(upload: Upload) -> None:
    """Withdraw the lines of an upload without a file; put it on hold where they are too many; or fail with a sentence
    where one of them is not on file any more, or other lines rest on them and the state does not let them go. Nothing
    is half done."""
    plan = LinePlan().with_withdrawn(_ids_of(upload))
    lines = lines_of(upload.type)
    assert lines is not None
    upload.finished_at = timezone.now()
    if lock_current(lines, plan.withdrawn, school_year=upload.year).len() < plan.withdrawn.len():
        fail_as_gone(upload)
        return
    left = left_by_withdrawal(upload, plan.withdrawn)
    if left and left.is_error:
        upload.move_to(State.FAILED)
        note_left(upload, left)
        return
    note_plan(upload, plan)
    keep_plan(upload, plan)
    count = plan.withdrawn.len()
    percent = replaced_percent(upload, replaced_count=count)
    is_over = is_over_limit(upload, percent=percent, replaced_count=count)
    upload.move_to(State.ON_HOLD if is_over else State.FINISHED)
    upload.row_count = upload.success_count = upload.error_count = 0
    upload.warning_count = upload.notice_count = 0
    if left:
        note_left(upload, left)
    note_loaded(upload, Loaded(replaced_count=count, withdrawn_count=count, replaced_percent=percent))
    if not is_over:
        end_lines(lines, plan.withdrawn, upload_id=upload.pk, at=current_time())


def fail_as_gone(upload: Upload) -> None:
    """End the upload as failed, since what is on file is not what a person has seen any more."""
    upload.move_to(State.FAILED)
    upload.finished_at = timezone.now()
    keep_issue(upload, ReadingIssue("FILE043"))


def with_lines_to_withdraw(upload: Upload, checked: CheckResult) -> CheckResult:
    """Return what was checked with the lines that a person withdraws beside the rows of the file. None of them is
    withdrawn unless all rows are good: they belong together."""
    ids = _ids_of(upload)
    if ids.is_empty() or checked.plan is None or checked.error_count:
        return checked
    return replace(checked, plan=checked.plan.with_withdrawn(ids))


def _ids_of(upload: Upload) -> pl.Series:
    ids = upload.lines_to_withdraw.order_by("line_id").values_list("line_id", flat=True)
    return pl.Series(LINE_ID, list(ids), pl.Int64)


def still_on_file(upload: Upload, line_ids: Collection[int]) -> set[int]:
    """Return those of the lines, of the upload's type and school year, that are on file now."""
    lines = lines_of(upload.type)
    assert lines is not None
    current: QuerySet[StoredLine] = QuerySet(lines.model).filter(
        CURRENT, Q(pk__in=list(line_ids), school_year_id=upload.school_year_id)
    )
    return set(current.values_list("pk", flat=True))
