#!/usr/bin/env bash
# obstore hears AWS_ALLOW_HTTP and AWS_USER_AGENT from the environment until any client option is given,
# even none of them in an empty dict: then it hears neither, and refuses the http address that it still
# takes from the environment, with an error that names neither.
#
# Versions: obstore 0.12.1 (object_store 0.14.2); Python 3.11, Linux x86_64, 2026-11-27.
# The store's own settings (AWS_ENDPOINT, the keys) are heard in every case. The client's are replaced as
# a whole: what the environment said of them is gone as soon as client_options is a dict. So a program
# that begins to set a timeout stops working for those who had set AWS_ALLOW_HTTP, for a local server, and
# all they read is "HTTP error: builder error". allow_http has to be among the options then.
#
# Output seen:
#   None: ok, sent by agent-of-environment
#   {}: GenericError, BadScheme, nothing sent
#   {'timeout': '9s'}: GenericError, BadScheme, nothing sent
#   {'allow_http': True}: ok, sent by object_store/0.14.2
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check obstore==0.12.1 2>/dev/null
cd "$work"
seen=$(timeout 120 venv/bin/python - <<'PYTHON'
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

agents = []


class Bucket(BaseHTTPRequestHandler):
    def do_GET(self):
        agents.append(self.headers["User-Agent"])
        self.send_response(200)
        for name, value in {
            "Content-Length": "2",
            "ETag": '"1"',
            "Last-Modified": "Fri, 27 Nov 2026 08:00:00 GMT",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Bucket)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(
    AWS_ENDPOINT=f"http://127.0.0.1:{server.server_port}",
    AWS_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="finding",
    AWS_SECRET_ACCESS_KEY="finding",
    AWS_ALLOW_HTTP="true",
    AWS_USER_AGENT="agent-of-environment",
)
import obstore
from obstore.store import S3Store

for options in (None, {}, {"timeout": "9s"}, {"allow_http": True}):
    agents.clear()
    store = S3Store("finding", client_options=options, retry_config={"max_retries": 0})
    try:
        said = obstore.get(store, "object").bytes().to_bytes().decode()
    except obstore.exceptions.BaseError as error:
        said = f"{type(error).__name__}, {'BadScheme' if 'BadScheme' in str(error) else error}"
    print(f"{options}: {said}, {'sent by ' + agents[0] if agents else 'nothing sent'}")
PYTHON
)
echo "$seen"
[ "$seen" = "None: ok, sent by agent-of-environment
{}: GenericError, BadScheme, nothing sent
{'timeout': '9s'}: GenericError, BadScheme, nothing sent
{'allow_http': True}: ok, sent by object_store/0.14.2" ]
