"""What `tidegate serve` looks after is started again when it is killed: the web process and the embedded server."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tests.running.conftest import environment_of, wait_for


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


def test_an_embedded_database_that_is_killed_is_started_again(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tidegate.cli.main", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment_of(tmp_path / "data"))
    pid_file = tmp_path / "data" / "postgres" / "postmaster.pid"

    def postmaster() -> int:
        return int(pid_file.read_text().splitlines()[0])

    def is_well() -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/file-types", headers={"Authorization": "Bearer tg_x"})
        except httpx.TransportError:
            return False
        return answer.status_code == 401  # it has looked into the database

    try:
        wait_for(is_well, "The site answers")
        killed = postmaster()
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not is_well(), "The database is away")
        wait_for(is_well, "The site answers again")
        assert postmaster() != killed
    finally:
        server.terminate()
        server.wait(timeout=60)
