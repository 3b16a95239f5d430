"""Makes the next thing while one is being worked on."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def prefetch(things: Iterator[T], *, count: int = 1) -> Iterator[T]:
    """Yield the things in order; so many of the next ones are made meanwhile, in a thread of its own. What making one
    raises is raised here."""
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        coming = deque(thread.submit(_next, things) for _ in range(count))
        while made := coming.popleft().result():
            coming.append(thread.submit(_next, things))
            yield made[0]


def _next(things: Iterator[T]) -> tuple[T] | None:
    """Return the next thing, in a tuple since it may be anything; None at the end."""
    for thing in things:
        return (thing,)
    return None
