"""Makes the next thing while one is being worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def read_ahead(things: Iterator[T]) -> Iterator[T]:
    """Yield the things in order; the next one is made meanwhile, in a thread of its own. What making one raises is
    raised here."""
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = thread.submit(_next, things)
        while made := coming.result():
            coming = thread.submit(_next, things)
            yield made[0]


def _next(things: Iterator[T]) -> tuple[T] | None:
    """Return the next thing, in a tuple since it may be anything; None at the end."""
    for thing in things:
        return (thing,)
    return None
