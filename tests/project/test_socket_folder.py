"""The embedded PostgreSQL's socket has a short and plain path, whatever the data folder's is."""

import os
import tempfile
from pathlib import Path

import pytest

from tidegate.core.errors import Refusal
from tidegate.project import socket_folder as places
from tidegate.project.socket_folder import socket_folder

ODD = ["long-" * 20, "with a space", "it's", "émilie", "100%", "$HOME"]


def test_a_short_and_plain_folder_keeps_the_socket(tmp_path):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # tmp_path may be long itself
        assert socket_folder(Path(folder), tmp_path) == Path(folder)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_folder_has_its_socket_in_a_short_one(tmp_path, name):
    (tmp_path / name).mkdir()
    found = socket_folder(tmp_path / name, tmp_path)
    assert found == socket_folder(tmp_path / name, tmp_path)
    assert len(str(found)) < 90
    assert found.parent.stat().st_uid == os.geteuid()
    found.rmdir()


@pytest.mark.parametrize("name", ODD)
def test_an_odd_folder_for_temporary_files_is_passed_over(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    found = socket_folder(tmp_path / name, tmp_path)
    assert not found.is_relative_to(tmp_path)
    found.rmdir()


def test_two_folders_have_sockets_in_two_places(tmp_path):
    odd = [tmp_path / f"{name} folder" for name in ("one", "other")]
    for folder in odd:
        folder.mkdir()
    first, second = (socket_folder(folder, tmp_path) for folder in odd)
    assert first != second
    first.rmdir()
    second.rmdir()


def test_a_place_that_somebody_else_has_made_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"tidegate-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a b").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(places, "_MAX_PATH_BYTES", 1000)
    monkeypatch.setattr(places, "_SHORT_FOLDERS", ())
    with pytest.raises(Refusal, match="too long for the database's socket"):
        socket_folder(tmp_path / "a b", tmp_path)
