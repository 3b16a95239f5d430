"""What stands before the pages: bounds on what arrives, and answers that leave without a thread."""

import asyncio
import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest
from polars.exceptions import PanicException

from tidegate.accounts.rate_limit import Busy, RateLimited
from tidegate.project import wsgi_gateway
from tidegate.project.arrivals import ArrivalBounds, Arrivals
from tidegate.project.outgoing import MEMORY_BYTES
from tidegate.project.spooled_bytes import SpooledBytes
from tidegate.project.wsgi_environ import environ_of, headers_of
from tidegate.project.wsgi_gateway import WsgiGateway

BOUNDS = ArrivalBounds(
    seconds=60,
    pause_seconds=5,
    bytes_per_second=1_000,
    in_all=3,
    on_disk=2,
    per_sender=2,
    per_address=0,
    largest_file=1_000_000,
)
SCOPE = {
    "type": "http",
    "method": "GET",
    "http_version": "1.1",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "server": ("127.0.0.1", "1"),
    "client": ("127.0.0.1", "2"),
    "headers": [],
}


@pytest.fixture(autouse=True)
def any_time_to_be_whole(monkeypatch):
    """Let a busy machine take longer to make an answer; how long a reader takes is another bound."""
    monkeypatch.setattr(wsgi_gateway, "WHOLE_WITHIN_SECONDS", 60)


def answer(pages, *, takes_more=lambda: True, **scope) -> list[dict]:
    """Have the front answer one request without a body; `takes_more` says if the reader still takes something."""
    said: list[dict] = []

    async def run() -> None:
        async def receive() -> dict:
            while True:
                await asyncio.sleep(60)

        async def send(message) -> None:
            if not takes_more():
                await asyncio.sleep(60)
            said.append(message)

        front = WsgiGateway(
            pages,
            bounds=replace(BOUNDS, seconds=60 if takes_more() else 1),
            threads=2,
            address_of=lambda _, remote: remote,
        )
        await front(SCOPE | scope, receive, send)

    asyncio.run(run())
    return said


def body_of(said: list[dict]) -> bytes:
    return b"".join(message.get("body", b"") for message in said)


def test_an_answer_that_is_whole_has_its_length_and_comes_in_order():
    def pages(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"%d," % number for number in range(20_000)]

    said = answer(pages)
    assert body_of(said) == b"".join(b"%d," % number for number in range(20_000))
    assert dict(said[0]["headers"])[b"content-length"] == str(len(body_of(said))).encode()


@pytest.mark.parametrize("fault", [ValueError, PanicException])
def test_an_answer_that_breaks_off_before_it_is_sent_is_the_page_of_our_fault(fault, caplog):
    def pages(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/csv")])
        yield b"half"
        raise fault("a value of a student")

    said = answer(pages)
    assert (said[0]["status"], b"half" in body_of(said), b"our side" in body_of(said)) == (500, False, True)
    assert f"{fault.__name__} at test_wsgi_gateway.py" in caplog.text
    assert "a value of a student" not in caplog.text


def test_a_reader_who_takes_nothing_holds_no_thread_and_not_the_whole_answer_in_memory():
    is_made = threading.Event()

    def pages(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/csv")])
        yield from (b"x" * 65_536 for _ in range(8 * MEMORY_BYTES // 65_536))
        is_made.set()

    assert answer(pages, takes_more=lambda: False) == []
    assert is_made.is_set()


def test_bytes_come_out_as_they_went_in_from_memory_and_from_the_disk():
    waiting = SpooledBytes(memory_bytes=10)
    for piece in (b"0123", b"456789", b"abc", b"defghij"):
        waiting.write(piece)
        if piece == b"abc":
            assert (waiting.read(4), waiting.is_on_disk) == (b"0123", True)
    assert waiting.as_file().read() == b"456789abcdefghij"
    assert waiting.is_all_taken


def test_the_environ_is_what_the_head_says_but_for_names_that_could_speak_for_a_proxy():
    names = [
        (b"Cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"X_Forwarded_For", b"10.0.0.1"),
        (b"Content-Type", b"text/csv"),
    ]
    scope = SCOPE | {"raw_path": b"/caf%C3%A9/%FF", "query_string": b"q=%C3%A9", "headers": names}
    environ = environ_of(scope, headers_of(scope), SpooledBytes(memory_bytes=1))
    assert (environ["HTTP_COOKIE"], environ["CONTENT_TYPE"]) == ("a=1; b=2", "text/csv")
    assert (environ["PATH_INFO"], environ["REMOTE_ADDR"]) == (b"/caf\xc3\xa9/\xff".decode("latin-1"), "127.0.0.1")
    assert "HTTP_X_FORWARDED_FOR" not in environ


def in_a_loop(function):
    async def run() -> None:
        function()

    asyncio.run(run())


def test_one_credential_has_so_many_places_and_nobody_else_is_kept_out():
    def fill() -> None:
        arrivals = Arrivals(BOUNDS)
        with ExitStack() as entered:
            for _ in range(BOUNDS.per_sender):
                entered.enter_context(arrivals.enter(address="", credential="a"))
            with pytest.raises(RateLimited):
                entered.enter_context(arrivals.enter(address="", credential="a"))
            entered.enter_context(arrivals.enter(address="", credential="b"))

    in_a_loop(fill)


def test_addresses_are_counted_only_where_proxies_say_them():
    def fill() -> None:
        arrivals = Arrivals(replace(BOUNDS, per_address=1))
        with ExitStack() as entered:
            for address in ("10.0.0.1", "10.0.0.2"):
                entered.enter_context(arrivals.enter(address=address, credential=""))
            with pytest.raises(RateLimited):
                entered.enter_context(arrivals.enter(address="10.0.0.1", credential=""))

    in_a_loop(fill)


def test_where_all_places_are_taken_the_longest_silent_gives_way_and_a_busy_one_does_not():
    async def run() -> None:
        arrivals = Arrivals(BOUNDS)
        with ExitStack() as entered:
            there = [entered.enter_context(arrivals.enter(address="", credential="")) for _ in range(BOUNDS.in_all)]
            with pytest.raises(Busy):
                entered.enter_context(arrivals.enter(address="", credential=""))
            there[1].heard -= 60

            async def be_silent() -> None:
                async with there[1].within_bounds():
                    entered.enter_context(arrivals.enter(address="", credential=""))
                    await asyncio.sleep(10)

            with pytest.raises(TimeoutError):
                await be_silent()
            assert [each.gives_way for each in there] == [False, True, False]

    asyncio.run(run())


def test_bytes_buy_time_but_never_more_than_a_pause_ahead():
    async def run() -> None:
        with Arrivals(BOUNDS).enter(address="", credential="") as arrival:
            async with arrival.within_bounds():
                first = arrival.due
                arrival.note(100)
                assert 0 < arrival.due - first <= 0.11
                arrival.note(10_000_000)
                assert arrival.due <= arrival.heard + BOUNDS.pause_seconds

    asyncio.run(run())
