"""`tidegate submit` against a running site, with a token."""

import subprocess
import sys

import pytest

from tests.running.conftest import environment_of, wait_for

URL = "http://127.0.0.1:{port}"


def tidegate(*arguments: object, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidegate.cli.main", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture(scope="module")
def site(system, free_port):
    """A running site with a worker; the environment in which a program submits to it."""
    sau = system.ask("SELECT id FROM reference_organization WHERE name = 'Rock Star Public Schools'")[0]
    made = tidegate(
        "add-token", "rockstar@demo.example", "--organization", sau, "--name", "SIS", environment=system.environment
    )
    server = system.start("serve", "--port", str(free_port))
    environment = {
        **environment_of(system.data_dir),
        "TIDEGATE_URL": URL.format(port=free_port),
        "TIDEGATE_TOKEN": made.stdout.split()[-1],
        "SAU": str(sau),
    }
    probe = [sys.executable, "-c", f"import httpx; httpx.get('{environment['TIDEGATE_URL']}/sign-in/')"]
    wait_for(lambda: subprocess.run(probe, capture_output=True, check=False).returncode == 0, "The site answers")
    yield environment
    server.terminate()
    server.wait()


def submit(site, system, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    path = system.data_dir / "demo-files" / name
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--organization", site["SAU"])
    return tidegate("submit", path, *needed, *more, environment=site)


def test_a_good_file_is_sent_and_its_log_printed(site, system):
    run = submit(site, system, "cte.csv", "--wait")
    assert (run.returncode, run.stdout) == (0, "CTE Import Error Log\nAll Records completed successfully\n")


def test_findings_end_with_1_as_a_check_does(site, system):
    run = submit(site, system, "cte_two_errors.csv", "--wait", "--check-only")
    assert run.returncode == 1
    assert 'Unable to resolve CTE Code ""43""' in run.stdout
    assert "Row Count 25   Success Count 23   Error 2" in run.stderr


def test_a_bad_token_ends_with_2_and_a_sentence(site, system):
    run = submit({**site, "TIDEGATE_TOKEN": "tg_nothing"}, system, "cte.csv")
    assert run.returncode == 2
    assert "The token is missing, unknown, revoked or at its end" in run.stderr
