"""The key that signs sessions: made once, in the data folder, where the environment has none."""

import secrets
from pathlib import Path

from tidegate.core.errors import Refusal
from tidegate.core.secret_file import get_or_create_secret

_FILE = "secret-key"


def ensure_secret_key(data_dir: Path) -> None:
    """Make the key file if there is none; nobody but its owner can read it. A Refusal where the folder is none that
    may be written to."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        get_or_create_secret(data_dir / _FILE, lambda: secrets.token_urlsafe(50))
    except OSError:
        raise Refusal(
            f"The data folder {data_dir} cannot be used",
            fix="Set TIDEGATE_DATA_DIR to a folder that you may write to",
            code="DATA_DIR",
        ) from None


def read_secret_key(data_dir: Path) -> str:
    """Return the key, blank where there is none."""
    try:
        return (data_dir / _FILE).read_text("utf-8")
    except OSError:
        return ""
