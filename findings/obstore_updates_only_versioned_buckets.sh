#!/usr/bin/env bash
# obstore returns from a put the e_tag and the version, both typed str | None, and takes the same two to
# replace just that version. Its types allow None there too, and mypy is content; in a bucket without
# versioning, where the version is None, the put raises TypeError before anything is sent.
#
# Versions: obstore 0.12.1, moto 5.2.5, mypy 2.4.1; Python 3.11, Linux x86_64, 2026-11-27.
# UpdateVersion is declared with e_tag: str | None and version: str | None, and its documentation
# recommends that applications preserve both. Whoever does so has code that passes every check and every
# test on a versioned bucket, and fails on any other: a key whose value is None has to be left out.
#
# Output seen:
#   mypy --strict: Success: no issues found in 1 source file
#   versioned, both kept: replaced
#   versioned, without None: replaced
#   plain, both kept: TypeError 'None' is not an instance of 'str'
#   plain, without None: replaced
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check \
    obstore==0.12.1 'moto[s3]==5.2.5' flask==3.1.3 flask-cors==6.0.5 mypy==2.4.1 2>/dev/null
cd "$work"
cat > replace.py <<'PYTHON'
import obstore
from obstore.store import S3Store


def replace_twice(store: S3Store) -> None:
    done = obstore.put(store, "state", b"first")
    obstore.put(store, "state", b"second", mode={"e_tag": done["e_tag"], "version": done["version"]})
PYTHON
seen=$(
    echo "mypy --strict: $(venv/bin/mypy --strict replace.py)"
    timeout 120 venv/bin/python - 2>/dev/null <<'PYTHON'
import boto3
import obstore
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from replace import replace_twice


def replace_without_none(store):
    done = obstore.put(store, "state", b"first")
    obstore.put(store, "state", b"second", mode={key: value for key, value in done.items() if value is not None})


server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
address = "http://{}:{}".format(*server.get_host_and_port())
client = boto3.client(
    "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="finding", aws_secret_access_key="finding"
)
for bucket in ("versioned", "plain"):
    client.create_bucket(Bucket=bucket)
    if bucket == "versioned":
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = S3Store(
        bucket,
        endpoint=address,
        region="us-east-1",
        access_key_id="finding",
        secret_access_key="finding",
        client_options={"allow_http": True, "timeout": "20s"},
    )
    for way, replace in {"both kept": replace_twice, "without None": replace_without_none}.items():
        try:
            replace(store)
            said = "replaced" if obstore.get(store, "state").bytes() == b"second" else "not replaced"
        except TypeError as error:
            said = f"TypeError {error}"
        print(f"{bucket}, {way}: {said}")
server.stop()
PYTHON
)
echo "$seen"
[ "$seen" = "mypy --strict: Success: no issues found in 1 source file
versioned, both kept: replaced
versioned, without None: replaced
plain, both kept: TypeError 'None' is not an instance of 'str'
plain, without None: replaced" ]
