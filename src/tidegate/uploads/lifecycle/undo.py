"""Undoes an upload: the versions that it wrote are withdrawn, those that it replaced restored. Decision 15."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_undo_upload
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.records.changes import note_change
from tidegate.records.models import Change, ChangeKind
from tidegate.records.models.versioned import Versioned
from tidegate.records.revert import later_changes, lock_touched, revert
from tidegate.records.stored_lines import records_of
from tidegate.uploads.models import Act, Decision, State, Upload
from tidegate.uploads.notifications.webhooks import announce


@dataclass(frozen=True)
class LaterUpload:
    """Who has changed the same since: a later upload, or None for an import; and of how many students."""

    upload: Upload | None
    student_count: int


def check_can_be_undone(upload: Upload) -> type[Versioned]:
    """Return the records that the upload has changed; a Conflict that says why there is nothing to undo."""
    records = records_of(upload.type)
    if upload.state == State.UNDONE:
        raise Conflict("This upload was undone before", fix="Nothing is left to undo", code="UNDONE")
    if upload.check_only or upload.state != State.FINISHED:
        raise Conflict("This upload has loaded nothing", fix="There is nothing to undo", code="NOTHING_TO_UNDO")
    if records is None or upload.type.answer is not None:
        raise Conflict(
            "An upload of this file type cannot be undone: its answers were given",
            fix="Tell the state data team if something in it was wrong",
            code="ANSWERED",
        )
    if not (upload.added_count or upload.replaced_count):
        raise Conflict(
            "This upload changed nothing: all of its rows were on record before",
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
def later_uploads(upload: Upload) -> list[LaterUpload]:
    """Return who has changed the same since, so that the upload cannot be undone; an upload that was undone itself
    does not count. It may be otherwise a moment later: nobody is kept from anything."""
    return _later_uploads(upload, check_can_be_undone(upload))


@transaction.atomic
def undo(upload: Upload, *, by: Person) -> Upload:
    """Undo the upload and return it as it is now.

    A Conflict where there is nothing to undo, or the same was changed since or is being changed now: nothing is
    guessed.
    """
    check_can_undo_upload(by, upload.organization)
    locked = Upload.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("organization", "school_year").get(pk=upload.pk)
    records = check_can_be_undone(found)
    with _say_who_is_busy():
        lock_touched(records, upload_id=found.pk)
    later = _later_uploads(found, records)
    if later:
        raise Conflict(
            f"What this upload loaded was changed since by {_in_words(later)}",
            fix="Undo the later upload first, or send a corrected file",
            code="CHANGED_SINCE",
        )
    with _say_who_is_busy():
        taken = revert(records, upload_id=found.pk, undo=_note_undo(found, by=by))
    Decision.objects.create(upload=found, act=Act.UNDO, by=by)
    found.move_to(State.UNDONE)
    found.save(update_fields=["state"])
    record_event(
        "upload.undone",
        by=by,
        organization=found.organization,
        school_year=found.school_year,
        subject=found,
        withdrawn_count=taken.withdrawn_count,
        put_back_count=taken.put_back_count,
    )
    announce(found)
    return found


def _note_undo(upload: Upload, *, by: Person) -> Change:
    return note_change(
        ChangeKind.UNDO,
        by=by,
        undoes=upload.pk,
        organization=upload.organization,
        school_year=upload.school_year,
        file_type=upload.file_type,
    )


@contextmanager
def _say_who_is_busy() -> Iterator[None]:
    """Raise a Conflict where somebody else has in hand what is waited for."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Conflict(
            "An upload that speaks of the same students, or an import, is being processed",
            fix="Wait until it has ended, then try again",
            code="BUSY",
        ) from error


def _later_uploads(upload: Upload, records: type[Versioned]) -> list[LaterUpload]:
    changes = later_changes(records, upload_id=upload.pk)
    ids = [change.upload_id for change in changes if change.upload_id is not None]
    uploads = Upload.objects.select_related("organization", "sent_by").in_bulk(ids)
    undos = set(Change.objects.filter(pk__in=ids, kind=ChangeKind.UNDO).values_list("pk", flat=True))
    changes = [change for change in changes if change.upload_id not in undos]
    later = [LaterUpload(uploads.get(change.upload_id or 0), change.student_count) for change in changes]
    return [each for each in later if each.upload is None or each.upload.state != State.UNDONE]


def _in_words(later: list[LaterUpload]) -> str:
    ids = [f"upload {each.upload.pk}" for each in later if each.upload]
    imports = ["an import of the state's own lists"] if len(ids) < len(later) else []
    return ", ".join(ids + imports)
