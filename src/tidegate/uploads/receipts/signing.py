"""Signs receipts with Ed25519 and checks them; needs neither the database nor the network."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from tidegate.core.errors import Refusal


def new_private_key() -> str:
    """Return a new private key as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key_of(private_pem: str) -> str:
    """Return the public key as PEM, which is published."""
    return _private(private_pem).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def sign(receipt: Mapping[str, Any], private_pem: str) -> dict[str, Any]:
    """Return the signed document: `receipt`, `signature` (base64, over the canonical JSON of `receipt`), `key_id`."""
    signature = _private(private_pem).sign(canonical(receipt))
    public = load_pem_public_key(public_key_of(private_pem).encode())
    return {"receipt": dict(receipt), "signature": base64.b64encode(signature).decode(), "key_id": key_id(public)}


def sign_bytes(content: bytes, private_pem: str) -> bytes:
    """Return the signature (64 bytes) over the content."""
    return _private(private_pem).sign(content)


def is_signed(document: Mapping[str, Any], public_pem: str) -> bool:
    """Whether the document was signed by the owner of the key and has not been changed since."""
    try:
        signature, public = base64.b64decode(document["signature"], validate=True), public_key(public_pem)
        public.verify(signature, canonical(document["receipt"]))
    except (InvalidSignature, KeyError, TypeError, ValueError):  # also letters that are none
        return False
    # base64 leaves bits of the last letter unread: only the one text of the signature is it
    return bool(document["key_id"] == key_id(public)) and base64.b64encode(signature).decode() == document["signature"]


def canonical(receipt: object) -> bytes:
    """Return the bytes that are signed: JSON with sorted keys, without spaces, in UTF-8."""
    return json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_id(public: Any) -> str:
    """Return the first 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_key(pem: str) -> Ed25519PublicKey:
    """Return the public key; a Refusal where the text holds none."""
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise _no_key() from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key()
    return key


def _private(pem: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise _no_key() from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key()
    return key


def _no_key() -> Refusal:
    return Refusal("This is no Ed25519 key in PEM", fix="Name the key that signs the receipts", code="RECEIPT_KEY")
