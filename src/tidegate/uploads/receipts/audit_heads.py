"""Signs every day what the chain of the audit log has come to, and writes it outside of the database, too."""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tidegate.audit.models import Head, Seal
from tidegate.core.errors import Refusal
from tidegate.uploads.receipts.receipt import private_key
from tidegate.uploads.receipts.signing import canonical, key_id, public_key, public_key_of, sign_bytes

_PURPOSE = "tidegate audit log"
# How many days' heads are written where the folder lacks them: a machine may have been away.
_DAYS_WRITTEN = 30


def head_of_now() -> dict[str, Any]:
    """Return the signed head: what the chain comes to now. A Refusal where nothing is sealed yet."""
    seal = Seal.objects.order_by("-number").only("number", "sha256", "event_count", "at").first()
    if seal is None:
        raise Refusal("No event is sealed yet", fix="A worker seals them within a minute: start one (tidegate worker)")
    head = {
        "purpose": _PURPOSE,
        "seal": seal.number,
        "sha256": seal.sha256,
        "event_count": seal.event_count,
        "sealed_at": seal.at.isoformat(),
    }
    private_pem = private_key()
    signature = base64.b64encode(sign_bytes(canonical(head), private_pem)).decode()
    return {"head": head, "signature": signature, "key_id": key_id(public_key(public_key_of(private_pem)))}


def keep_head_of_today() -> None:
    """Sign the head of this day (UTC) where there is none yet, and write what the folder lacks of the last days."""
    today = timezone.now().date()
    if Seal.objects.exists() and not Head.objects.filter(day=today).exists():
        with transaction.atomic():
            Head.objects.get_or_create(day=today, defaults={"document": head_of_now()})
    folder = Path(settings.TIDEGATE_AUDIT_HEADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for head in Head.objects.order_by("-day")[:_DAYS_WRITTEN]:
        path = folder / f"{head.day.isoformat()}.json"
        if not path.exists():
            _write(path, in_json(head.document))


def in_json(document: Mapping[str, Any]) -> str:
    """Return the signed head as it is written into a file."""
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def known_heads() -> list[tuple[str, Any]]:
    """Return name and document of each head that the database and the folder have."""
    folder = Path(settings.TIDEGATE_AUDIT_HEADS_DIR)
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    kept = [(f"The head of {head.day} in the database", head.document) for head in Head.objects.order_by("day")]
    return kept + [(f"The head {path.name}", _read(path)) for path in files]


def read_head(path: Path) -> Any:
    """Return the head that the file holds; a Refusal where there is no such file or it holds none."""
    if not path.is_file():
        raise Refusal("There is no such file", fix="Check the path of the file", code="NO_FILE")
    document = _read(path)
    if document is None:
        raise Refusal("This is no head of an audit log", fix="Name a file of the folder audit-heads", code="NO_HEAD")
    return document


class SealRef(NamedTuple):
    """The seal that a head was signed for: its number and its hash."""

    number: int
    sha256: str


def seal_of(document: Any, public_pem: str) -> SealRef | None:
    """Return the seal that the head was signed for; None where it was not signed with the key."""
    try:
        head = document["head"]
        signature = base64.b64decode(document["signature"], validate=True)
        public_key(public_pem).verify(signature, canonical(head))
        return SealRef(int(head["seal"]), str(head["sha256"])) if head["purpose"] == _PURPOSE else None
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return None


def _read(path: Path) -> Any:
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return None
    return document if isinstance(document, dict) and isinstance(document.get("head"), dict) else None


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all; another process that does it at the same time writes the same."""
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
