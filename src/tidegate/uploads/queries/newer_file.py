"""Whether an organization has sent a newer file: what is so now is said there, and an older one would take it back."""

from django.db.models import Q, QuerySet

from tidegate.records.changes import made_by_hand
from tidegate.uploads.models import State, Upload

_MAY_LOAD = Q(state__in=(State.WAITING, State.PROCESSING, State.ON_HOLD))
_HAS_LOADED = Q(state=State.FINISHED, success_count__gt=0)


def has_newer_file(organization_id: int, upload: Upload) -> bool:
    """Whether a whole file of the upload's file type and school year was sent for an organization after it, and loaded.
    One that follows another upload is none, nor is a fix file or a correction by hand."""
    return _files_since(organization_id, upload).filter(state=State.FINISHED, follows=None).exists()


def is_superseded(upload: Upload) -> bool:
    """Whether the upload's file may take back what a newer one has loaded, if it were sent and loaded again. A check
    would load nothing.

    A corrected file counts, though it follows the upload, and so does what was loaded after a check. The same file does
    not, however it was read, nor does a correction of some rows.
    """
    return not upload.check_only and newest_file_after(upload) is not None


def newest_file_after(upload: Upload) -> Upload | None:
    """Return the newest other file that was loaded since the upload, or its check, was sent; None where none was. What
    is on file now and not in the upload's file may be in that one."""
    return _newest_after(upload, _HAS_LOADED)


def newest_file_sent_after(upload: Upload) -> Upload | None:
    """Return the newest other file that was loaded since, or that may still be: it is processed before what is sent
    now, or may be released after it."""
    return _newest_after(upload, _HAS_LOADED | _MAY_LOAD)


def _newest_after(upload: Upload, states: Q) -> Upload | None:
    newer = _files_since(upload.organization_id, upload).filter(states, row_correction=None)
    return newer.exclude(sha256=upload.sha256).order_by("-pk").first()


def _files_since(organization_id: int, upload: Upload) -> QuerySet[Upload]:
    newer = Upload.objects.filter(
        organization=organization_id,
        school_year=upload.school_year_id,
        file_type=upload.file_type,
        check_only=False,
        is_fix_file=False,
        pk__gt=upload.pk,
    )
    return newer.exclude(sha256="").exclude(made_by_hand())
