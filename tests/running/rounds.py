"""The rounds of a long test: which of them belong to the part that is asked for, and how far `make breaks` is.

A test that breaks something again and again is marked with about how many minutes all of its rounds take on two cores
(`@pytest.mark.rounds(minutes=5)`); how fast this machine is shows in the rounds that are done.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

_SAY_SECONDS = 10.0
_SHORT_MINUTES = 0.2


class Breaks:
    """How far it is with the tests of one run."""

    def __init__(self, part: str) -> None:
        match = re.fullmatch(r"(\d+)/(\d+)", part)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise pytest.UsageError("--part is the number of a part and how many there are, such as 2/4")
        self.part, self.part_count = int(match[1]), int(match[2])
        self._minutes: dict[str, float] = {}
        self._began = self._said_at = time.monotonic()

    def choose(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Return the tests of the part: those with rounds belong to each, with some of their rounds; the others to the
        first."""
        chosen = [item for item in items if self.part == 1 or item.get_closest_marker("rounds")]
        self._minutes = {item.nodeid: self._minutes_of(item) for item in chosen}
        return chosen

    def _minutes_of(self, item: pytest.Item) -> float:
        marker = item.get_closest_marker("rounds")
        return marker.kwargs["minutes"] / self.part_count if marker else _SHORT_MINUTES

    def share_of(self, values: Sequence) -> Sequence:
        """Return the rounds of the part, spread over all of them."""
        return values[self.part - 1 :: self.part_count]

    def rounds(self, nodeid: str, values: Sequence) -> Iterator:
        """Yield the rounds of the part, and say every ten seconds how far it is."""
        share = self.share_of(values)
        for number, value in enumerate(share):
            yield value
            if time.monotonic() - self._said_at >= _SAY_SECONDS or number + 1 == len(share):
                self._say(nodeid, number + 1, len(share))

    def _say(self, nodeid: str, number: int, count: int) -> None:
        self._said_at = time.monotonic()
        names = list(self._minutes)
        place = names.index(nodeid)
        done = sum(self._minutes[name] for name in names[:place]) + self._minutes[nodeid] * number / count
        seconds = self._said_at - self._began
        left = seconds * (sum(self._minutes.values()) / done - 1)
        name = nodeid.rpartition("::")[2]
        sys.stdout.write(
            f"\n[{place + 1} of {len(names)}] {name}: round {number} of {count}, "
            f"{_clock(seconds)} gone, about {_clock(left)} left\n"
        )
        sys.stdout.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


Rounds = Callable[[Sequence, Sequence], Iterator]
"""Gives the rounds of a test: of all of them those of the part in the long form, else the few of the suite."""
