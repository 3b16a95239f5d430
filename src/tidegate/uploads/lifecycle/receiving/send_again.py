"""Sends the file of an upload again as a person has decided: to load what was checked, or with a choice."""

from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.db import transaction

from tidegate.accounts.models import Person
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.lifecycle.withdrawals.withdraw import send_withdrawal, still_on_file
from tidegate.uploads.models import Missing, RowCorrection, State, Upload
from tidegate.uploads.queries.newer_file import is_superseded, newest_file_sent_after
from tidegate.uploads.queries.planned_lines import missing_line_ids
from tidegate.uploads.queries.rows_to_choose import choice_codes, code_by_row, codes_that_wait
from tidegate.uploads.queue import lock_queue_order
from tidegate.uploads.storage.store import file_gone, is_kept, opened


def load_checked(upload: Upload, *, by: Person) -> Upload:
    """Send the file of a check-only upload to be loaded, and return the new upload.

    Exactly the plan of the check is loaded. Where what is on file has changed since, the new upload is a check with the
    present plan.
    """
    if not upload.check_only or upload.state != State.FINISHED:
        raise Conflict("This upload is not a check that has ended", fix="Look at its page", code="NOT_A_CHECK")
    return _send(upload, SendOptions(expected_plan_sha256=upload.plan_sha256), by=by)


def choose_missing(upload: Upload, missing: str, *, by: Person, rows: list[int] | None = None) -> Upload:
    """Send the file of an upload again with the choice what becomes of lines on file that it leaves out, for the groups
    of all rows or of some, and return the new upload; check-only as the first one was, or where a newer file was loaded
    since, so that its plan is seen before it is loaded. Other lines that a complete file leaves out stay: see
    `withdraw_missing`.

    Raises:
        Refusal: The person may not send files for the organization, or it is no choice, or none for one of the rows.
        Conflict: The upload has not been checked, or its file is not kept any more.
    """
    if upload.is_busy or upload.state not in (State.FINISHED, State.ON_HOLD):
        raise Conflict("This upload has not been checked", fix="Look at its page", code="NOT_FINISHED")
    if missing not in Missing.values:
        raise Refusal(
            "It is not said what becomes of the lines on file", fix="Keep them, or withdraw them", code="MISSING"
        )
    if rows is None:
        _check_any(upload, missing)
    else:
        _check_rows(upload, rows, missing)
        rows = _with_rows_before(upload, rows, missing)
    options = SendOptions(missing=missing, missing_rows=rows, missing_of_groups=True)
    return _send(upload, options, by=by, check_only=is_only_checked(upload))


def is_only_checked(upload: Upload) -> bool:
    """Whether the upload's file is only checked if it is sent again: as it was, or since a newer one was loaded, whose
    values it may take back. Its plan says so, and `load_checked` loads just that."""
    return upload.check_only or is_superseded(upload)


def _check_any(upload: Upload, missing: str) -> None:
    """Raise a Refusal where all rows that wait are beside another organization's line, and these shall be withdrawn."""
    if missing == Missing.WITHDRAW and codes_that_wait(upload) == [choice_codes(upload).of_others]:
        raise _not_theirs("Nothing can be withdrawn: the lines on file are another organization's")


def _check_rows(upload: Upload, rows: list[int], missing: str) -> None:
    """Raise a Refusal where the choice is for no row, or for one that does not wait for it."""
    if not rows:
        raise Refusal("No row was chosen", fix="Mark the rows that the choice is for", code="NO_ROWS")
    waiting = code_by_row(upload)
    if unknown := sorted(set(rows) - waiting.keys()):
        raise NotFound(f"Row {unknown[0]} does not wait for a choice", fix="Choose among the rows on its page")
    of_others = choice_codes(upload).of_others
    if missing == Missing.WITHDRAW and (theirs := [row for row in sorted(rows) if waiting[row] == of_others]):
        raise _not_theirs(f"Nothing can be withdrawn for row {theirs[0]}: the line on file is another organization's")


def _not_theirs(sentence: str) -> Refusal:
    return Refusal(
        sentence,
        fix="Keep what is on file and add the row, or ask that organization to correct or withdraw its line",
        code="NOT_THEIRS",
    )


def _with_rows_before(upload: Upload, rows: list[int], missing: str) -> list[int]:
    """Return the rows with those of a check for which the same was chosen before: nothing was loaded for them yet."""
    before = upload.missing_rows if upload.check_only and upload.missing == missing else None
    return sorted({*rows, *(before or ())})


@transaction.atomic
def withdraw_missing(upload: Upload, line_ids: list[int] | None, *, reason: str, by: Person) -> Upload:
    """Withdraw lines that an upload leaves out and return the withdrawal, an upload without a file: some of them, or
    all that are still on file.

    A Conflict where a newer file was sent since that was loaded or may still be: it may have the lines.
    """
    if upload.is_busy:
        raise Conflict("This upload has not been checked", fix="Look at its page", code="NOT_FINISHED")
    named = missing_line_ids(upload)
    if not named:
        raise Conflict(
            "This upload leaves out no line that is on file",
            fix="There is nothing to withdraw",
            code="NOTHING_LEFT_OUT",
        )
    if line_ids is None:
        line_ids = sorted(still_on_file(upload, named)) or named
    elif unknown := sorted(set(line_ids) - set(named)):
        raise NotFound(
            f"Line {unknown[0]} is not one that this upload leaves out", fix="Choose among those of its page"
        )
    lock_queue_order(upload.organization)  # no newer file comes between
    if newer := newest_file_sent_after(upload):
        raise Conflict(
            f"A newer file was sent since, upload {newer.pk}, and may have these lines",
            fix="Send this file once more as a check, and withdraw the lines on the page of the check",
            code="NEWER_FILE",
        )
    return send_withdrawal(upload, line_ids, by=by, reason=reason)


def send_file_again(upload: Upload, *, mapping: dict[str, Any], by: Person) -> Upload:
    """Send the file of an upload again to be read by another mapping, as it was sent otherwise, and return the new
    upload; check-only where a newer file was loaded since."""
    return _send(upload, SendOptions(mapping=mapping), by=by, check_only=is_only_checked(upload))


def _send(upload: Upload, options: SendOptions, *, by: Person, check_only: bool = False) -> Upload:
    if not is_kept(upload.stored_as):
        raise file_gone(upload.pk, fix="Send the file from your computer")
    said = replace(
        options,
        missing=options.missing or upload.missing,
        missing_rows=options.missing_rows if options.missing else upload.missing_rows,
        missing_of_groups=options.missing_of_groups if options.missing else upload.missing_of_groups,
        complete=upload.complete,
        mapping=upload.mapping or {} if options.mapping is None else options.mapping,
        let_wait=upload.let_wait,
        follows_id=upload.pk,
    )
    with (
        opened(upload.stored_as, sha256=upload.sha256) as path,
        path.open("rb") as file,
        transaction.atomic(),
    ):
        sent = receive(
            file=cast("BinaryIO", file),
            file_name=upload.file_name,
            file_type=upload.file_type,
            school_year=upload.school_year,
            organization=upload.organization,
            by=by,
            check_only=check_only,
            options=said,
        )
        for correction in RowCorrection.objects.filter(pk=upload.pk):  # it corrects the same rows
            correction.pk = sent.pk
            correction.save(force_insert=True)
        return sent
