"""Receives the body of a request as a whole, within bounds and without a thread, before anything is done with it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from tidegate.api.problems import NO_GOOD_TOKEN, SEND_ONE
from tidegate.audit.origin import Origin
from tidegate.core.errors import Refusal, TooLarge
from tidegate.project.arrivals import Arrival, Arrivals, too_slow
from tidegate.project.spooled_bytes import SpooledBytes
from tidegate.uploads.storage.upload_handler import BYTES_PER_MB, no_room

MEMORY_BYTES = 1 << 16
"""So much of a body is held in memory. What is larger goes to the disk, encrypted, and must have a known sender."""

# So much more than the largest file a body may have: the form around it, and enough for a file that
# is a little too large to be noted as an upload that failed for that.
_FORM_BYTES = 5_000_000

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class SenderGone(Exception):
    """The connection has ended before the request was here as a whole."""


class SignedOut(Refusal):
    """A body that is too large for an unknown sender."""

    code = "NO_TOKEN"
    http_status = HTTPStatus.UNAUTHORIZED


@dataclass(frozen=True)
class Incoming:
    """What the head of a request says about its body, and who takes the body; `origin` is for what is recorded."""

    headers: Mapping[str, str]
    address: str
    receive: Receive
    origin: Origin = field(default_factory=Origin)

    @property
    def has_body(self) -> bool:
        """Whether anything is to come after the head."""
        return "transfer-encoding" in self.headers or self.declared_bytes > 0

    @property
    def declared_bytes(self) -> int:
        """How many bytes are announced; 0 where nothing is."""
        return int(self.headers.get("content-length") or 0)

    @property
    def credential(self) -> str:
        """What the sender shows, as a digest: enough to distinguish requests, of no use to
        anybody who finds it."""
        shown = self.headers.get("authorization") or self.headers.get("cookie") or ""
        return sha256(shown.encode()).hexdigest() if shown else ""


@dataclass(frozen=True)
class Reception:
    """Takes bodies. `find_sender` may ask the database and runs in `threads`; the disk has a thread of its own, so that
    one that hangs keeps nobody from the pages."""

    arrivals: Arrivals
    find_sender: Callable[..., str | None]
    threads: ThreadPoolExecutor
    disk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "tidegate-disk"))

    async def receive(self, incoming: Incoming) -> SpooledBytes:
        """Return the whole body; a Refusal where it may not be taken or came too slowly, SenderGone where it was broken
        off."""
        body = SpooledBytes(memory_bytes=MEMORY_BYTES)
        if not incoming.has_body:
            return body
        try:
            self._check_size(incoming.declared_bytes)
            with self.arrivals.enter(address=incoming.address, credential=incoming.credential) as arrival:
                async with arrival.within_bounds():
                    await self._take_all(incoming, arrival, body)
        except BaseException as error:
            body.close()
            if isinstance(error, TimeoutError):
                raise too_slow() from None
            if isinstance(error, OSError):
                raise no_room() from None
            raise
        return body

    async def _take_all(self, incoming: Incoming, arrival: Arrival, body: SpooledBytes) -> None:
        if incoming.declared_bytes > MEMORY_BYTES:
            await self._make_known(incoming, arrival)  # before `100 Continue` asks for any of it
        is_more = True
        while is_more:
            message = await incoming.receive()
            if message["type"] != "http.request":
                raise SenderGone
            await self._take(incoming, arrival, body, message.get("body", b""))
            is_more = message.get("more_body", False)

    async def _take(self, incoming: Incoming, arrival: Arrival, body: SpooledBytes, data: bytes) -> None:
        self._check_size(body.byte_count + len(data))
        if body.has_room_in_memory(len(data)):
            body.write(data)
        else:
            if not arrival.is_on_disk:
                await self._make_known(incoming, arrival)
            began = time.monotonic()
            await asyncio.get_running_loop().run_in_executor(self.disk, body.write, data)
            arrival.excuse(time.monotonic() - began)
        arrival.note(len(data))

    async def _make_known(self, incoming: Incoming, arrival: Arrival) -> None:
        """Find the sender of a body that is too large for the memory, and reserve room on the
        disk for it."""
        began = time.monotonic()
        headers = incoming.headers
        sender = await asyncio.get_running_loop().run_in_executor(
            self.threads,
            lambda: self.find_sender(
                authorization=headers.get("authorization", ""),
                cookie=headers.get("cookie", ""),
                origin=incoming.origin,
            ),
        )
        arrival.excuse(time.monotonic() - began)
        if sender is None:
            raise SignedOut(NO_GOOD_TOKEN, fix=SEND_ONE)
        self.arrivals.go_to_disk(arrival, sender=sender)

    def _check_size(self, byte_count: int) -> None:
        largest = self.arrivals.bounds.largest_file
        if byte_count > largest + _FORM_BYTES:
            parts = f"Split it into files of at most {largest // BYTES_PER_MB:,} MB"
            fix = f"{parts}; keep all lines of a student in the same file"
            raise TooLarge("The file is larger than the state allows", fix=fix)
