"""Settings come from the environment, with their types, and secrets also from files."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.forked_command import run_command
from tidegate.project.database import connection_settings
from tidegate.project.environment import env_bool, env_int, env_list, env_str
from tidegate.project.secret_key import ensure_secret_key, read_secret_key


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv("TIDEGATE_X_FILE", str(tmp_path / "secret"))
    assert env_str("TIDEGATE_X", "", "x") == "hush"


@pytest.mark.parametrize(
    ("name", "command", "content"),
    [
        ("TIDEGATE_STORE_KEY", ["doctor"], b"\xff\xfe"),
        ("TIDEGATE_SECRET_KEY", ["migrate"], None),
        ("TIDEGATE_DATABASE_URL", ["state-hash"], None),
    ],
)
def test_a_secret_file_that_cannot_be_read_is_named(tmp_path, name, command, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    database = {} if name == "TIDEGATE_DATABASE_URL" else {"TIDEGATE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    home = {"TIDEGATE_DATA_DIR": str(tmp_path / "data")}
    run = run_command(command, env={**os.environ, **home, **database, f"{name}_FILE": str(file)})
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"A setting is wrong. {name}_FILE names a file that cannot be read.\n")


@pytest.mark.parametrize(("text", "meant"), [("yes", True), ("TRUE", True), ("0", False), ("off", False)])
def test_yes_and_no_are_understood_in_several_words(monkeypatch, text, meant):
    monkeypatch.setenv("TIDEGATE_X", text)
    assert env_bool("TIDEGATE_X", default=not meant, meaning="x") is meant


def test_what_is_neither_yes_nor_no_nor_a_number_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("TIDEGATE_X", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="TIDEGATE_X is neither yes nor no"):
        env_bool("TIDEGATE_X", default=True, meaning="x")
    with pytest.raises(ImproperlyConfigured, match="TIDEGATE_X is not a whole number"):
        env_int("TIDEGATE_X", 1, "x")


def test_lists_have_commas(monkeypatch):
    monkeypatch.setenv("TIDEGATE_X", "a.example, b.example,")
    assert env_list("TIDEGATE_X", "", "x") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("url", "name", "host", "port"),
    [
        ("postgresql://me:pw@db.example:5433/state?sslmode=require", "state", "db.example", "5433"),
        ("postgresql://postgres:@/tidegate?host=/run/pg", "tidegate", "/run/pg", ""),
    ],
)
def test_a_database_url_is_whatever_libpq_understands(url, name, host, port):
    settings = connection_settings(url)
    assert (settings["NAME"], settings["HOST"], settings["PORT"]) == (name, host, port)
    assert settings["OPTIONS"] == ({"sslmode": "require"} if "sslmode" in url else {})


def test_the_secret_key_is_made_once_and_only_for_its_owner(tmp_path):
    assert read_secret_key(tmp_path) == ""
    ensure_secret_key(tmp_path)
    key = read_secret_key(tmp_path)
    ensure_secret_key(tmp_path)
    assert len(key) > 50
    assert read_secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
