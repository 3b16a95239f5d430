"""An answer on its way: a thread makes it as fast as it can and is free again, however slowly it is read."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest

from tidegate.project.answer_headers import set_headers
from tidegate.project.spooled_bytes import SpooledBytes
from tidegate.uploads.lifecycle.worker.incident import describe
from tidegate.web.errors import internal_error

MEMORY_BYTES = 1 << 18
"""So much of an answer waits in memory; what is longer waits on the disk, encrypted, until it is read."""

_PIECE_BYTES = 1 << 16
_NOTIFY_SECONDS = 0.2
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
Environ = dict[str, Any]
Pages = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger(__name__)


class NobodyReads(Exception):
    """The reader is gone: the rest of the answer need not be made."""


class Outgoing:
    """One answer. `make` runs in a thread; everything else belongs to the event loop."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.waiting = SpooledBytes(memory_bytes=MEMORY_BYTES)
        self.has_ended = False
        self.has_failed = False
        self.nobody_reads = False
        self._notified_bytes, self._notify_at = 0, time.monotonic() + _NOTIFY_SECONDS
        self._incident_id = secrets.token_hex(5)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def make(self, pages: Pages, environ: Environ) -> None:
        """Have the pages answer, to the end. Of an exception the type and the calls are logged, no text."""
        try:
            answer = pages(environ, self._start)
            try:
                for piece in answer:
                    self._write(piece)
            finally:
                getattr(answer, "close", lambda: None)()
        except NobodyReads:
            self.has_failed = True
        except BaseException as error:  # noqa: BLE001 - whatever it is, the answer is not whole; a panic of Polars is no Exception
            self.has_failed = True
            log.error("Incident %s: an answer broke off: %s", self._incident_id, describe(error))  # noqa: TRY400 - no text: it could hold a value
        finally:
            self.has_ended = True
            self._notify()

    @property
    def is_all_taken(self) -> bool:
        """Whether nothing of what was made so far waits any more."""
        return self.waiting.is_all_taken

    def next_piece(self) -> bytes:
        """Return what is to be sent next; nothing where nothing waits."""
        return self.waiting.read(_PIECE_BYTES)

    def headers_to_send(self) -> list[tuple[str, str]]:
        """Return the headers, with the length of an answer that is whole already, so that a broken one is seen."""
        has_length = any(name.lower() == "content-length" for name, _ in self.headers)
        if has_length or not self.has_ended or self.status in _WITHOUT_BODY:
            return self.headers
        return [*self.headers, ("Content-Length", str(self.waiting.byte_count))]

    def say_internal_error(self) -> None:
        """Replace an answer of which nothing was sent yet by the page that says so."""
        self.waiting.close()
        self.waiting = SpooledBytes(memory_bytes=MEMORY_BYTES)
        request = HttpRequest()
        request.incident_id = self._incident_id  # type: ignore[attr-defined]  # the page names it
        response = set_headers(internal_error(request))
        self.waiting.write(response.content)
        self.status, self.headers, self.has_failed = response.status_code, list(response.items()), False

    async def wait_for_end(self, *, seconds: float) -> None:
        """Wait until the answer is whole, or so long."""
        try:
            async with asyncio.timeout(seconds):
                while not self.has_ended:
                    await self.wait_for_news()
        except TimeoutError:
            return

    async def wait_for_news(self) -> None:
        """Wait until there are more bytes, or the end."""
        await self._news.wait()
        self._news.clear()

    def abandon(self) -> None:
        """Say that nobody reads it any more: the thread ends at its next piece."""
        self.nobody_reads = True

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], None]:
        self.status, self.headers = int(status.split(" ", 1)[0]), headers
        return self._write

    def _write(self, piece: bytes) -> None:
        if self.nobody_reads:
            raise NobodyReads
        self.waiting.write(piece)
        if self.waiting.byte_count - self._notified_bytes >= _PIECE_BYTES or time.monotonic() > self._notify_at:
            self._notify()

    def _notify(self) -> None:
        """Wake the event loop: not for each piece, of which an answer may have a million."""
        self._notified_bytes, self._notify_at = self.waiting.byte_count, time.monotonic() + _NOTIFY_SECONDS
        self._loop.call_soon_threadsafe(self._news.set)
