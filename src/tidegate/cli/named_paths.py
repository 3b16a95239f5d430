"""Looks at the paths that a person has named, before a command does its work for them."""

import os
from collections.abc import Callable
from pathlib import Path

from tidegate.core.errors import Refusal


def refuse_no_file(path: Path, *, what: str = "file") -> None:
    """Raise a Refusal where there is no file of that path: a command reads it more than once."""
    if not _asked(path.is_file):
        raise Refusal("There is no such file", fix=f"Check the path of the {what}", code="NO_FILE")


def refuse_unreadable(path: Path) -> None:
    """Raise a Refusal where the path cannot be read, be it a file or a pipe."""
    if _asked(path.is_dir) or not os.access(path, os.R_OK):
        raise Refusal(f"{path} cannot be read", fix="Check the path of the file", code="PATH")


def refuse_unwritable(path: Path) -> None:
    """Raise a Refusal where no file can be written there: its folder is not there, or it is a folder itself."""
    written = path if os.access(path, os.F_OK) else path.parent
    if _asked(path.is_dir) or not _asked(path.parent.is_dir) or not os.access(written, os.W_OK):
        raise Refusal(
            f"{path} cannot be written", fix="Name a file in a folder that is there and may be written to", code="PATH"
        )


def refuse_unwritable_folder(path: Path) -> None:
    """Raise a Refusal where files cannot be written into the folder, which may have to be made with those above it."""
    there = next((each for each in (path, *path.absolute().parents) if os.access(each, os.F_OK)), path)
    if not _asked(there.is_dir) or not os.access(there, os.W_OK | os.X_OK):
        raise Refusal(f"{path} cannot be written", fix="Name a folder that you may write to", code="PATH")


def _asked(look: Callable[[], bool]) -> bool:
    """Return what the path says of itself; no, where it is in a folder that may not be looked into."""
    try:
        return look()
    except OSError:
        return False
