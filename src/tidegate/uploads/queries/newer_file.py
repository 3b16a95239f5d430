"""Whether an organization has sent a newer file, which says what is so whatever becomes of an older one."""

from tidegate.records.changes import made_by_hand
from tidegate.uploads.models import State, Upload


def has_newer_file(organization_id: int, upload: Upload) -> bool:
    """Whether a whole file of the upload's file type and school year was sent for an organization after it, and loaded.
    A fix file is none, nor is a correction by hand."""
    newer = Upload.objects.filter(
        organization=organization_id,
        school_year=upload.school_year_id,
        file_type=upload.file_type,
        state=State.FINISHED,
        check_only=False,
        follows=None,
        is_fix_file=False,
        pk__gt=upload.pk,
    )
    return newer.exclude(sha256="").exclude(made_by_hand()).exists()
