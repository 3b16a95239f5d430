"""Settings come from the environment, with their types, and secrets also from files."""

import os
import re
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.forked_command import run_command, run_python
from tidegate.project.database import connection_settings
from tidegate.project.environment import env_bool, env_int, env_list, env_str
from tidegate.project.secret_key import ensure_secret_key, read_secret_key

_NUMBER = re.compile(r'env_int\(\s*"(\w+)"')
_NUMBERS = {
    name: path
    for path in sorted((Path(__file__).parents[2] / "src/tidegate/project").glob("*settings.py"))
    for name in _NUMBER.findall(path.read_text("utf-8"))
}
"""Each setting that is a number, and the module that reads it."""


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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "TIDEGATE_KEEP_FILES_DAYS",
            "-1",
            "TIDEGATE_KEEP_FILES_DAYS is -1; it must be a whole number, from 0 to 36,500.",
        ),
        (
            "TIDEGATE_IDLE_DAYS",
            "4000000",
            "TIDEGATE_IDLE_DAYS is 4000000; it must be a whole number, from 0 to 36,500.",
        ),
        ("TIDEGATE_HOLD_PERCENT", "101", "TIDEGATE_HOLD_PERCENT is 101; it must be a whole number, from 0 to 100."),
        ("TIDEGATE_SIGN_IN_TRIES", "0", "TIDEGATE_SIGN_IN_TRIES is 0; it must be a whole number, at least 1."),
        ("TIDEGATE_TIME_ZONE", "Eastern", "TIDEGATE_TIME_ZONE is no time zone that this machine knows"),
        ("TIDEGATE_LOG_LEVEL", "LOUD", "TIDEGATE_LOG_LEVEL is none of debug, info, warning, error, critical"),
    ],
)
def test_a_setting_that_makes_no_sense_ends_the_command_by_its_name(tmp_path, name, value, said):
    home = {"TIDEGATE_DATA_DIR": str(tmp_path), "TIDEGATE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    run = run_command(["apply-retention"], env={**os.environ, **home, name: value})
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"A setting is wrong. {said}"), run.stderr


@pytest.mark.parametrize("number", sorted(_NUMBERS))
def test_no_setting_takes_a_negative_number(monkeypatch, number):
    monkeypatch.setenv(number, "-1")
    with pytest.raises(ImproperlyConfigured, match=f"{number} is -1; it must be a whole number, "):
        runpy.run_path(str(_NUMBERS[number]))


@pytest.mark.parametrize(("said", "level"), [("WARN", "WARNING"), ("fatal", "CRITICAL"), ("NOTSET", "DEBUG")])
def test_a_log_level_may_have_another_word_of_python(tmp_path, said, level):
    code = "from tidegate.project.settings import LOGGING; print(LOGGING['root']['level'])"
    home = {"TIDEGATE_DATA_DIR": str(tmp_path), "TIDEGATE_LOG_LEVEL": said}
    run = run_python(code, env={**os.environ, **home})
    assert run.stdout == f"{level}\n", run.stderr


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
