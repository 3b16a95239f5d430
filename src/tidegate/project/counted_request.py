"""Counts one request, and logs a line about it."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tidegate.audit.origin import Origin, within_request
from tidegate.project.request_counts import method_of, page_of, request_seconds, requests, unfinished

SLOW_SECONDS = 1.0
log = logging.getLogger("tidegate.requests")
# The status of a request whose sender went away before it was answered, as nginx has it.
_CLIENT_CLOSED_REQUEST = 499
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Tally:
    """What this process has answered since it was last taken: failed by our fault, slow beyond a second."""

    request_count: int = 0
    failed_count: int = 0
    slow_count: int = 0
    seconds: float = 0.0

    def add(self, status: int, seconds: float) -> None:
        """Count a request."""
        self.request_count += 1
        self.failed_count += status >= 500
        self.slow_count += seconds > SLOW_SECONDS
        self.seconds += seconds

    def take(self) -> "Tally":
        """Return what was counted, and begin anew."""
        taken = replace(self)
        self.request_count = self.failed_count = self.slow_count = 0
        self.seconds = 0.0
        return taken


class CountedRequest:
    """A request on its way through the site."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, tally: Tally) -> None:
        self._scope, self._receive, self._send, self._tally = scope, receive, send, tally
        self._page = page_of(scope["path"])
        self._began = time.monotonic()
        self._step = "arriving" if _has_body(scope) else "answering"
        self._status, self._seconds, self._request_id = 0, 0.0, ""

    async def carry_out(self, site: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        """Have the site answer, and count it, whatever comes of it."""
        unfinished.labels(self._step).inc()
        try:
            await site(self._scope, self._hear, self._say)
        finally:
            unfinished.labels(self._step).dec()
            self._count()

    async def _hear(self) -> dict[str, Any]:
        message = await self._receive()
        if self._step == "arriving" and message["type"] == "http.request" and not message.get("more_body"):
            self._go_on()
        return message

    async def _say(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._seconds = time.monotonic() - self._began
            self._request_id = dict(message["headers"]).get(b"x-request-id", b"").decode("latin-1")
        await self._send(message)

    def _go_on(self) -> None:
        """The request is here as a whole: how long it took to arrive is its sender's affair."""
        unfinished.labels(self._step).dec()
        self._step, self._began = "answering", time.monotonic()
        unfinished.labels(self._step).inc()

    def _count(self) -> None:
        status = self._status or _CLIENT_CLOSED_REQUEST
        method = method_of(self._scope["method"])
        requests.labels(self._page, method, str(status)).inc()
        if self._status and self._step == "answering":
            request_seconds.labels(self._page).observe(self._seconds)
            self._tally.add(status, self._seconds)
        said = {"page": self._page, "method": method, "status": status, "milliseconds": round(1000 * self._seconds)}
        with within_request(Origin(request_id=self._request_id)):
            log.info("Answered %s %s with %s", method, self._page, status, extra=said)


def _has_body(scope: Scope) -> bool:
    names = {name.lower(): value for name, value in scope["headers"]}
    return b"transfer-encoding" in names or names.get(b"content-length", b"0") != b"0"
