"""Files in an object store are as they were sent, and what the server does is survived or said in a sentence."""

import io
import os
import signal
import threading
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.outputs import fix_file_chunks, has_fix_file
from tests.uploads.storage.object_servers import URL, on_disk
from tidegate.core.errors import NotFound, TooLarge
from tidegate.uploads import tasks
from tidegate.uploads.lifecycle import retention
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.lifecycle.worker.interruption import FilesAway
from tidegate.uploads.models import State, Upload
from tidegate.uploads.storage import objects, store
from tidegate.uploads.storage.objects import Objects
from tidegate.uploads.storage.probe import probe

pytestmark = pytest.mark.django_db  # in a transaction the store asks how long the session may be idle
SMALL = b"StateStudentID\n900000001\n" * 1_000
LARGE = (b"900000001," + os.urandom(1 << 19)) * 40
"""Two whole parts and a piece."""
FILE = f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = on_disk(tmp_path_factory.mktemp("objects"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def folder(request, server, monkeypatch, settings):
    """An empty object store with a key, or `plain`: the folder in which its server keeps the objects."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    settings.TIDEGATE_STORE_URL = f"{URL}/{os.urandom(4).hex()}"
    settings.TIDEGATE_STORE_KEY = store.new_key() if getattr(request, "param", "") != "plain" else ""
    if server.process is None:
        server.start()
    return Path(server.command[-1]) / settings.TIDEGATE_STORE_URL.removeprefix("s3://")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "arriving"]


without_and_with_a_key = pytest.mark.parametrize("folder", ["plain", "encrypted"], indirect=True)


@without_and_with_a_key
@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "in parts"])
def test_a_file_comes_back_byte_for_byte(folder, content):
    kept = store.keep(io.BytesIO(content), limit_bytes=10**9)
    assert (kept.byte_count, store.is_kept(kept.stored_as)) == (len(content), True)
    assert b"".join(store.chunks_of(kept.stored_as, sha256=kept.sha256)) == content
    with store.opened(kept.stored_as, sha256=kept.sha256) as path:
        assert path.read_bytes() == path.read_bytes() == content
    (on_disk,) = files_in(folder)
    assert (b"900000001" in on_disk.read_bytes()) == (content != b"" and not kept.stored_as.endswith(".age"))


def test_a_file_over_the_limit_leaves_no_object_and_no_part(folder):
    with pytest.raises(TooLarge):
        store.keep(io.BytesIO(LARGE), limit_bytes=len(LARGE) - 1)
    assert files_in(folder) == []
    assert list(store.pending_files(for_seconds=0)) == []


def test_a_file_that_came_is_unsettled_until_its_upload_is_there(folder):
    kept, other = (store.keep(io.BytesIO(SMALL), limit_bytes=10**9).stored_as for _ in range(2))
    assert sorted(store.pending_files(for_seconds=0)) == sorted([kept, other])
    assert list(store.pending_files(for_seconds=3600)) == []
    store.confirm(kept)
    store.discard(other)
    store.discard(other)
    assert list(store.pending_files(for_seconds=0)) == []
    assert (store.is_kept(kept), store.is_kept(other)) == (True, False)


@without_and_with_a_key
def test_bytes_that_were_changed_in_the_store_are_not_believed(folder):
    kept = store.keep(io.BytesIO(SMALL), limit_bytes=10**9)
    (on_disk,) = files_in(folder)
    changed = bytearray(on_disk.read_bytes())
    changed[-1] ^= 1
    on_disk.write_bytes(changed)
    with pytest.raises(store.NotAsSent), store.opened(kept.stored_as, sha256=kept.sha256):
        pass


def test_an_object_that_was_lost_is_said_before_a_download_begins(folder):
    kept = store.keep(io.BytesIO(SMALL), limit_bytes=10**9)
    obstore.delete(store.backend().bucket, kept.stored_as)
    assert not store.is_kept(kept.stored_as)
    with pytest.raises(NotFound, match="We no longer have the file"):
        store.chunks_of(kept.stored_as)


def test_a_server_that_is_killed_in_a_file_leaves_no_file_and_a_sentence(folder, server):
    class Slow(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 12 << 20:
                server.kill()
            return super().read(size)

    with pytest.raises(store.StoreAway, match="Uploaded files cannot be reached right now"):
        store.keep(Slow(LARGE), limit_bytes=10**9)
    server.start()
    assert [path for path in files_in(folder) if not path.name.startswith(".rclone_temp")] == []
    (left,) = store.pending_files(for_seconds=0)
    store.discard(left)
    assert list(store.pending_files(for_seconds=0)) == []


def test_a_server_that_is_back_soon_is_waited_for(folder, server):
    kept = store.keep(io.BytesIO(LARGE), limit_bytes=10**9)
    server.kill()
    back = threading.Timer(0.5, server.start)
    back.start()
    assert b"".join(store.chunks_of(kept.stored_as, sha256=kept.sha256)) == LARGE
    back.join()


@pytest.fixture
def without_waiting(monkeypatch, folder):
    """A client of the object store that does not try again."""
    monkeypatch.setattr(objects, "_RETRY", {"max_retries": 0})
    return folder


def test_an_upload_waits_for_the_store_and_no_try_is_counted(
    without_waiting, send, specialist, server, django_capture_on_commit_callbacks
):
    upload = send(FILE, by=specialist)
    server.kill()
    for _ in range(10):
        with pytest.raises(FilesAway):
            process(upload_id=upload.pk)
    assert (Upload.objects.get(pk=upload.pk).state, Upload.objects.get(pk=upload.pk).try_count) == (State.PROCESSING, 0)
    server.start()
    process(upload_id=upload.pk)
    ended = Upload.objects.get(pk=upload.pk)
    assert (ended.state, ended.success_count, ended.error_count) == (State.FINISHED, 1, 1)
    assert b"43" in b"".join(fix_file_chunks(ended))


def test_a_backup_that_fails_is_logged_with_its_reason(
    without_waiting, server, settings, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # the test's transaction goes on
    server.kill()
    settings.TIDEGATE_BACKUP_DIR = str(tmp_path / "backups")
    tasks.back_up_when_due(0)
    assert "The backup failed: Uploaded files cannot be reached right now" in caplog.text


def test_a_store_that_is_away_is_a_sentence_and_its_pages_go_on(
    without_waiting, process_file, send, specialist, server, settings, django_capture_on_commit_callbacks
):
    upload = process_file(FILE, by=specialist)
    stray = store.keep(io.BytesIO(SMALL), limit_bytes=10**9).stored_as
    server.kill()
    assert has_fix_file(upload)
    with pytest.raises(store.StoreAway) as refused:
        send(FILE, by=specialist)
    assert (refused.value.http_status, refused.value.code, refused.value.retry_after_seconds) == (503, "AWAY", 10)
    with pytest.raises(store.StoreAway):
        fix_file_chunks(upload)
    settings.TIDEGATE_KEEP_FILES_DAYS = 1
    Upload.objects.update(sent_at="2020-01-01T00:00Z")
    with pytest.raises(store.StoreAway):
        apply_retention()
    assert Upload.objects.exclude(stored_as="").count() == 1
    server.start()
    assert apply_retention().file_count == 1
    assert store.is_kept(stray), "younger than a day"
    assert not store.is_kept(upload.stored_as)


def test_what_came_without_an_upload_is_removed_after_a_day(folder, send, specialist, settings, monkeypatch):
    monkeypatch.setattr(retention, "_STRAY_SECONDS", 0)
    upload = send(FILE, by=specialist)
    stray = store.keep(io.BytesIO(SMALL), limit_bytes=10**9).stored_as
    store.backend().mark(upload.stored_as)  # its web process ended between commit and settling
    apply_retention()
    assert (store.is_kept(upload.stored_as), store.is_kept(stray)) == (True, False)
    assert list(store.pending_files(for_seconds=0)) == []


@pytest.mark.parametrize("keeps", [False, True], ids=["rclone's server", "a store that keeps both"])
def test_the_probe_says_which_conditions_a_store_keeps(folder, settings, keeps):
    backend = Objects(settings.TIDEGATE_STORE_URL)
    if keeps:
        backend.bucket = MemoryStore()  # the library's own, by the same calls
    tried = {found.what: found.is_kept for found in probe(backend)}
    assert tried == {
        "gives back what it was given": True,
        "put if absent (If-None-Match)": keeps,
        "put if unchanged (If-Match)": keeps,
        "what was removed is gone": True,
    }
    assert backend.is_empty(), "the probe leaves nothing behind"


def test_a_server_that_hangs_is_given_up(without_waiting, server, monkeypatch):
    monkeypatch.setattr(objects, "_CLIENT", objects._CLIENT | {"read_timeout": "1s"})
    store._objects.cache_clear()
    server.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, server.process.pid, os.WSTOPPED)  # each of its threads may still answer until then
    try:
        with pytest.raises(store.StoreAway):
            store.keep(io.BytesIO(SMALL), limit_bytes=10**9)
    finally:
        server.process.send_signal(signal.SIGCONT)
