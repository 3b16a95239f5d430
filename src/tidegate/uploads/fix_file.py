"""The fix file of an upload: the rows that were not loaded, drawn from the file as it was sent."""

from collections.abc import Iterator

from tidegate.core.errors import NotFound
from tidegate.core.outputs.fix_file import fix_file
from tidegate.uploads.models import Upload
from tidegate.uploads.result_log import findings_in_slices
from tidegate.uploads.storage.store import is_kept, may_be_kept, opened


def has_fix_file(upload: Upload) -> bool:
    """Whether the upload has rows that were not loaded, and its file should still be kept."""
    return bool(upload.error_count and upload.has_log) and may_be_kept(upload.stored_as)


def fix_file_chunks(upload: Upload) -> Iterator[bytes]:
    """Yield the fix file as UTF-8. NotFound where there is none."""
    if not (has_fix_file(upload) and is_kept(upload.stored_as)):
        raise NotFound("This upload has no fix file", fix="Every row was loaded, or the file is not kept any more")
    return _pieces(upload)


def _pieces(upload: Upload) -> Iterator[bytes]:
    layout = upload.type.layout.in_year(upload.year)
    rules = upload.type.rules_by_code()
    with opened(upload.stored_as, sha256=upload.sha256) as path:
        for piece in fix_file(path, layout, findings_in_slices(upload), rules):
            yield piece.encode()
