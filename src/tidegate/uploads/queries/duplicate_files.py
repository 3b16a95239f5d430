"""Recognises a file that was sent before: the same bytes, for the same file type, school year and organization."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, When
from django.utils import timezone

from tidegate.uploads.models import State, Upload
from tidegate.uploads.queries.related_rows import SENT_BEFORE

_SAID_OF_IT = ("pk", "file_type", "state", "check_only", "sent_at", "organization_id")
_ENDED_AS = {
    State.WAITING: ", which is still being processed",
    State.PROCESSING: ", which is still being processed",
    State.ON_HOLD: ", which still waits for release",
    State.FAILED: ", which failed",
    State.CANCELLED: ", which was cancelled",
    State.UNDONE: ", which was undone since",
}


@dataclass(frozen=True)
class SentBefore:
    """An earlier upload of the same file."""

    upload: Upload
    sentence: str
    """What became of it then, and whether anything is different now."""


def sent_before(upload: Upload) -> SentBefore | None:
    """Return the last earlier upload of the same file, one that was loaded before one that was not; None where there
    is none.

    Only uploads for the upload's own organization are compared: a person who may see this one may see that one, too.
    """
    if not upload.sha256 or SENT_BEFORE in upload.has_no:  # a file that was too large was never read
        return None
    earlier = Upload.objects.filter(
        organization_id=upload.organization_id,
        sha256=upload.sha256,
        file_type=upload.file_type,
        school_year_id=upload.school_year_id,
        pk__lt=upload.pk,
    )
    is_loaded = Q(state=State.FINISHED, check_only=False)
    made_from = earlier.filter(pk=upload.follows_id).first() if upload.follows_id else None
    is_decided = upload.missing or upload.expected_plan_sha256 or (made_from and _is_matched_anew(upload, made_from))
    if made_from and (is_decided or made_from.check_only):  # sent by a decision
        return None
    found = earlier.order_by(Case(When(is_loaded, then=0), default=1), "-pk").only(*_SAID_OF_IT).first()
    return SentBefore(found, _sentence(upload, found)) if found else None


def _is_matched_anew(upload: Upload, made_from: Upload) -> bool:
    return (upload.mapping or {}) != (made_from.mapping or {})


def _sentence(upload: Upload, earlier: Upload) -> str:
    sent_on = _day_in_words(earlier.sent_at, near=upload.sent_at)
    became = _ENDED_AS.get(State(earlier.state), ", to be checked only" if earlier.check_only else "")
    return f"This file was sent before, on {sent_on}, as upload {earlier.pk}{became}{_outcome(upload)}"


def _outcome(upload: Upload) -> str:
    """Return that nothing changed, where all that was loaded was on file. Otherwise the counts speak for themselves:
    the rules or the records are not what they were."""
    is_changed = upload.added_count or upload.replaced_count or upload.plan_has_moved
    is_unchanged = upload.unchanged_count and not is_changed
    if upload.state != State.FINISHED or not is_unchanged:
        return ""
    return "; nothing will change" if upload.check_only else "; nothing changed"


def _day_in_words(moment: datetime, *, near: datetime) -> str:
    day, near_day = timezone.localtime(moment), timezone.localtime(near)
    year = "" if day.year == near_day.year else f", {day.year}"
    return f"{day:%A, %B} {day.day}{year}"
