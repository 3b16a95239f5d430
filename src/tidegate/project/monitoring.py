"""What watches over the web process from inside: three addresses that say how it does, and a count
of every request.

It is the outermost application and has a thread of its own, so that it answers also when all others
are busy.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections
from prometheus_client import CONTENT_TYPE_LATEST

from tidegate.accounts.rate_limit import Busy
from tidegate.project.counted_request import CountedRequest, Tally
from tidegate.project.decline import decline
from tidegate.project.internal_clients import is_internal
from tidegate.project.metrics import metrics_text
from tidegate.project.readiness import NO_ANSWER, is_usable, why_not_ready
from tidegate.project.wsgi_environ import headers_of
from tidegate.uploads.monitoring.samples import add_requests

log = logging.getLogger(__name__)
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_TEXT = "text/plain; charset=utf-8"
_ANSWER_SECONDS = 4.0
_LOOK_SECONDS = 1.0
_TALLY_SECONDS = 60.0


class MonitoredSite:
    """The ASGI application around the site."""

    def __init__(self, site: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._site = site
        self._thread = ThreadPoolExecutor(1, "tidegate-watch")
        self._doors = {"/healthz": self._health, "/readyz": self._readiness, "/metrics": self._metrics}
        self._is_migrated = self._is_closed = False
        self._looking = asyncio.Lock()
        self._looked_at = -_LOOK_SECONDS
        self._tally = Tally()
        self._keeping: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        self._keeping = self._keeping or asyncio.create_task(self._keep_tallies())
        if door := self._doors.get(scope["path"]):
            await self._answer(door, scope, send)
        elif self._is_migrated or scope["path"].startswith("/static/") or await self._is_open():
            await CountedRequest(scope, receive, send, self._tally).carry_out(self._site)
        else:
            await self._send_away(scope, send)

    async def _answer(self, door: Callable[[], Awaitable[tuple[int, bytes, str]]], scope: Scope, send: Send) -> None:
        status, text, content_type = 405, b"Only GET is answered here\n", _TEXT
        if scope["method"] in ("GET", "HEAD"):
            if scope["path"] == "/healthz" or is_internal(scope, headers_of(scope)):
                status, text, content_type = await door()
            else:
                status, text = 403, b"Ask from this machine, or with the token: Authorization: Bearer ...\n"
        headers = {"content-type": content_type, "content-length": str(len(text)), "cache-control": "no-store"}
        await _send(send, status, headers, b"" if scope["method"] == "HEAD" else text)

    async def _health(self) -> tuple[int, bytes, str]:
        return 200, b"ok\n", _TEXT

    async def _readiness(self) -> tuple[int, bytes, str]:
        try:
            why = await self._in_thread(why_not_ready)
        except TimeoutError:
            why = f"{NO_ANSWER}, or the store does not"
        return (503, f"{why}\n".encode(), _TEXT) if why else (200, b"ready\n", _TEXT)

    async def _metrics(self) -> tuple[int, bytes, str]:
        try:
            return 200, await self._in_thread(metrics_text), CONTENT_TYPE_LATEST
        except TimeoutError:
            return 503, f"{NO_ANSWER}\n".encode(), _TEXT

    async def _in_thread(self, ask: Callable[[], Any]) -> Any:
        """Ask in the thread of the watch, which a database that hangs may hold; nobody waits for it any longer."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._thread, _ask_anew, ask)

    async def _is_open(self) -> bool:
        """Whether the database is at this release. Pages would fail on an older one; a database that does not answer
        is theirs to speak of."""
        async with self._looking:
            if not self._is_migrated and time.monotonic() - self._looked_at >= _LOOK_SECONDS:
                self._looked_at = time.monotonic()
                try:
                    self._is_migrated = await self._in_thread(is_usable)
                    self._is_closed = not self._is_migrated
                except (TimeoutError, DatabaseError, InterfaceError):
                    self._is_closed = False
        return not self._is_closed

    async def _send_away(self, scope: Scope, send: Send) -> None:
        refusal = Busy("The site is being brought up to date", fix="Try again in a minute", retry_after_seconds=30)
        response = decline(refusal, path=scope["path"], htmx_target=headers_of(scope).get("hx-target", ""))
        headers = {name.lower(): value for name, value in response.items()}
        await _send(send, response.status_code, headers | {"connection": "close"}, response.content)

    async def _keep_tallies(self) -> None:
        """Add every minute what was counted to what all web processes have counted."""
        while True:
            await asyncio.sleep(_TALLY_SECONDS)
            tally = self._tally.take()
            if tally.request_count:
                try:
                    await self._in_thread(partial(_keep, tally))
                except (TimeoutError, DatabaseError, InterfaceError) as error:
                    log.warning("The requests of the last minute are not in the plots: %s", type(error).__qualname__)


def _ask_anew(ask: Callable[[], Any]) -> Any:
    """Ask over a connection that works: the one of before may have broken since."""
    close_old_connections()
    return ask()


def _keep(tally: Tally) -> None:
    add_requests(
        request_count=tally.request_count,
        failed_count=tally.failed_count,
        slow_count=tally.slow_count,
        seconds=tally.seconds,
    )


async def _send(send: Send, status: int, headers: Mapping[str, str], text: bytes) -> None:
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": text})
