"""Keeps a secret in a file: made once, however many processes begin at the same instant."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def get_or_create_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret that the file holds.

    If there is no file, one is written with what `make` returns, readable by its owner alone.
    """
    # The file gets its name only once it is whole, so that no process reads half a secret.
    if not path.exists():
        handle, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # for its owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(make())
                file.flush()
                os.fsync(handle)
            os.link(written, path)
        except FileExistsError:
            pass  # another process was faster: its secret is the one
        finally:
            Path(written).unlink()
    return path.read_text("utf-8")
