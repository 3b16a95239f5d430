"""Undoes an upload: the versions that it wrote are withdrawn, those that it replaced restored. Decisions 15 and 40."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_undo_upload
from tidegate.audit.record import record_event
from tidegate.core.checking.orphaned_lines import resting_rule
from tidegate.core.errors import Conflict
from tidegate.core.rules.rule import Severity
from tidegate.records.changes import note_change
from tidegate.records.models import Change, ChangeKind
from tidegate.records.models.versioned import Versioned
from tidegate.records.revert import Undoable, find_undoable, lock_touched, revert
from tidegate.records.stored_lines import lines_of, records_of
from tidegate.uploads.lifecycle.claims.note_claims import reopen_claims
from tidegate.uploads.lifecycle.corrections.mark_corrected import lock_followed, unmark_corrected
from tidegate.uploads.lifecycle.waiting.wake_waiting import end_all_of, wait_again, wake_after_undo
from tidegate.uploads.lifecycle.worker.lock_timeout import conflict_where_locked
from tidegate.uploads.lifecycle.worker.lock_upload import lock_upload
from tidegate.uploads.models import Act, Decision, RowCorrection, State, Upload, WaitEnd
from tidegate.uploads.notifications.announce import announce
from tidegate.uploads.rechecks.check_lines import rules_in_force
from tidegate.uploads.rechecks.misfits import note_misfits
from tidegate.windows.check_open import check_can_change


@dataclass(frozen=True)
class LaterUpload:
    """Who has changed the same since, and of how many students: a later upload or correction by hand, or None for an
    import; its change is None, too, where the import was before there were changes."""

    upload: Upload | None
    change: Change | None
    student_count: int


@dataclass(frozen=True)
class Undone:
    """What an undo took back and what it left, or would; and the upload as it is now."""

    upload: Upload
    found: Undoable
    later: Sequence[LaterUpload]
    unfit_count: int = 0
    """How many lines that rest on what was taken back no longer fit since."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left."""
        return not self.later


def check_can_be_undone(upload: Upload) -> type[Versioned]:
    """Return the records that the upload has changed; a Conflict that says why there is nothing to undo."""
    records = records_of(upload.type)
    if upload.state == State.UNDONE:
        raise Conflict("This upload was undone before", fix="Nothing is left to undo", code="UNDONE")
    if upload.check_only or upload.state != State.FINISHED:
        raise Conflict("This upload has loaded nothing", fix="There is nothing to undo", code="NOTHING_TO_UNDO")
    if records is None or upload.type.answer is not None:
        raise Conflict(
            "An upload of this file type cannot be undone: its numbers were given out",
            fix="Tell the state data team if something in it was wrong",
            code="ANSWERED",
        )
    if not upload.is_file and RowCorrection.objects.filter(pk=upload.pk, rows=[]).exists():
        raise Conflict(
            "This upload loaded nothing: its rows were left out for good",
            fix="If they should be loaded after all, send them in a file",
            code="NOTHING_TO_UNDO",
        )
    if not (upload.added_count or upload.replaced_count):
        raise Conflict(
            "This upload changed nothing: all of its rows were on file already",
            fix="There is nothing to undo",
            code="NOTHING_TO_UNDO",
        )
    return records


def can_be_undone(upload: Upload) -> bool:
    """Whether the upload has changed records that can be put back."""
    try:
        check_can_be_undone(upload)
    except Conflict:
        return False
    return True


@transaction.atomic
def preview_undo(upload: Upload) -> Undone:
    """Return what an undo would take back and what it would leave. It may be otherwise a moment later: nobody is kept
    from anything. A Conflict where there is nothing to undo."""
    return _preview(upload, check_can_be_undone(upload))


def later_uploads(upload: Upload) -> list[LaterUpload]:
    """Return who has changed the same since, so that it stays as it is; what was undone itself does not count."""
    return list(preview_undo(upload).later)


def undo(upload: Upload, *, by: Person) -> Upload:
    """Undo the upload as `undo_parts` does and return it as it is now."""
    return undo_parts(upload, by=by).upload


