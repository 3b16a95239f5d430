"""Processes an upload: reads, checks and loads it in one transaction; everything appears together or not at all."""

import logging
from contextlib import closing, suppress
from functools import partial

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from polars.exceptions import PanicException

from tidegate.audit.record import record_event
from tidegate.core.checking import CheckResult
from tidegate.uploads.lifecycle.checking.check_upload import check_upload, tables_of
from tidegate.uploads.lifecycle.checking.find_corrected import find_corrected
from tidegate.uploads.lifecycle.checking.keep_findings import keep_result
from tidegate.uploads.lifecycle.claims.note_claims import note_claims
from tidegate.uploads.lifecycle.corrections.check_correction import check_as_asked, is_by_hand
from tidegate.uploads.lifecycle.corrections.mark_corrected import lock_followed, mark_corrected
from tidegate.uploads.lifecycle.loading.keep_plan import keep_plan, note_plan
from tidegate.uploads.lifecycle.loading.load_rows import Loaded, load_rows, note_loaded
from tidegate.uploads.lifecycle.processing.leave_out import end_left_out, only_leaves_out
from tidegate.uploads.lifecycle.waiting.note_waiting import cancel_unless_all_wait, note_waiting
from tidegate.uploads.lifecycle.waiting.wake_waiting import wake_after
from tidegate.uploads.lifecycle.withdrawals.withdraw import fail_as_gone, with_lines_to_withdraw, withdraw
from tidegate.uploads.lifecycle.worker.cancel import Cancelled, is_cancelled, note_cancelled, stop_if_cancelled
from tidegate.uploads.lifecycle.worker.current_upload import current_upload
from tidegate.uploads.lifecycle.worker.incident import describe, fail_with_incident
from tidegate.uploads.lifecycle.worker.interruption import FilesAway, HeldByOthers, Interruption
from tidegate.uploads.lifecycle.worker.lock_timeout import is_lock_refused
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.lifecycle.worker.progress import ProgressReporter, delete_progress
from tidegate.uploads.lifecycle.worker.time_limit import TimeLimit, fail_for_time
from tidegate.uploads.models import State, Step, Upload
from tidegate.uploads.notifications.announce import announce
from tidegate.uploads.notifications.changed_line_messages import notify_of_changed_lines
from tidegate.uploads.receipts.receipt import give_receipt
from tidegate.uploads.rechecks.misfits import note_upload
from tidegate.uploads.storage.store import StoreAway

log = logging.getLogger(__name__)
_MAX_CHECKS = 3
# An upload that this many workers have begun and none has ended fails: it may take every worker
# down with it.
_MAX_TRIES = 8


def process(*, upload_id: int) -> None:
    """Bring a waiting upload to its end; one that has ended already is left alone.

    An error of ours ends it as failed, with an incident ID; one that takes too long ends with a sentence. Every line
    that is logged meanwhile has the upload's number.

    Raises:
        OperationalError, InterfaceError: The database went away. The queue takes the upload up again.
        Interruption: Others hold what it needs or have taken it over, or the store is away. As above.
    """
    with current_upload(upload_id):
        _process(upload_id)


def _process(upload_id: int) -> None:
    try_count = _begin(upload_id)
    if try_count is None:
        return
    if try_count > _MAX_TRIES:
        fail_with_incident(upload_id, "no worker came to its end", try_count=try_count)
        return
    with TimeLimit(upload_id, try_count=try_count) as limit:
        try:
            _finish_with_retries(upload_id, try_count)
        except Cancelled:
            _cancel(upload_id)
        except (Exception, PanicException) as error:  # a panic of Polars is no Exception
            if limit.is_up:
                fail_for_time(upload_id, try_count=try_count)
            elif comes_back := _interruption_of(error):
                _uncount_try(upload_id, try_count)
                raise comes_back from None
            elif isinstance(error, (OperationalError, InterfaceError, Interruption)):
                raise
            else:
                fail_with_incident(upload_id, describe(error), try_count=try_count)


def _finish_with_retries(upload_id: int, try_count: int) -> None:
    """Finish the upload. Where another one wrote the same record meanwhile, it is checked again and then names it."""
    with closing(ProgressReporter(upload_id)) as reporter:
        for _ in range(_MAX_CHECKS - 1):
            with suppress(IntegrityError):
                _finish(upload_id, try_count, reporter)
                return
        _finish(upload_id, try_count, reporter)


def _begin(upload_id: int) -> int | None:
    """Say for all to see that the upload is being processed. Return how often it was; None where it has ended."""
    with transaction.atomic():
        upload = lock_upload(upload_id)
        if not upload.is_busy:
            return None
        if is_cancelled(upload_id):
            note_cancelled(upload, by=None)
            return None
        upload.move_to(State.PROCESSING)
        upload.started_at = timezone.now()
        upload.try_count += 1
        delete_progress(upload)
        upload.save(update_fields=["state", "started_at", "try_count"])
    return upload.try_count


