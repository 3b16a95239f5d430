"""A school year that is closed while files arrive: each file is either received before, or refused."""

import subprocess
import sys

import psycopg
import pytest

from tests.running.conftest import SEND, wait_for

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
RECEIVE = "SELECT closed_at FROM reference_schoolyear WHERE first = 2020 FOR SHARE"
CLOSE = "UPDATE reference_schoolyear SET closed_at = now() WHERE first = 2020"
REOPEN = "UPDATE reference_schoolyear SET closed_at = NULL WHERE first = 2020"
UPLOADS = "SELECT count(*) FROM uploads_upload"
CLOSED = "SELECT closed_at IS NOT NULL FROM reference_schoolyear WHERE first = 2020"


@pytest.fixture
def year(system):
    """Open the year again afterwards: other tests send files for it."""
    yield
    system.connection.execute(REOPEN)


def is_waiting(system) -> bool:
    return system.ask(WAITING)[0] >= 1


def test_who_closes_a_year_waits_for_who_is_sending(system, year):
    with psycopg.connect(system.url) as sender:
        sender.execute(RECEIVE)
        closing = system.start("close-year", "2020-2021", "--yes")
        wait_for(lambda: is_waiting(system), "The command waits for the sender")
        assert system.ask(CLOSED) == (False,)
        sender.commit()
    assert closing.wait(timeout=60) == 0
    assert system.ask(CLOSED) == (True,)


def test_who_sends_while_a_year_is_closed_is_refused_then(system, year):
    before = system.ask(UPLOADS)
    with psycopg.connect(system.url) as closing:
        closing.execute(CLOSE)
        command = [sys.executable, "-c", SEND, str(system.data_dir / "demo-files" / "cte.csv"), "cte"]
        sending = subprocess.Popen(
            [*command, "rockstar@demo.example"], env=system.environment, stderr=subprocess.PIPE, text=True
        )
        wait_for(lambda: is_waiting(system), "The sender waits for who closes")
        closing.commit()
    said = sending.communicate(timeout=60)[1]
    assert (sending.returncode, system.ask(UPLOADS)) == (1, before)
    assert "The school year 2020-2021 was closed on" in said
