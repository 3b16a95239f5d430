"""Signs whole files, byte by byte: a JSON document in its one form, and a file that has its signature at its end.

Needs neither the database nor the network.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature

from tidegate.uploads.receipts.signing import canonical, key_id, public_key, public_key_of, sign_bytes

CERTIFICATE = "certificate"
"""What a document of a snapshot's certificate calls its content."""
_TRAILER = "%tidegate-signature: {key_id} {signature}\n"


def sign_document(name: str, content: Mapping[str, Any], private_pem: str) -> dict[str, Any]:
    """Return the signed document: the content under its name, `signature` (base64, over the canonical JSON of the
    content) and `key_id`."""
    signature = sign_bytes(canonical(content), private_pem)
    return {
        name: dict(content),
        "signature": base64.b64encode(signature).decode(),
        "key_id": key_id(public_key(public_key_of(private_pem))),
    }


def as_signed_text(document: Mapping[str, Any]) -> bytes:
    """Return the one form in which a signed document is handed out: canonical JSON and a line feed."""
    return canonical(document) + b"\n"


def content_of_document(text: bytes, name: str, public_pem: str) -> dict[str, Any] | None:
    """Return what a signed text says; None where a byte of it was altered or another key has signed it."""
    try:
        document = json.loads(text)
        content = document[name]
        signature = base64.b64decode(document["signature"], validate=True)
        public = public_key(public_pem)
        public.verify(signature, canonical(content))
    except (InvalidSignature, KeyError, TypeError, ValueError):  # also letters that are none
        return None
    # The signature is over the content alone: the rest of the bytes must be those that we would have written.
    whole = {name: content, "signature": base64.b64encode(signature).decode(), "key_id": key_id(public)}
    return content if isinstance(content, dict) and as_signed_text(whole) == text else None


def with_signature(content: bytes, private_pem: str) -> bytes:
    """Return a file with a last line that has the signature over all before it. A PDF may have one: to a reader it is
    a comment after the end."""
    before = content if content.endswith(b"\n") else content + b"\n"
    return before + _trailer(sign_bytes(before, private_pem), public_key(public_key_of(private_pem)))


def is_file_signed(content: bytes, public_pem: str) -> bool:
    """Whether the file ends with a signature over all of it, and no byte was altered since."""
    public = public_key(public_pem)
    before, last = content[: (end := content.rfind(b"\n", 0, -1) + 1)], content[end:]
    try:
        signature = base64.b64decode(last.split(b" ")[-1].strip(), validate=True)
        public.verify(signature, before)
    except (InvalidSignature, ValueError):
        return False
    return last == _trailer(signature, public)


def _trailer(signature: bytes, public: Any) -> bytes:
    return _TRAILER.format(key_id=key_id(public), signature=base64.b64encode(signature).decode()).encode()
