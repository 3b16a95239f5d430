"""A file on its way: it streams to the disk, where nobody can read it, and no further than the limit."""

import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from tidegate.core.errors import NoRoom, TooLarge
from tidegate.uploads.storage import store
from tidegate.uploads.storage import upload_handler as arriving

LARGE = b"StateStudentID\n900000001\n" * 200_000  # 5 MB: too large for the memory


def arrive(content: bytes):
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("large.csv", content)})
    return request.FILES["file"]


def on_disk(file) -> bytes:
    handle = file.file._file.fileno()
    return os.pread(handle, 10**8, 0)


def test_a_large_file_is_read_as_it_was_sent_as_often_as_one_likes():
    file = arrive(LARGE)
    assert (file.size, file.name) == (len(LARGE), "large.csv")
    for _ in range(2):
        assert b"".join(file.chunks()) == LARGE
    file.seek(0)
    assert b"".join(store.chunks_of(store.keep(file, limit_bytes=10**9).stored_as)) == LARGE


def test_the_temporary_file_has_no_name_and_no_value_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(arriving.tempfile, "tempdir", str(tmp_path))
    file = arrive(LARGE)
    assert list(tmp_path.iterdir()) == []
    assert len(on_disk(file)) == len(LARGE)
    assert b"900000001" not in on_disk(file)


def test_nothing_is_written_beyond_the_limit_and_the_size_that_was_sent_is_known(settings):
    settings.TIDEGATE_MAX_UPLOAD_MB = 3
    file = arrive(LARGE)
    assert file.size == len(LARGE)
    assert len(on_disk(file)) < 3_200_000
    with pytest.raises(TooLarge):
        store.keep(file, limit_bytes=3_000_000)


def test_a_disk_without_room_for_it_is_said_in_a_sentence(monkeypatch):
    def full(*_, **__):
        class Full(io.BytesIO):
            def write(self, _):
                raise OSError(28, "No space left on device")

        return Full()

    monkeypatch.setattr(arriving.tempfile, "TemporaryFile", full)
    file = arrive(LARGE)
    with pytest.raises(NoRoom, match="There is no room to take the file"):
        store.keep(file, limit_bytes=10**9)


def test_a_file_whose_sender_goes_away_is_closed_at_once():
    handler = arriving.ArrivingFileHandler()
    handler.upload_interrupted()  # before anything has come
    handler.new_file("file", "large.csv", "text/csv", None)
    handler.receive_data_chunk(b"900000001", 0)
    handler.upload_interrupted()
    with pytest.raises(ValueError, match="closed"):
        handler.temp_file.read()
