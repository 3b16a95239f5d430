"""Where the current request comes from, as a context variable: every event gets it from here."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

MAX_AGENT_LENGTH = 200
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True)
class Origin:
    """The address, the program and the ID of a request; all blank outside of one."""

    address: str = ""
    user_agent: str = ""
    request_id: str = ""


_NOWHERE = Origin()
_of_this_request: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def origin() -> Origin:
    """Return the origin of the current request; a blank one in a worker or at the command line."""
    return _of_this_request.get()


@contextmanager
def within_request(of: Origin) -> Iterator[None]:
    """Give every event that is recorded in the block this origin."""
    before = _of_this_request.set(of)
    try:
        yield
    finally:
        _of_this_request.reset(before)


def clean_agent(said: str) -> str:
    """Return what a program says of itself, so short and so printable that it can be stored."""
    return _UNPRINTABLE.sub(" ", said[: 2 * MAX_AGENT_LENGTH]).strip()[:MAX_AGENT_LENGTH]


def request_id(said: str) -> str:
    """Return the request's ID as a proxy of ours has given it; a new one where there is none, or it could be more than
    an ID in a line of a log."""
    return said if _REQUEST_ID.fullmatch(said) else secrets.token_hex(8)
