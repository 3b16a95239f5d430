"""A web process of a new release beside a database that is not migrated to it yet."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.running.conftest import a_free_port, environment_of, wait_for


@pytest.fixture
def web(tmp_path):
    """A web process with an empty database of its own: its port, its environment and its log."""
    port, environment = a_free_port(), environment_of(tmp_path / "data") | {"TIDEGATE_LOG_FORMAT": "json"}
    command = [sys.executable, "-m", "tidegate.cli.main", "web", "--port", str(port), "--processes", "2"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)
        try:
            yield port, environment, tmp_path / "log"
        finally:
            process.terminate()
            process.wait(timeout=200)


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def count_of(text: str, page: str) -> float:
    found = re.search(
        rf'^tidegate_requests_total{{method="GET",page="{page}",status="200"}} (\S+)$', text, re.MULTILINE
    )
    return float(found[1]) if found else 0.0


def objects_of(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_web_processes_wait_for_the_migration_and_count_and_log_together(web):
    port, environment, log = web
    wait_for(lambda: ask(port, "/healthz")[0] == 200, "the web process lives")
    assert ask(port, "/readyz") == (503, "The database is not at this release yet: run tidegate migrate\n")
    assert ask(port, "/sign-in/")[0] == 503
    subprocess.run([sys.executable, "-m", "tidegate.cli.main", "migrate"], env=environment, check=True, timeout=120)
    wait_for(lambda: ask(port, "/readyz")[0] == 200, "the web process is ready")
    wait_for(lambda: {ask(port, "/sign-in/")[0] for _ in range(4)} == {200}, "both processes are open")
    before = count_of(ask(port, "/metrics")[1], "account_login")
    assert all(ask(port, "/sign-in/")[0] == 200 for _ in range(6))
    # what is counted is told a moment after the answer, whichever process has given it
    wait_for(lambda: count_of(ask(port, "/metrics")[1], "account_login") >= before + 6, "All are counted")
    answered = [said for said in objects_of(log) if said.get("page") == "account_login" and said["status"] == 200]
    assert len({said["request_id"] for said in answered}) == len(answered) >= 6
