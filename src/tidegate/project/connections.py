"""The network connections of this process, as far as the web server leaves us in want of something.

The server has no bound for somebody who reads nothing of an answer, and no way to break an answer off: what is left out
would look like the end. Both are done on the connection itself.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OPEN_FILES = Path("/dev/fd")


def limit_silent_readers(*, port: int, seconds: float) -> None:
    """Have the kernel end every connection to the port whose reader takes nothing for so long. New connections have it
    from the socket that listens."""
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return  # not Linux
    for connection in _connections():
        with connection, suppress(OSError):
            if connection.getsockname()[1] == port:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


def cut(*, client: tuple[str, int]) -> None:
    """End the connection with a client at once, so that half an answer is not taken for a whole one."""
    for connection in _connections():
        with connection, suppress(OSError):
            if connection.getpeername()[:2] == client:
                connection.shutdown(socket.SHUT_RDWR)


def _connections() -> Iterator[socket.socket]:
    """Yield every TCP socket of this process, each as a copy to be closed."""
    for path in list(_OPEN_FILES.iterdir()):
        with suppress(OSError):  # closed meanwhile
            if path.is_socket():
                found = socket.socket(fileno=os.dup(int(path.name)))
                if found.family in (socket.AF_INET, socket.AF_INET6):
                    yield found
                else:
                    found.close()
