"""Encrypts secrets that the database keeps, with a key that is drawn from TIDEGATE_SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class OtherKey(Exception):
    """The secret was stored under another TIDEGATE_SECRET_KEY, or is damaged."""


def encrypt(text: str, *, purpose: str) -> str:
    """Return the text as it is stored. Each purpose has a key of its own, so that no stored secret passes for one of
    another kind."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(stored: str, *, purpose: str) -> str:
    """Return the text that was stored; OtherKey where it was encrypted with another key."""
    try:
        return _cipher(purpose).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise OtherKey from None


def _cipher(purpose: str) -> Fernet:
    digest = hashlib.sha256(f"tidegate {purpose} ".encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
