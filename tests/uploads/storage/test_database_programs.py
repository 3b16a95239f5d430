"""Which of PostgreSQL's programs on a machine is run."""

import os

import pytest

from tidegate.uploads.storage.database_programs import find_program

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "content", ["#!/bin/sh\necho 'Error: You must install postgresql-client-<version>' >&2\nexit 1\n", "no program"]
)
def test_a_program_that_cannot_be_run_is_passed_over(tmp_path, monkeypatch, content):
    broken = tmp_path / "pg_dump"
    broken.write_text(content)
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert find_program("pg_dump") != str(broken)
