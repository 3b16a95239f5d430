"""The `tidegate` command, one file per command."""

import os

# Polars' allocator looks here when it is loaded: freed memory is given back after half a second instead of ten, and two
# arenas instead of four per core keep less of it.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:500,muzzy_decay_ms:0,narenas:2")
