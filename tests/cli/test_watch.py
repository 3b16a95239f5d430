"""`tidegate watch` against a site that declines, is away or has lost what was sent, and a folder that is away."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.urls import reverse

from tests.forked_command import run_command

COUNTS = {f"{name}_count": 1 for name in ("row", "success")} | {
    f"{name}_count": 0 for name in ("error", "warning", "notice")
}
PROBLEM = "application/problem+json"
TOO_SLOW = (408, {"Content-Type": PROBLEM}, json.dumps({"title": "It came too slowly", "code": "TOO_SLOW"}))
PAGE = {"Content-Type": "text/html"}


@dataclass
class Site:
    """A site: what it answers to the next requests with a file, and what becomes of the next uploads; then it takes and
    loads whatever comes."""

    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    uploads: list[dict] = field(default_factory=list)
    by_key: dict[str, dict] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    port: int = 0

    def take(self, key: str) -> dict:
        """Return the upload of a key, as the API does."""
        if key not in self.by_key:
            state = self.states.pop(0) if self.states else "finished"
            incident = {"incident_id": "c0ffee"} if state == "incident" else {"incident_id": None}
            upload = {"id": len(self.uploads) + 1, "state": state.replace("incident", "failed"), **incident}
            self.uploads.append(upload | {"progress": None, **COUNTS})
            self.by_key[key] = self.uploads[-1]
        return self.by_key[key]


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class OfSite(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            site.times.append(time.monotonic())
            header = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = message_from_bytes(header + body).get_payload()
            site.names.append(next(name for part in parts if (name := part.get_filename())))
            if site.answers:
                self.answer(*site.answers.pop(0))
            else:
                upload = site.take(self.headers["Idempotency-Key"])
                self.answer(202, {"Content-Type": "application/json"}, json.dumps(upload))

        def do_GET(self) -> None:
            number = int(self.path.split("/")[4])
            if number > len(site.uploads):
                self.answer(404, {"Content-Type": PROBLEM}, json.dumps({"title": "It is unknown", "code": "NOT_FOUND"}))
                return
            is_log = self.path.endswith("/result-log")
            self.answer(200, {}, "the log" if is_log else json.dumps(site.uploads[number - 1]))

        def answer(self, status: int, headers: dict[str, str], body: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    return OfSite


@pytest.fixture
def site():
    found = Site()
    server = HTTPServer(("127.0.0.1", 0), handler(found))
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def arguments(site: Site, folder: Path, *more: str) -> list[str]:
    needed = ("--file-type", "cte", "--school-year", "2020-2021", "--organization", "1000")
    return ["watch", str(folder), *needed, "--url", f"http://127.0.0.1:{site.port}", "--token", "tg_x", *more]


def look(site: Site, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run_command(arguments(site, folder, "--once", *more))


def watching(site: Site, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tidegate.cli.main", *arguments(site, folder, "--every", "0.1")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture
def folder(tmp_path):
    """A folder with an older and a newer file."""
    found = tmp_path / "folder"
    found.mkdir()
    for name in ("a.csv", "b.csv"):
        (found / name).write_text(name)
    return found


@pytest.fixture
def one(folder):
    """A folder with one file."""
    (folder / "b.csv").unlink()
    return folder


@pytest.mark.parametrize("state", ["cancelled", "undone", "incident"])
def test_a_file_is_sent_again_once_its_note_is_deleted(site, one, state):
    site.states = [state]
    assert look(site, one).returncode == 2
    note = one / "a.csv.not-sent.txt"
    assert "To send the file again, delete this note, or save the file anew" in note.read_text()
    assert (look(site, one).stdout, len(site.uploads)) == ("", 1)
    note.unlink()
    assert look(site, one).returncode == 0
    assert names_in(one) == {"a.csv", "a.csv.result-log.csv"}
    first, second = site.by_key
    assert second == f"{first} after 1"


def hold_of(folder: Path) -> str:
    """Return the note that a file is on hold, which lies in the folder with nothing else of ours."""
    assert names_in(folder) == {"a.csv", "a.csv.on-hold.txt"}
    return (folder / "a.csv.on-hold.txt").read_text()


def test_a_file_on_hold_has_no_log_until_it_is_released(site, one):
    site.states = ["on_hold"]
    first = look(site, one)
    assert (first.returncode, first.stdout) == (1, hold_of(one).partition("\nOnce that is done")[0] + "\n")
    page = reverse("upload", args=[1])
    assert f"Release or cancel it at http://127.0.0.1:{site.port}{page}\n" in hold_of(one)
    again = look(site, one)
    assert (again.returncode, again.stdout, site.names) == (1, "", ["a.csv"]), "It is neither sent nor said again"
    site.by_key.clear()  # retention has deleted the key
    site.uploads[0]["state"] = "finished"
    assert look(site, one).returncode == 0
    assert names_in(one) == {"a.csv", "a.csv.result-log.csv"}
    assert len(site.uploads) == 1


def test_a_hold_that_the_site_does_not_know_is_sent_anew(site, one):
    site.states = ["on_hold"]
    look(site, one)
    site.uploads.clear()
    site.by_key.clear()
    assert look(site, one).returncode == 0
    assert (names_in(one), site.names) == ({"a.csv", "a.csv.result-log.csv"}, ["a.csv"] * 2)


def test_a_file_that_is_cancelled_on_hold_says_so_in_the_folder(site, one):
    site.states = ["on_hold"]
    look(site, one)
    site.uploads[0]["state"] = "cancelled"
    assert look(site, one).returncode == 2
    assert names_in(one) == {"a.csv", "a.csv.not-sent.txt"}


def test_a_watch_asks_again_about_what_is_on_hold(site, folder):
    site.states = ["on_hold"]
    with watching(site, folder) as process:
        assert process.stdout.readline().startswith("a.csv, upload 1: On hold")
        said = [process.stdout.readline() for _ in range(3)]
        assert said[-1].startswith("b.csv, upload 2: Row Count"), "It holds up no other"
        site.uploads[0]["state"] = "finished"
        assert process.stdout.readline().startswith("a.csv, upload 1: Row Count")
        process.kill()
    assert site.names == ["a.csv", "b.csv"], "Nothing was sent twice"


def test_an_upload_that_was_undone_meanwhile_says_so_and_is_not_sent_again(site, one):
    look(site, one)
    (one / ".tidegate-answered").unlink()  # as if the watch had been stopped before it wrote the log
    (one / "a.csv.result-log.csv").unlink()
    site.uploads[0]["state"] = "undone"
    for _ in range(2):
        look(site, one)
    assert (one / "a.csv.not-sent.txt").read_text().startswith("The upload was undone. Nothing of it is on file")
    assert len(site.uploads) == 1


def test_an_undone_file_is_loaded_again_once_its_log_is_deleted(site, one):
    look(site, one)
    site.uploads[0]["state"] = "undone"
    assert (look(site, one).stdout, len(site.uploads)) == ("", 1)
    (one / "a.csv.result-log.csv").unlink()
    assert "a.csv, upload 2" in look(site, one).stdout


@pytest.mark.parametrize("status", [403, 413])
def test_a_file_that_a_proxy_refuses_holds_up_no_other(site, folder, status):
    site.answers = [(status, PAGE, "<h1>No</h1>")]
    assert look(site, folder).returncode == 2
    assert "in between refuses the file" in (folder / "a.csv.not-sent.txt").read_text()
    assert "b.csv.result-log.csv" in names_in(folder)


@pytest.mark.parametrize(
    "answer", [TOO_SLOW, (200, PAGE, "<h1>Welcome</h1>"), (520, PAGE, ""), (503, {"Content-Type": PROBLEM}, "{}")]
)
def test_a_failure_that_may_pass_is_no_answer_about_the_file(site, one, answer):
    site.answers = [answer]
    assert (look(site, one).returncode, names_in(one)) == (2, {"a.csv"})
    assert look(site, one).returncode == 0


def test_an_address_that_is_wrong_ends_the_watch(site, folder):
    site.answers = [(404, PAGE, "")]
    run = look(site, folder)
    assert run.stderr.splitlines() == ["The site answers with status 404.", "Check the address."]
    assert names_in(folder) == {"a.csv", "b.csv"}


def test_a_pause_that_the_site_asks_for_is_kept(site, one):
    site.answers = [(429, {"Content-Type": PROBLEM, "Retry-After": "1"}, '{"title": "Too often", "code": "TOO_MANY"}')]
    with watching(site, one) as process:
        assert process.stderr.readline() == "Too often. It is tried again in 1 seconds.\n"
        assert process.stdout.readline().startswith("a.csv, upload 1")
        process.kill()
    first, second = site.times
    assert second - first >= 1


@pytest.mark.parametrize(("more", "names"), [(["--check-only"], ["a.csv", "b.csv"]), ([], ["a.csv"])])
def test_only_a_check_goes_past_a_file_that_is_stuck(site, folder, more, names):
    site.answers = [TOO_SLOW]
    assert look(site, folder, *more).returncode == 2
    assert site.names == names


def test_a_log_that_cannot_be_written_holds_up_no_other(site, folder):
    (folder / ".a.csv.result-log.csv.unfinished").mkdir()
    run = look(site, folder)
    assert (run.returncode, run.stderr.splitlines()[0]) == (2, "The answer to a.csv cannot be written.")
    assert "b.csv.result-log.csv" in names_in(folder)


def test_a_watch_goes_on_once_its_folder_is_there_again(site, one, tmp_path):
    with watching(site, one) as process:
        assert process.stdout.readline().startswith("a.csv, upload 1")
        one.rename(tmp_path / "away")
        assert process.stderr.readline() == "The folder cannot be read. It is tried again in 0.1 seconds.\n"
        (tmp_path / "away" / "c.csv").write_text("c")
        (tmp_path / "away").rename(one)
        assert process.stdout.readline().startswith("c.csv, upload 2")
        process.kill()
