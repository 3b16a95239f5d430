"""The `tidegate` command, one file per command."""

import ctypes
import os
from contextlib import suppress

# Polars' allocator gives freed memory back after half a second instead of ten, and has one pool for all threads, which
# takes the least memory; it looks here when it is loaded.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:500,narenas:1")

# glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
# Python's own: a chunk of a file and its copies are taken from what was freed before, since pages
# that are given back and asked for again cost a fifth of a check; what is larger is given back as
# soon as it is freed, which glibc unlearns otherwise. Threads share their pools. Other C libraries
# have no such settings.
with suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 32 << 20)
    ctypes.CDLL(None).mallopt(_M_TRIM_THRESHOLD, 24 << 20)
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
