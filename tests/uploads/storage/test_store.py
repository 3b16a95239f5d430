"""Files in the store are as they were sent, and with a key nobody reads them from the disk."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.forked_command import run_python
from tests.uploads.asking_file import AskingFile, limit_session, session_limit
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.outputs import fix_file_chunks
from tidegate.core.errors import TooLarge
from tidegate.uploads.models import State
from tidegate.uploads.storage import store

pytestmark = pytest.mark.django_db  # in a transaction the store asks how long the session may be idle
CONTENT = b"StateStudentID\n900000001\n" * 100_000


@pytest.fixture(params=["plain", "encrypted"])
def folder(request, settings, tmp_path):
    """A store without and with a key."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    settings.TIDEGATE_STORE_KEY = store.new_key() if request.param == "encrypted" else ""
    return tmp_path


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "arriving"]


def test_a_file_comes_back_byte_for_byte(folder):
    kept = store.keep(io.BytesIO(CONTENT), limit_bytes=10**9)
    assert kept.byte_count == len(CONTENT)
    assert b"".join(store.chunks_of(kept.stored_as)) == CONTENT
    with store.opened(kept.stored_as) as path:
        assert path.read_bytes() == path.read_bytes() == CONTENT


def test_a_session_may_be_idle_while_a_file_goes_and_comes(folder):
    limit_session("1min")
    file = AskingFile(CONTENT)
    kept = store.keep(file, limit_bytes=10**9)
    assert (file.limits, session_limit()) == ({"30min"}, "1min")
    with CaptureQueriesContext(connection) as asked, store.opened(kept.stored_as):
        pass
    is_copied = kept.stored_as.endswith(".age")
    assert ["'1800s'" in each["sql"] for each in asked] == [True, False] * is_copied
    assert session_limit() == "1min"


@pytest.mark.parametrize("limit", ["0", "1h"])
def test_a_longer_limit_of_a_session_stays(folder, limit):
    limit_session(limit)
    file = AskingFile(CONTENT)
    with pytest.raises(TooLarge):
        store.keep(file, limit_bytes=1)
    assert (file.limits, session_limit()) == ({limit}, limit)


def test_a_file_over_the_limit_is_not_kept(folder):
    with pytest.raises(TooLarge):
        store.keep(io.BytesIO(CONTENT), limit_bytes=1_500_000)
    assert files_in(folder) == []


def test_with_a_key_the_disk_holds_no_value_and_without_the_key_nobody_reads_it(settings, tmp_path):
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    settings.TIDEGATE_STORE_KEY = store.new_key()
    kept = store.keep(io.BytesIO(CONTENT), limit_bytes=10**9)
    (on_disk,) = files_in(tmp_path)
    assert on_disk.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"900000001" not in on_disk.read_bytes()
    settings.TIDEGATE_STORE_KEY = store.new_key()
    with pytest.raises(store.NotAsSent, match="matching keys"), store.opened(kept.stored_as):
        pass


def test_files_from_before_the_key_was_set_are_still_read(settings, tmp_path):
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    kept = store.keep(io.BytesIO(CONTENT), limit_bytes=10**9)
    settings.TIDEGATE_STORE_KEY = store.new_key()
    assert b"".join(store.chunks_of(kept.stored_as)) == CONTENT


def test_an_encrypted_upload_is_judged_loaded_and_corrected_like_any_other(process_file, specialist, settings):
    settings.TIDEGATE_STORE_KEY = store.new_key()
    upload = process_file(f"{CTE_HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n", by=specialist)
    assert (upload.state, upload.success_count, upload.error_count) == (State.FINISHED, 1, 1)
    assert upload.stored_as.endswith(".age")
    assert b"43" in b"".join(fix_file_chunks(upload))


@pytest.mark.parametrize("key", ["", "with a key"])
def test_a_disk_without_room_is_said_in_a_sentence_and_leaves_nothing_behind(tmp_path, key):
    code = """
import io, resource, signal, sys
from tidegate.cli.setup import set_up
import django
from django.conf import settings
settings.configure(TIDEGATE_UPLOADS_DIR=sys.argv[1], TIDEGATE_STORE_KEY="", TIDEGATE_STORE_URL="")
from tidegate.uploads.storage import store
settings.TIDEGATE_STORE_KEY = store.new_key() if sys.argv[2] else ""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.keep(io.BytesIO(bytes(5_000_000)), limit_bytes=10**9)
except store.NoRoom as refusal:
    print(refusal.message)
"""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    (tmp_path / "arriving").mkdir()
    command = [sys.executable, "-c", code, str(tmp_path), key]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.stdout == "There is no room to keep the file\n", run.stderr
    assert files_in(tmp_path) == []


