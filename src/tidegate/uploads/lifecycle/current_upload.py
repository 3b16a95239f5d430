"""The upload at hand: whoever writes a line into the log while it is processed need not know its number."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_at_hand: ContextVar[int | None] = ContextVar("upload_at_hand", default=None)


def current_upload_id() -> int | None:
    """Return the number of the upload at hand; None where there is none."""
    return _at_hand.get()


@contextmanager
def current_upload(upload_id: int) -> Iterator[None]:
    """Have every line that is logged in the block bear the upload's number."""
    before = _at_hand.set(upload_id)
    try:
        yield
    finally:
        _at_hand.reset(before)
