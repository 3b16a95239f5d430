"""Digests of what was frozen, and of its numbers."""

import hashlib
import json
from collections.abc import Iterable, Sequence


def digest_of(pieces: Iterable[bytes]) -> str:
    """Return the SHA-256 of what comes in pieces, as 64 hex digits."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def digest_of_numbers(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 of rows in whatever order, as 64 hex digits: each as compact JSON, sorted, a line each."""
    lines = sorted(json.dumps(row, separators=(",", ":")) for row in rows)
    return digest_of(["\n".join(lines).encode()])
