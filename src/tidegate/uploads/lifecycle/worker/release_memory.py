"""Gives back to the system what memory an upload needed, so that a worker that waits is a small one."""

import ctypes
import gc
from contextlib import suppress


def release_memory() -> None:
    """Free what nothing holds any more, and hand it to the system where its C library can do that (glibc; Polars' own
    allocator does it by itself, see tidegate.cli)."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
