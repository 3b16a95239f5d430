"""The `tidegate` command, one file per command."""

import ctypes
import os
from contextlib import suppress

# Polars' allocator gives freed memory back after a fifth of a second instead of ten, and has one pool for all threads,
# which takes the least memory; it looks here when it is loaded.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:200,muzzy_decay_ms:0,narenas:1")

# glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
# Python's own: what is larger, such as a chunk of a file and its copies, is given back as soon as it
# is freed, which glibc unlearns otherwise. Kept for the next chunk it was 60 MB for less than a
# fiftieth of the processor's time; with a threshold of 256 KB the time of a check grows. Threads
# share their pools. Other C libraries have no such settings.
with suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)
    ctypes.CDLL(None).mallopt(_M_TRIM_THRESHOLD, 4 << 20)
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
