"""The rounds of a long test: which of them belong to the part that is asked for, and how far `make breaks` is.

A test that breaks something again and again is marked with about how many minutes all of its rounds take by themselves
(`@pytest.mark.rounds(minutes=5)`); how fast this machine is shows in the rounds that are done. Two processes share the
tests, so that each notes its rounds in a file where the other one reads them.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

_SAY_SECONDS = 10.0


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
        marked = {item.nodeid: item.get_closest_marker("rounds") for item in chosen}
        self._minutes = {name: marker.kwargs["minutes"] / self.part_count for name, marker in marked.items() if marker}
        return chosen

    def share_of(self, values: Sequence) -> Sequence:
        """Return the rounds of the part, spread over all of them."""
        return values[self.part - 1 :: self.part_count]

    def rounds(self, nodeid: str, values: Sequence, noted: Path) -> Iterator:
        """Yield the rounds of the part, and say every ten seconds how far it is. `noted` is the file of all rounds that
        are done."""
        share = self.share_of(values)
        for number, value in enumerate(share):
            yield value
            with noted.open("a") as file:
                file.write(f"{self._minutes[nodeid] / len(share)}\n")
            if time.monotonic() - self._said_at >= _SAY_SECONDS or number + 1 == len(share):
                name = nodeid.rpartition("::")[2]
                self._say(f"{name}: round {number + 1} of {len(share)}", sum(map(float, noted.read_text().split())))

    def _say(self, what: str, done: float) -> None:
        self._said_at = time.monotonic()
        all_of_it = sum(self._minutes.values())
        seconds = self._said_at - self._began
        left = seconds * max(all_of_it / done - 1, 0)
        # not to standard output: one of several processes has none
        sys.stderr.write(f"\n[{done / all_of_it:.0%}] {what}, {_clock(seconds)} gone, about {_clock(left)} left\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


Rounds = Callable[[Sequence, Sequence], Iterator]
"""Gives the rounds of a test: of all of them those of the part in the long form, else the few of the suite."""
