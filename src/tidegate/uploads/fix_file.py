"""The fix file of an upload: the rows that were not loaded, drawn from the file as it was sent."""

from collections.abc import Iterator

from tidegate.core.errors import NotFound
from tidegate.core.results.fix_file import fix_file
from tidegate.uploads.models import Upload
from tidegate.uploads.result_log import findings_in_slices
from tidegate.uploads.store import path_of


def has_fix_file(upload: Upload) -> bool:
    """Whether the upload has rows that were not loaded, and its file is still kept."""
    return bool(upload.error_count and upload.stored_as) and path_of(upload.stored_as).is_file()


def fix_file_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the fix file as UTF-8. NotFound where there is none."""
    if not has_fix_file(upload):
        raise NotFound("This upload has no fix file", fix="Every row was loaded, or the file is not kept any more")
    layout = upload.kind.layout.in_year(upload.year)
    rules = upload.kind.rules_by_code()
    return (piece.encode() for piece in fix_file(path_of(upload.stored_as), layout, findings_in_slices(upload), rules))
