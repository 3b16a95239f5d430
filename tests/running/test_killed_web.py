"""A web process that is killed is started again, and leaves nobody behind that listens."""

import os
import signal
import socket
from pathlib import Path

from tests.running.conftest import wait_for


def children_of(pid: int) -> dict[str, int]:
    """The commands of tidegate that the process has started, by their name."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_text().split("\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and "tidegate.cli.main" in words:
            found[words[words.index("tidegate.cli.main") + 1]] = int(folder.name)
    return found


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_web_process_that_is_killed_is_started_again_and_the_port_is_free_in_the_end(system):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = system.start("serve", "--port", str(port))
    try:
        wait_for(lambda: is_listening(port), "The site listens")
        killed = children_of(server.pid)["web"]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: children_of(server.pid).get("web", killed) != killed, "Another web process is there")
        again = children_of(server.pid)["web"]
        wait_for(lambda: is_listening(port), "The site listens again")
        assert children_of(server.pid)["web"] == again, "It has not failed over the port"
    finally:
        server.terminate()
        server.wait(timeout=60)
    assert not is_listening(port)
