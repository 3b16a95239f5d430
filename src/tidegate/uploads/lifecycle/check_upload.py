"""Checks the file of an upload, by the rules and the limits of the site."""

from collections.abc import Callable
from functools import partial

from django.conf import settings

from tidegate.core.checking import CheckResult, Focus, check
from tidegate.core.reading.issue import Limits
from tidegate.core.reference.folder import ReferenceData
from tidegate.file_types import find_all
from tidegate.uploads.lifecycle.corrected_rows import loaded_before
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.store import opened


def check_upload(
    upload: Upload, *, tables: ReferenceData, on_progress: Callable[[int], None] = lambda _row_count: None
) -> CheckResult:
    """Return what is wrong with the upload's file, with what loading its rows needs; nothing is written.

    `on_progress` is called after each slice with the number of rows checked so far.
    """
    file_type = upload.type
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        return check(
            path,
            file_type.layout,
            file_type.rules,
            focus=Focus(upload.year, upload.organization.pk, upload.organization.name),
            tables=tables,
            others=[other.layout.in_year(upload.year) for other in find_all().values()],
            limits=Limits(
                row_count=settings.TIDEGATE_MAX_ROWS or None,
                unreadable_percent=settings.TIDEGATE_MAX_UNREADABLE_PERCENT or None,
            ),
            keeps=file_type.columns_to_keep(),
            on_progress=on_progress,
            loaded_before=partial(loaded_before, upload),
        )
