"""A secret is made once, however many begin at the same instant."""

import secrets
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tidegate.core.secret_file import get_or_create_secret


def test_all_who_begin_at_the_same_instant_get_the_same_whole_secret(tmp_path):
    path, together = tmp_path / "secret", Barrier(8)

    def make():
        time.sleep(0.02)
        return secrets.token_hex(1000)

    def ask(_):
        together.wait()
        return get_or_create_secret(path, make)

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(ask, range(8)))
    assert found == {path.read_text()}
    assert len(path.read_text()) == 2000
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_nobody_but_its_owner_can_read_it_and_it_stays_the_same(tmp_path):
    path = tmp_path / "secret"
    assert get_or_create_secret(path, lambda: "first") == get_or_create_secret(path, lambda: "second") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_left_where_a_secret_could_not_be_made(tmp_path):
    def make():
        raise ValueError("no secret")

    with pytest.raises(ValueError, match="no secret"):
        get_or_create_secret(tmp_path / "secret", make)
    assert list(tmp_path.iterdir()) == []
