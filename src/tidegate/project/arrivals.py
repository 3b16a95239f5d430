"""The requests that are still arriving: how many there may be, from which sender, how slowly,
and for how long."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from tidegate.accounts.rate_limit import Busy, RateLimited
from tidegate.core.errors import Refusal

_MIN_SILENT_SECONDS = 5
_RETRY_AFTER_SECONDS = 10


class TooSlow(Refusal):
    """The sender has stopped, or sends too slowly."""

    code = "TOO_SLOW"
    http_status = HTTPStatus.REQUEST_TIMEOUT


@dataclass(frozen=True)
class ArrivalBounds:
    """What a request may take of a web process while it arrives. The counts are per process; 0 per address is none."""

    seconds: float
    pause_seconds: float
    bytes_per_second: float
    in_all: int
    on_disk: int
    per_sender: int
    per_address: int
    largest_file: int


class Arrival:
    """A request that is arriving. `credential` is what its sender shows; `sender` is who that is, once known."""

    def __init__(self, bounds: ArrivalBounds, *, address: str, credential: str) -> None:
        self.bounds = bounds
        self.address = address
        self.credential = credential
        self.sender = ""
        self.is_on_disk = False
        self.gives_way = False
        self.began = self.heard = time.monotonic()
        self._paid_until = self.began + bounds.pause_seconds
        self._timeout = asyncio.timeout(bounds.pause_seconds)

    @property
    def due(self) -> float:
        """When the next bytes must be here, or all is over. Bytes buy time, and never more than a pause ahead."""
        return min(self._paid_until, self.began + self.bounds.seconds)

    def within_bounds(self) -> asyncio.Timeout:
        """Return the block that ends with a TimeoutError once the request is over its bounds."""
        return self._timeout

    def note(self, byte_count: int) -> None:
        """Count bytes that have come."""
        self.heard = time.monotonic()
        bought = self._paid_until + byte_count / self.bounds.bytes_per_second
        self._paid_until = min(bought, self.heard + self.bounds.pause_seconds)
        self._set_timeout()

    def excuse(self, seconds: float) -> None:
        """Leave out a time in which the sender had to wait for us."""
        self.began += seconds
        self.heard += seconds
        self._paid_until += seconds
        self._set_timeout()

    def give_way(self) -> None:
        """End now, for another."""
        self.gives_way = True
        self._timeout.reschedule(asyncio.get_running_loop().time())

    def _set_timeout(self) -> None:
        if not self.gives_way and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self.due - time.monotonic())


class Arrivals:
    """All requests that are arriving at this process. Used in its event loop alone."""

    def __init__(self, bounds: ArrivalBounds) -> None:
        self.bounds = bounds
        self._all: set[Arrival] = set()

    @contextmanager
    def enter(self, *, address: str, credential: str) -> Iterator[Arrival]:
        """Count a request while it arrives. Where no more may arrive, the one that has been silent for longest
        gives way; Busy or RateLimited where none can."""
        if self.bounds.per_address and self._count(address=address) >= self.bounds.per_address:
            raise _too_many("Too many requests are arriving from this address at once")
        if credential and self._count(credential=credential) >= self.bounds.per_sender:
            raise self._too_many_of_one()
        _make_room(self._all, self.bounds.in_all)
        arrival = Arrival(self.bounds, address=address, credential=credential)
        self._all.add(arrival)
        try:
            yield arrival
        finally:
            self._all.discard(arrival)

    def go_to_disk(self, arrival: Arrival, *, sender: str) -> None:
        """Count the request among those that are too large for the memory, now that it is known who sends it."""
        if self._count(sender=sender) >= self.bounds.per_sender:
            raise self._too_many_of_one()
        _make_room({each for each in self._all if each.is_on_disk}, self.bounds.on_disk)
        arrival.sender, arrival.is_on_disk = sender, True

    def _count(self, **wanted: str) -> int:
        ((name, value),) = wanted.items()
        return sum(1 for each in self._all if getattr(each, name) == value)

    def _too_many_of_one(self) -> RateLimited:
        count = self.bounds.per_sender
        return _too_many(f"You are already sending {count} file{'' if count == 1 else 's'}, the most allowed at once")


def too_slow() -> TooSlow:
    """Return the refusal of a request that was over its bounds, or gave way."""
    return TooSlow(
        "The request stopped on its way or came too slowly",
        fix="Nothing was saved. Check the connection, then send it again",
    )


def _make_room(arrivals: set[Arrival], limit: int) -> None:
    """Let the one give way that has been silent for longest, where there is no room; Busy where none is silent."""
    staying = [each for each in arrivals if not each.gives_way]
    if len(staying) < limit:
        return
    longest = min(staying, key=lambda each: each.heard)
    if time.monotonic() - longest.heard < _MIN_SILENT_SECONDS:
        fix = "This one was not saved. Send it again in a moment"
        raise Busy("Too many files are arriving at once", fix=fix, retry_after_seconds=_RETRY_AFTER_SECONDS)
    longest.give_way()


def _too_many(message: str) -> RateLimited:
    fix = "This one was not saved. Send it again when another has arrived"
    return RateLimited(message, fix=fix, retry_after_seconds=_RETRY_AFTER_SECONDS)
