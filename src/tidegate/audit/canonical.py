"""The canonical text of an event and of a seal: what the chain of the audit log is made from.

It is JSON in UTF-8 with sorted keys and without spaces. Texts are as stored; times are in UTC, as
`2026-11-27T15:04:05.123456+00:00`, always with six digits; IDs are numbers; what is missing is null. A new column of
the event comes with a new form and joins the text from that form on; what was sealed in an older form is read in it.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

FORM = 1
BEFORE_THE_FIRST = "0" * 64
"""What the first seal is chained to."""
DIGEST_BYTES = 32
REMOVED = bytes(DIGEST_BYTES)
"""Stands for the digest of an event that was gone before it could be sealed."""
COLUMNS = {
    1: (
        "id", "at", "act", "person_id", "person_email", "organization_id", "school_year", "subject_kind", "subject_id",
        "details", "address", "user_agent", "request_id",
    )
}  # fmt: skip
"""The columns of the text, by form."""


def event_digest(values: Sequence[Any], form: int) -> bytes:
    """Return the SHA-256 of an event's canonical text; `values` are those of the form's columns, in their order."""
    return hashlib.sha256(_canonical(dict(zip(COLUMNS[form], values, strict=True)))).digest()


def seal_sha256(before: str, **seal: Any) -> str:
    """Return the SHA-256, as hex, of the seal before it (as 32 bytes) and this seal's canonical text."""
    return hashlib.sha256(bytes.fromhex(before) + _canonical(seal)).hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_text)
    return text.encode()


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
