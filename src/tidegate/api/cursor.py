"""A cursor: where the next page of a list begins that gets shorter while a program works it off."""

from typing import Annotated

from django.core import signing
from ninja import Query

from tidegate.core.errors import Refusal

Cursor = Annotated[
    str,
    Query(max_length=500, description="The `next_cursor` of the page before, which holds while the list gets shorter"),
]


def cursor_of(name: str, *parts: str | int) -> str:
    """Return the cursor of a place in the list of that name. It is signed, and `parts` can be read in it: they go into
    addresses, which stand in logs."""
    return signing.dumps(list(parts), salt=_salt(name))


def parts_of(name: str, cursor: str) -> list[str | int]:
    """Return the parts of a cursor of the list. A Refusal where it is none."""
    try:
        found: list[str | int] = signing.loads(cursor, salt=_salt(name))
    except signing.BadSignature:
        raise no_place() from None
    return found


def no_place() -> Refusal:
    """Return what is said where a cursor leads nowhere."""
    return Refusal("There is no such place in the list", fix="Begin again without a cursor", code="CURSOR")


def _salt(name: str) -> str:
    return f"cursor of {name}"
