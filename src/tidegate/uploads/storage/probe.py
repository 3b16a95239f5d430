"""Tries what an object store must keep: servers differ, and some take a condition and then do as they like."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from tidegate.uploads.storage.backend import StoreAway
from tidegate.uploads.storage.objects import Objects, describe_error

_PART_BYTES = 5 << 20


class ProbedProperty(NamedTuple):
    """What was tried, whether the server keeps it, and in a few words what it did instead."""

    what: str
    is_kept: bool
    instead: str = ""


def probe(objects: Objects) -> list[ProbedProperty]:
    """Write a few objects without content next to the uploads, look at what becomes of them, and
    remove them."""
    name = f"probe/{os.urandom(16).hex()}"
    tried = [_try("gives back what it was given", lambda: _gives_back(objects.bucket, name))]
    if tried[0].is_kept:
        tried.append(_try("put if absent (If-None-Match)", lambda: _puts_if_absent(objects.bucket, name)))
        tried.append(_try("put if unchanged (If-Match)", lambda: _puts_if_match(objects.bucket, name)))
        tried.append(_try("what was removed is gone", lambda: _removes(objects, name)))
    with suppress(StoreAway):
        objects.remove(name)
    return tried


def _try(what: str, attempt: Callable[[], str]) -> ProbedProperty:
    from obstore.exceptions import BaseError

    try:
        instead = attempt()
    except (BaseError, OSError) as error:
        instead = f"it says: {describe_error(error)}"
    except StoreAway:
        instead = "it does not answer as it should"
    return ProbedProperty(what, not instead, instead)


def _gives_back(bucket: Any, name: str) -> str:
    import obstore

    large = os.urandom(64) * (_PART_BYTES // 64) + b"and a second part"
    for content in (b"small", large):
        with obstore.open_writer(bucket, name, buffer_size=_PART_BYTES) as sent:
            sent.write(content)
        if b"".join(map(bytes, obstore.get(bucket, name).stream())) != content:
            return "it gives back other bytes"
    return ""


def _puts_if_absent(bucket: Any, name: str) -> str:
    import obstore
    from obstore.exceptions import AlreadyExistsError

    obstore.put(bucket, name, b"first")
    with suppress(AlreadyExistsError):
        obstore.put(bucket, name, b"second", mode="create")
        return "it puts the second over the first"
    return "" if bytes(obstore.get(bucket, name).bytes()) == b"first" else "it refuses the second, and keeps it"


def _puts_if_match(bucket: Any, name: str) -> str:
    import obstore
    from obstore.exceptions import PreconditionError

    before = _version(obstore.put(bucket, name, b"first"))
    newer = _version(obstore.put(bucket, name, b"second"))
    with suppress(PreconditionError):
        obstore.put(bucket, name, b"third", mode=before)
        return "it puts an object over one that is newer"
    obstore.put(bucket, name, b"third", mode=newer)
    return (
        "" if bytes(obstore.get(bucket, name).bytes()) == b"third" else "it takes the right one, and does not keep it"
    )


def _version(result: Any) -> Any:
    """Return what names this version; the library does not take its own None back."""
    return {name: value for name, value in result.items() if value is not None}


def _removes(objects: Objects, name: str) -> str:
    import obstore

    obstore.delete(objects.bucket, name)
    if objects.has(name):
        return "it still has it"
    listed = {found["path"] for batch in obstore.list(objects.bucket, prefix="probe") for found in batch}
    return "it still lists it" if name in listed else ""
