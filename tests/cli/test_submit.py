"""`tidegate submit --wait` against a site that is away for a moment."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

COUNTS = {f"{name}_count": 1 for name in ("row", "success")} | {
    f"{name}_count": 0 for name in ("error", "warning", "notice")
}
UPLOAD = {"id": 7, "state": "finished", "incident_id": None, "progress": None, **COUNTS}
AWAY = {"title": "The site cannot answer now", "code": "AWAY", "detail": "Send the request again later"}


class Site(BaseHTTPRequestHandler):
    """Takes a file, then answers as `answers` say: a status, or None for a connection that is cut."""

    answers: list[int | None]
    state = "finished"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(202, UPLOAD | {"state": "waiting"})

    def do_GET(self) -> None:
        if self.path.endswith("/result-log"):
            self.answer(200, "the log")
        elif (status := self.answers.pop(0)) is not None:
            self.answer(status, UPLOAD | {"state": self.state} if status == 200 else AWAY)

    def answer(self, status: int, body: object) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.end_headers()
        self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def submit(tmp_path):
    """Send a file to a site that answers so when it is asked, and wait."""
    (tmp_path / "cte.csv").write_text("x")

    def run(*answers: int | None, state: str = "finished") -> subprocess.CompletedProcess[str]:
        server = HTTPServer(("127.0.0.1", 0), type("ThisSite", (Site,), {"answers": list(answers), "state": state}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        needed = ("--file-type", "cte", "--school-year", "2020-2021", "--organization", "1000", "--wait")
        to = ("--url", f"http://127.0.0.1:{server.server_port}", "--token", "tg_x")
        command = [sys.executable, "-m", "tidegate.cli.main", "submit", str(tmp_path / "cte.csv"), *needed, *to]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        finally:
            server.shutdown()
            server.server_close()

    return run


def test_a_site_that_is_away_while_one_waits_is_asked_again(submit):
    run = submit(503, None, 502, 200)
    assert (run.returncode, run.stdout) == (0, "the log"), run.stderr


def test_an_upload_on_hold_has_no_log_but_a_place_of_release(submit):
    run = submit(200, state="on_hold")
    assert (run.returncode, run.stdout) == (1, "")
    assert "Nothing of it is loaded until then. Release or cancel it at http://127.0.0.1:" in run.stderr


def test_a_site_that_declines_is_not_asked_again(submit):
    run = submit(401)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[-2:] == ["The site cannot answer now.", "Send the request again later."]
