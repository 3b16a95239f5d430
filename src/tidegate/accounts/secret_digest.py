"""The digest under which a secret is stored: of a token, or of a link that lets somebody in."""

import hashlib


def secret_digest(secret: str) -> str:
    """Return the SHA-256 of a secret that was made here."""
    return hashlib.sha256(secret.encode()).hexdigest()  # the secret is random and long; no slow hash is needed
