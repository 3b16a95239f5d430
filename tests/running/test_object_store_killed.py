"""Files go through an object store that is killed and comes back, on two machines with data folders of their own."""

import subprocess
import sys
import time
from pathlib import Path

from tests.forked_command import run_command
from tests.running.conftest import SEND, wait_for
from tests.uploads.storage.object_servers import URL, on_disk

KEY_FILES = {"SECRET_KEY": "secret-key", "RECEIPT_KEY": "receipt-key.pem"}
SEND_MANY = (
    SEND.partition("with open")[0]
    + """
import time
from tidegate.uploads.storage.store import StoreAway
sent = 0
while sent < int(sys.argv[4]):
    try:
        with open(sys.argv[1], "rb") as file:
            upload = receive(file=file, file_name="upload.csv", file_type=sys.argv[2], by=by,
                school_year=SchoolYear.objects.get(first=2020), organization=by.memberships.get().organization)
        print(upload.pk, flush=True)
        sent += 1
    except StoreAway:
        time.sleep(0.1)
"""
)
"""Sends the file again and again, and once more where it was refused since the store was away."""


def test_no_file_is_lost_while_the_object_store_is_killed(system, tmp_path, is_long):
    count, kills = (300, 100) if is_long else (12, 4)
    server = on_disk(tmp_path / "objects")
    server.start()
    key = run_command(["new-store-key"]).stdout.strip()
    shared = {**server.environment, "TIDEGATE_STORE_KEY": key, "TIDEGATE_DATABASE_URL": system.url}
    keys = {f"TIDEGATE_{name}_FILE": str(system.data_dir / file) for name, file in KEY_FILES.items()}
    worker = system.start("worker", **shared, **keys, TIDEGATE_DATA_DIR=str(tmp_path / "worker"))
    file = str(system.data_dir / "demo-files" / "cte.csv")
    command = [sys.executable, "-c", SEND_MANY, file, "cte", "rockstar@demo.example", str(count)]
    environment = system.environment | shared | keys | {"TIDEGATE_DATA_DIR": str(tmp_path / "web")}
    sender = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        ids = [int(sender.stdout.readline())]
        for _ in range(kills):
            server.kill()
            time.sleep(0.4)
            server.start()
            time.sleep(0.4)
        # Not `communicate`: it leaves out what came together with the first line.
        ids += map(int, sender.stdout.read().split())
        assert len(ids) == count
        ended = "SELECT count(*) FROM uploads_upload WHERE id = ANY(%s) AND state = 'finished'"
        wait_for(lambda: system.ask(ended, ids) == (count,), "All uploads are finished", seconds=600)
    finally:
        sender.kill()
        worker.terminate()
        worker.wait()
        server.kill()
    objects = Path(server.command[-1]) / URL.removeprefix("s3://")
    names = system.ask("SELECT array_agg(stored_as) FROM uploads_upload WHERE id = ANY(%s)", ids)[0]
    assert all((objects / name).read_bytes().startswith(b"age-encryption.org") for name in names)
    assert not any((tmp_path / machine / "uploads").exists() for machine in ("worker", "web"))
