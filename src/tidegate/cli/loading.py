"""Loads a command's modules in less time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Look for no garbage while modules are loaded: what they are made of stays until the end, and to go through it
    again and again takes longer than to check a small file."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