def undo_parts(upload: Upload, *, by: Person) -> Undone:
    """Take back what nobody has changed since, and leave the rest: nothing is guessed. What is left can be undone
    later, once those who have changed it are undone themselves.

    Raises:
        Refusal: The person may not undo it.
        Conflict: There is nothing to undo, all of it was changed since, or is being changed now; or lines of others
            rest on it, and the state does not let that happen; or the window of the file type is not open.
    """
    with conflict_where_locked(), transaction.atomic():
        return _undo_parts(upload, by=by)


def _undo_parts(upload: Upload, *, by: Person) -> Undone:
    check_can_undo_upload(by, upload.organization)
    found = lock_upload(upload.pk)
    records = check_can_be_undone(found)
    check_can_change(found.file_type, found.school_year, found.organization)
    lock_touched(records, change_id=found.pk)
    undone = _preview(found, records)
    if not undone.found.student_count:
        raise _nothing_left(undone)
    act = _note_undo(found, by=by)
    revert(records, change_id=found.pk, undo=act)
    unfit_count = sum(
        note_misfits(records, change_id=change_id, school_year=found.year, is_undo=True)
        for change_id in (found.pk, act.pk)  # what is restored had ended with the upload, what is withdrawn ends now
    )
    _refuse_unfit(found, unfit_count)
    wake_after_undo(records, at=act.at, school_year=found.year)
    undone = replace(undone, unfit_count=unfit_count)
    if undone.is_whole:
        Decision.objects.create(upload=found, act=Act.UNDO, by=by)
        found.move_to(State.UNDONE)
        lock_followed(found)
        found.save(update_fields=["state"])
        end_all_of(found, WaitEnd.UNDONE)
        wait_again(found)
        unmark_corrected(found)
        reopen_claims(found)
        announce(found)
    _record(undone, by=by)
    return undone


def _nothing_left(undone: Undone) -> Conflict:
    if undone.is_whole:
        return Conflict("All of this upload was undone before", fix="Nothing is left to undo", code="UNDONE")
    return Conflict(
        f"What this upload loaded was changed since by {_in_words(undone.later)}",
        fix="Undo the later upload first, or send a corrected file",
        code="CHANGED_SINCE",
    )


def _note_undo(upload: Upload, *, by: Person) -> Change:
    return note_change(
        ChangeKind.UNDO,
        by=by,
        undoes=upload.pk,
        organization=upload.organization,
        school_year=upload.school_year,
        file_type=upload.file_type,
    )


def _record(undone: Undone, *, by: Person) -> None:
    upload, found = undone.upload, undone.found
    record_event(
        "upload.undone",
        by=by,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
        withdrawn_count=found.withdrawn_count,
        put_back_count=found.restored_count,
        **({} if undone.is_whole else {"left_student_count": found.left_student_count}),
        **({"no_longer_fit_count": undone.unfit_count} if undone.unfit_count else {}),
    )


def _refuse_unfit(upload: Upload, unfit_count: int) -> None:
    """Raise a Conflict where lines that rest on what was taken back no longer fit, and the state makes an error of
    it."""
    lines = lines_of(upload.type)
    rule = resting_rule(rules_in_force(lines, upload.year)) if lines and unfit_count else None
    if rule is not None and rule.severity is Severity.ERROR:
        are = "record on file that rests on it would no longer fit"
        if unfit_count > 1:
            are = "records on file that rest on it would no longer fit"
        raise Conflict(
            f"This upload cannot be undone: {unfit_count:,} {are}",
            fix="Have those records corrected or withdrawn first",
            code="LEAVES_UNFIT",
        )


def _preview(upload: Upload, records: type[Versioned]) -> Undone:
    found = find_undoable(records, change_id=upload.pk)
    ids = [each.change_id for each in found.later if each.change_id]
    uploads = Upload.objects.select_related("organization", "sent_by").in_bulk(ids)
    changes = Change.objects.select_related("organization").in_bulk(ids)
    later = [
        LaterUpload(uploads.get(each.change_id or 0), changes.get(each.change_id or 0), each.student_count)
        for each in found.later
    ]
    return Undone(upload, found, later)


def _in_words(later: Sequence[LaterUpload]) -> str:
    ids = [f"upload {each.upload.pk}" for each in later if each.upload]
    imports = ["an import of the state's own lists"] if len(ids) < len(later) else []
    return ", ".join(ids + imports)