def test_a_file_that_came_is_unsettled_until_its_upload_is_there(folder):
    kept, other = (store.keep(io.BytesIO(CONTENT), limit_bytes=10**9).stored_as for _ in range(2))
    assert sorted(store.pending_files(for_seconds=0)) == sorted([kept, other])
    store.confirm(kept)
    store.discard(other)
    assert list(store.pending_files(for_seconds=0)) == []
    assert (store.is_kept(kept), store.is_kept(other)) == (True, False)


@pytest.fixture
def uploaded(send, specialist):
    """An upload whose file is in the store."""
    return send(f"{CTE_HEADER}\n{LINE}\n", by=specialist)


@pytest.mark.parametrize("has_mount_point", [True, False])
def test_a_share_that_is_not_mounted_is_away_and_nothing_is_written_there(uploaded, settings, has_mount_point):
    mount = settings.TIDEGATE_UPLOADS_DIR
    mount.rename(mount.with_name("share"))
    if has_mount_point:
        mount.mkdir()
    assert (store.answers(), store.may_be_kept(uploaded.stored_as)) == (False, True)
    for act in (store.is_kept, store.remove, store.chunks_of):
        with pytest.raises(store.StoreAway):
            act(uploaded.stored_as)
    with pytest.raises(store.StoreAway):
        store.keep(io.BytesIO(CONTENT), limit_bytes=10**9)
    assert (mount.exists(), list(mount.glob("*"))) == (has_mount_point, [])
    if has_mount_point:
        mount.rmdir()
    mount.with_name("share").rename(mount)
    assert (store.answers(), store.is_kept(uploaded.stored_as)) == (True, True)


def test_a_mount_point_that_was_once_the_store_loses_no_file(uploaded, settings):
    mount = settings.TIDEGATE_UPLOADS_DIR
    mount.rename(mount.with_name("share"))
    (mount / "arriving").mkdir(parents=True)
    assert store.may_be_kept(uploaded.stored_as)
    for act in (store.is_kept, store.remove, store.chunks_of):
        with pytest.raises(store.StoreAway):
            act(uploaded.stored_as)
    shutil.rmtree(mount)
    mount.with_name("share").rename(mount)
    assert store.is_kept(uploaded.stored_as)


def test_a_file_that_alone_is_missing_is_lost(uploaded, send, specialist, settings):
    send(f"{CTE_HEADER}\n{LINE}\n\n", by=specialist)
    (settings.TIDEGATE_UPLOADS_DIR / uploaded.stored_as).unlink()
    assert (store.is_kept(uploaded.stored_as), store.may_be_kept(uploaded.stored_as)) == (False, False)


def test_a_new_folder_is_the_store_from_its_first_use(settings, tmp_path):
    settings.TIDEGATE_UPLOADS_DIR = tmp_path / "new" / "folder"
    assert (store.answers(), store.backend().is_empty()) == (True, True)
    kept = store.keep(io.BytesIO(CONTENT), limit_bytes=10**9)
    assert (store.is_kept(kept.stored_as), store.backend().is_empty()) == (True, False)


def test_files_that_come_from_a_bucket_make_a_folder_the_store(uploaded, settings):
    marks = settings.TIDEGATE_UPLOADS_DIR / "arriving"
    for mark in marks.iterdir():
        mark.unlink()
    marks.rmdir()
    assert (store.answers(), marks.is_dir()) == (True, True)


OF_ANOTHER_USER = """
import os, sys
from pathlib import Path
from tidegate.uploads.storage.backend import StoreAway
from tidegate.uploads.storage.folder import Folder
if os.geteuid() == 0:
    os.setuid(65534)  # root may write anywhere
folder = Folder(Path(sys.argv[1]))
print(folder.answers())
for act in (folder.mark, lambda name: folder.writing(name).__enter__()):
    try:
        act("ab/" + "ab" * 16)
    except StoreAway as refusal:
        print(refusal.message)
"""


def test_folders_that_another_user_has_made_are_away():
    with tempfile.TemporaryDirectory() as root:  # others may not pass through the folder of the tests
        Path(root).chmod(0o777)
        for name in ("arriving", "ab"):
            (Path(root) / name).mkdir()
            (Path(root) / name).chmod(0o555)
        run = run_python(OF_ANOTHER_USER, [root])
    assert run.stdout.splitlines() == ["False", *["Uploaded files cannot be reached right now"] * 2], run.stderr


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "ab/cd", "ab/" + "0" * 32])
def test_nothing_but_a_stored_file_is_ever_removed(folder, name):
    with pytest.raises(ValueError, match="no name of a stored file"):
        store.discard(name)
