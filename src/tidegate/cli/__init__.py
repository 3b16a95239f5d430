"""The `tidegate` command, one file per command."""

import os

# Polars' allocator gives freed memory back after half a second instead of ten, and has one pool for all threads, which
# takes the least memory; it looks here when it is loaded.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:500,narenas:1")
