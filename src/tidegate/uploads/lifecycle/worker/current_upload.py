"""The upload that is being processed, as a context variable: every line of the log gets its number from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[int | None] = ContextVar("current_upload", default=None)


def current_upload_id() -> int | None:
    """Return the ID of the upload that is being processed; None where there is none."""
    return _current.get()


@contextmanager
def current_upload(upload_id: int) -> Iterator[None]:
    """Have every line that is logged in the block bear the upload's number."""
    before = _current.set(upload_id)
    try:
        yield
    finally:
        _current.reset(before)
