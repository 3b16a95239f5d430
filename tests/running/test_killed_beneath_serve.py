"""What `tidegate serve` looks after is started again when it is killed: the web process and the embedded server."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.ready_database import lay_ready_database
from tests.running.conftest import a_free_port, environment_of, family_of, is_alive, wait_for


def children_of(pid: int) -> dict[str, int]:
    """The commands of tidegate that the process has started, by their name; that for small uploads is `small`."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_text().split("\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and "tidegate.cli.main" in words:
            name = "small" if "small" in words else words[words.index("tidegate.cli.main") + 1]
            found[name] = int(folder.name)
    return found


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_web_process_that_is_killed_is_started_again_and_the_port_is_free_in_the_end(system):
    port = a_free_port()
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
        server.wait(timeout=200)
    assert not is_listening(port)


@pytest.mark.parametrize("command", [["serve"], ["web", "--processes", "2"]])
def test_what_is_killed_leaves_nothing_behind_that_keeps_the_port(system, command):
    port = a_free_port()
    # by its address, so that the embedded server is not the killed one's to stop
    server = system.start(*command, "--port", str(port), TIDEGATE_DATABASE_URL=system.url)
    try:
        wait_for(lambda: is_listening(port), "The site listens")
        wait_for(lambda: len(family_of(server.pid)) > 2, "It has started its processes")
        family = family_of(server.pid)
    finally:
        server.kill()
        server.wait()
    wait_for(lambda: not any(map(is_alive, family)), "All that it has started end")
    wait_for(lambda: not is_listening(port), "The port is free")


def test_one_of_two_web_processes_that_is_killed_ends_nobody_else(system):
    server = system.start("web", "--port", str(a_free_port()), "--processes", "2")
    try:
        wait_for(lambda: len(family_of(server.pid)) == 3, "Both are there")
        killed = family_of(server.pid)[1]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: not is_alive(killed), "One is gone")
        wait_for(lambda: len([pid for pid in family_of(server.pid) if is_alive(pid)]) == 3, "Another one is there")
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait(timeout=200)


@pytest.mark.rounds(minutes=5)
def test_an_embedded_database_that_is_killed_with_the_worker_is_started_again(tmp_path, rounds):
    port = a_free_port()
    command = [sys.executable, "-m", "tidegate.cli.main", "serve", "--port", str(port)]
    lay_ready_database(tmp_path / "data")
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
        for _ in rounds(range(20), [0]):
            time.sleep(random.random())
            # one that was started while the database came back may have ended, and is started again
            wait_for(lambda: "worker" in children_of(server.pid), "A worker is there")
            killed, worker = postmaster(), children_of(server.pid).get("worker")
            for pid in filter(None, (worker, killed)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not is_well(), "The database is away")
            began = time.monotonic()
            wait_for(lambda worker=worker: children_of(server.pid).get("worker", worker) != worker, "A worker is there")
            wait_for(is_well, "The site answers again")
            assert postmaster() != killed
            assert server.poll() is None
            sys.stderr.write(f"killed with the database: back after {time.monotonic() - began:.1f} s\n")
    finally:
        server.terminate()
        server.wait(timeout=200)