def _interruption_of(error: BaseException) -> type[Interruption] | None:
    """Return the interruption that the error stands for; None where it stands for none."""
    if isinstance(error, StoreAway):
        return FilesAway
    return HeldByOthers if is_lock_refused(error) else None


@transaction.atomic
def _uncount_try(upload_id: int, try_count: int) -> None:
    """Take back that the upload was begun: that it has to wait for something is no failed try."""
    upload = lock_upload(upload_id, try_count=try_count)
    upload.try_count -= 1
    upload.save(update_fields=["try_count"])
    delete_progress(upload)


@transaction.atomic
def _cancel(upload_id: int) -> None:
    upload = lock_upload(upload_id)
    if upload.is_busy:
        note_cancelled(upload, by=None)


@transaction.atomic
def _finish(upload_id: int, try_count: int, reporter: ProgressReporter) -> None:
    upload = lock_upload(upload_id, try_count=try_count)
    if not upload.is_busy:
        return  # a worker that was thought dead has done it
    if upload.is_file:
        _load_file(upload, reporter)
    elif only_leaves_out(upload):
        end_left_out(upload)
    else:
        withdraw(upload)
    is_loaded = upload.state == State.FINISHED and not upload.check_only
    if is_loaded:
        note_upload(upload)
        notify_of_changed_lines(upload)
        wake_after(upload)
        lock_followed(upload)
    upload.save()
    if is_loaded:
        mark_corrected(upload)  # which counts it among those that have loaded rows
    delete_progress(upload)
    if upload.state == State.FINISHED:
        give_receipt(upload)
    stop_if_cancelled(upload_id)
    record_event(
        f"upload.{upload.state}",
        by=None,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
    )
    announce(upload)
    transaction.on_commit(partial(_log_end, upload))


def _load_file(upload: Upload, reporter: ProgressReporter) -> None:
    reporter.report(Step.READING)
    check = partial(_check, upload, reporter)
    by_hand = is_by_hand(upload)
    checked = check_as_asked(upload, check) if by_hand else with_lines_to_withdraw(upload, check())
    if checked is None:
        fail_as_gone(upload)
        return
    _note_what_it_corrects(upload, checked)
    cancel_unless_all_wait(upload)
    reporter.report(Step.LOADING, checked.row_count)
    if checked.plan is not None:
        note_plan(upload, checked.plan)
        keep_plan(upload, checked.plan, checked)
    loaded = load_rows(upload, checked)
    stop_if_cancelled(upload.pk)
    reporter.report(Step.LOGGING, checked.row_count)
    keep_result(upload, checked)
    _count(upload, checked, loaded)
    note_waiting(upload, checked)
    note_claims(upload, checked)


def _note_what_it_corrects(upload: Upload, checked: CheckResult) -> None:
    """Note whether the file is a fix file, and what it follows where it was sent by itself: the rows that it does not
    have are still to go there."""
    upload.is_fix_file = checked.is_fix_file
    is_alone = upload.is_fix_file and upload.follows_id is None and not checked.is_refused
    # Of a file type whose lines are on file, the check has looked for it already.
    if is_alone and upload.layout.on_file is None:
        found = find_corrected(upload)
        upload.follows = found.upload if found else None


def _log_end(upload: Upload) -> None:
    assert upload.started_at
    seconds = (timezone.now() - upload.started_at).total_seconds()
    log.info("Upload %s is %s after %.1f s, with %s rows", upload.pk, upload.state, seconds, upload.row_count)


def _check(upload: Upload, reporter: ProgressReporter) -> CheckResult:
    def on_progress(row_count: int) -> None:
        reporter.report(Step.CHECKING, row_count)
        stop_if_cancelled(upload.pk)

    tables = tables_of(upload)
    checked = check_upload(upload, tables=tables, on_progress=on_progress, plans=True)
    if checked.plan is not None:
        tables.check_locked(checked.plan.unfit_students)
    return checked


def _count(upload: Upload, checked: CheckResult, loaded: Loaded) -> None:
    """Note what became of the upload. A file that could not be read has no counts: nothing of it was checked."""
    is_held = loaded.is_over_limit and not upload.check_only
    upload.move_to(State.FAILED if checked.is_refused else State.ON_HOLD if is_held else State.FINISHED)
    upload.finished_at = timezone.now()
    upload.column_places = dict(checked.column_positions)
    if checked.is_refused:
        return
    upload.row_count, upload.success_count = checked.row_count, checked.success_count
    upload.error_count = checked.error_count
    upload.warning_count, upload.notice_count = checked.count_of("warning"), checked.count_of("notice")
    note_loaded(upload, loaded)
