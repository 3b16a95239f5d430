"""The front of the pages: takes requests in and answers out without a thread, and has the pages run
in between.

A thread is held only by what is being done, never by somebody who sends or reads slowly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

from django.db import InterfaceError, OperationalError

from tidegate.accounts.find_sender import find_sender
from tidegate.accounts.rate_limit import Busy
from tidegate.core.errors import Refusal
from tidegate.project.arrivals import ArrivalBounds, Arrivals, TooSlow
from tidegate.project.connections import cut, limit_silent_readers
from tidegate.project.decline import decline
from tidegate.project.outgoing import Environ, Outgoing, Pages
from tidegate.project.receive_body import Incoming, Receive, Reception, SenderGone
from tidegate.project.request_origin import HEADER as REQUEST_ID
from tidegate.project.request_origin import origin_from
from tidegate.project.spooled_bytes import SpooledBytes
from tidegate.project.wsgi_environ import environ_of, headers_of

WHOLE_WITHIN_SECONDS = 2
"""An answer that is whole by then is sent with its length, so that one that broke off is seen as such; a longer one is
sent while it is being made."""

_DRAIN_SECONDS = 5
Scope = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class WsgiGateway:
    """The ASGI application around a WSGI application. `address_of` says who asks, as far as proxies are believed."""

    def __init__(
        self, pages: Pages, *, bounds: ArrivalBounds, threads: int, address_of: Callable[[str, str], str]
    ) -> None:
        self._pages = pages
        self._bounds = bounds
        self._threads = ThreadPoolExecutor(threads, "tidegate-page")
        self._large = asyncio.Semaphore(max(1, threads // 2))  # the other half is there for pages
        self._reception = Reception(Arrivals(bounds), find_sender, self._threads)
        self._address_of = address_of
        self._limits_readers = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if not self._limits_readers:
            self._limits_readers = True
            limit_silent_readers(port=int(scope["server"][1]), seconds=2 * self._bounds.pause_seconds)
        headers = headers_of(scope)
        address = self._address_of(headers.get("x-forwarded-for", ""), scope["client"][0])
        incoming = Incoming(headers, address, receive, origin_from(headers, address))
        try:
            body = await self._reception.receive(incoming)
        except SenderGone:
            # The server says the same of a body that is no HTTP; whoever is really gone does not hear the answer.
            unreadable = Refusal("The request could not be read", fix="Send it again", code="UNREADABLE")
            await self._decline(unreadable, scope, incoming, send)
        except (OperationalError, InterfaceError):
            away = Busy("The site cannot answer now", fix="Send it again later", retry_after_seconds=5)
            await self._decline(away, scope, incoming, send)
        except Refusal as refusal:
            await self._decline(refusal, scope, incoming, send)
        else:
            await self._answer(scope, headers, body, receive, send)

    async def _decline(self, refusal: Refusal, scope: Scope, incoming: Incoming, send: Send) -> None:
        """Answer at once; then let go by, for a moment, what is still coming: a sender who is cut off in the middle
        would not get to read the answer."""
        response = decline(refusal, path=scope["path"], htmx_target=incoming.headers.get("hx-target", ""))
        response[REQUEST_ID] = incoming.origin.request_id
        await send(_start_of(response.status_code, [*response.items(), ("Connection", "close")]))
        await send({"type": "http.response.body", "body": response.content})
        if isinstance(refusal, TooSlow):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while (await incoming.receive()).get("more_body"):
                    pass

    async def _answer(
        self, scope: Scope, headers: Mapping[str, str], body: SpooledBytes, receive: Receive, send: Send
    ) -> None:
        outgoing = Outgoing()
        making = asyncio.create_task(self._make(outgoing, environ_of(scope, headers, body), body))
        leaving = asyncio.create_task(_until_gone(receive))
        leaving.add_done_callback(lambda _: outgoing.abandon())
        is_whole = False
        try:
            await outgoing.wait_for_end(seconds=WHOLE_WITHIN_SECONDS)
            async with asyncio.timeout(self._bounds.seconds):
                is_whole = await self._send(outgoing, send)
        except TimeoutError:
            pass
        finally:
            if not is_whole and not leaving.done():
                cut(client=(scope["client"][0], int(scope["client"][1])))
            leaving.cancel()
            outgoing.abandon()
        await making
        outgoing.waiting.close()

    async def _make(self, outgoing: Outgoing, environ: Environ, body: SpooledBytes) -> None:
        """Have the pages answer, in a thread. What brings a large body may hold half of the threads."""
        loop = asyncio.get_running_loop()
        try:
            async with self._large if body.is_on_disk else nullcontext():
                await loop.run_in_executor(self._threads, outgoing.make, self._pages, environ)
        finally:
            body.close()

    async def _send(self, outgoing: Outgoing, send: Send) -> bool:
        """Send the answer as it comes; return whether it was whole."""
        while not outgoing.has_ended and not outgoing.waiting.byte_count:
            await outgoing.wait_for_news()
        if outgoing.nobody_reads:
            return False
        if outgoing.has_ended and outgoing.has_failed:
            outgoing.say_internal_error()
        await send(_start_of(outgoing.status, outgoing.headers_to_send()))
        while True:
            has_ended = outgoing.has_ended  # asked before: what is written meanwhile is read the next time
            data = await self._next_piece(outgoing)
            is_all = has_ended and outgoing.is_all_taken
            if outgoing.nobody_reads or (is_all and outgoing.has_failed):
                return False
            if data or is_all:
                await send({"type": "http.response.body", "body": data, "more_body": not is_all})
            else:
                await outgoing.wait_for_news()
            if is_all:
                return True

    async def _next_piece(self, outgoing: Outgoing) -> bytes:
        if not outgoing.waiting.is_on_disk:
            return outgoing.next_piece()
        return await asyncio.get_running_loop().run_in_executor(self._reception.disk, outgoing.next_piece)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start_of(status: int, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    encoded = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": encoded}
