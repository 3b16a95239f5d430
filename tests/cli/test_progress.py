"""`tidegate check --full-log` says how far it is."""

import os
import pty
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tidegate.cli import progress
from tidegate.cli.main import app
from tidegate.file_types import find

CASE = find("cte").folder / "cases" / "the_guides_two_errors"
CHECK = ["check", str(CASE / "upload.csv"), "--file-type", "cte", "--school-year", "2020-2021", "--reference"]


def test_a_long_log_says_now_and_then_how_many_findings_are_written(capsys):
    lines = list(progress.with_progress(range(600_000), 600_000, "Full log"))
    assert lines == list(range(600_000))
    assert capsys.readouterr().err.splitlines() == [
        "Full log: 250,000 of 600,000 findings are written",
        "Full log: 500,000 of 600,000 findings are written",
    ]


def test_a_short_log_says_nothing(capsys):
    assert list(progress.with_progress(iter("ab"), 2, "Full log")) == ["a", "b"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["log.xlsx", "log.csv"])
def test_a_check_says_how_far_its_full_log_is(name, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "_MIN_LINES_SHOWN", 2)
    monkeypatch.setattr(progress, "_LINES_PER_MESSAGE", 1)
    run = CliRunner().invoke(app, [*CHECK, str(CASE / "reference"), "--full-log", str(tmp_path / name)])
    assert "Full log: 1 of 2 findings are written" in run.stderr
    assert (tmp_path / name).stat().st_size > 0


def test_a_terminal_shows_a_bar():
    ours, theirs = pty.openpty()
    code = (
        "from tidegate.cli.progress import with_progress\n"
        "for number in with_progress(range(60_000), 60_000, 'Full log'): pass"
    )
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    subprocess.run([sys.executable, "-c", code], stderr=theirs, env=environment, check=True)
    shown = os.read(ours, 100_000)
    os.close(theirs)
    os.close(ours)
    assert b"of 60,000 findings are written" in shown
