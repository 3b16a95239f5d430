"""Senders and readers that stall hold no thread of the web server, a real one: sockets stop in the middle."""

import contextlib
import hashlib
import json
import re
import select
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.running.conftest import RunningSystem, family_of, wait_for
from tests.running.test_submit import is_up, tidegate

CANARY = "CaNaRy77"
PAUSE_SECONDS = 10  # longer than a busy machine lets one wait who does not mean to
MAX_PER_SENDER = 3
LIMITS = {
    "TIDEGATE_REQUEST_PAUSE_SECONDS": str(PAUSE_SECONDS),
    "TIDEGATE_UNFINISHED_PER_SENDER": str(MAX_PER_SENDER),
    "TIDEGATE_MAX_UPLOAD_MB": "4",
}
HEADER = b"SAUID,SchoolID,StateStudentID,LastName,CTECode,StartDate,EndDate,CreditsEarned,Status\n"


@dataclass
class Site:
    """A web process with low limits, its folder for temporary files, and a token that may send files."""

    port: int
    process: subprocess.Popen[bytes]
    temporary: Path
    sau: str
    tokens: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, path: str, *, length: int, begun: bytes = b"", **headers: str) -> socket.socket:
        """Send the head of a request and the beginning of its body, and no more."""
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {length}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + begun)
        return connection

    def begin_upload(self, begun: bytes, *, length: int, token: int = 0) -> socket.socket:
        return self.begin("/api/v1/uploads", length=length, begun=begun, **self.upload_headers(token))

    def upload_headers(self, token: int = 0) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[token]}", "Content-Type": "multipart/form-data; boundary=edge"}

    def form(self, content: bytes) -> bytes:
        fields = {"file_type": "cte", "school_year": "2020-2021", "organization": self.sau, "check_only": "true"}
        parts = [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = '--edge\r\nContent-Disposition: form-data; name="file"; filename="slow.csv"\r\n\r\n'
        return ("".join(parts) + head).encode() + content + b"\r\n--edge--\r\n"

    def page_answers(self) -> bool:
        return httpx.get(f"{self.address}/sign-in/", timeout=60).status_code == 200

    def files_without_a_name(self) -> list[Path]:
        """The open files of the web server that lie in its folder for temporary files and have no name there."""
        found = []
        for pid in family_of(self.process.pid):
            for handle in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    opened = str(handle.readlink())
                    if opened.startswith(str(self.temporary)) and opened.endswith(" (deleted)"):
                        found.append(handle)
        return found


@pytest.fixture(scope="module")
def site(system: RunningSystem, tmp_path_factory) -> Iterator[Site]:
    sau = system.ask("SELECT id FROM reference_organization WHERE name = 'Rock Star Public Schools'")[0]
    arguments = ("add-token", "rockstar@demo.example", "--organization", sau, "--name", "SIS")
    tokens = [tidegate(*arguments, environment=system.environment).stdout.split()[-1] for _ in range(2)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    temporary = tmp_path_factory.mktemp("temporary")
    server = system.start("web", "--port", str(port), TMPDIR=str(temporary), **LIMITS)
    found = Site(port, server, temporary, str(sau), tokens)
    wait_for(lambda: is_up(found.address), "The site answers")
    yield found
    server.terminate()
    server.wait(timeout=200)


@contextlib.contextmanager
def all_closed(connections: list[socket.socket]) -> Iterator[None]:
    try:
        yield
    finally:
        for connection in connections:
            connection.close()


def answer_of(connection: socket.socket) -> tuple[int, dict[str, str], str]:
    """What the server says, until it closes the connection or has said all."""
    connection.settimeout(60)
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(1 << 16):
            said += chunk
            head, gap, body = said.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if gap and length and len(body) >= int(length[1]):
                break
    head, _, body = said.decode().partition("\r\n\r\n")
    first, *lines = head.splitlines()
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def test_stalled_uploads_and_stalled_sign_ins_leave_the_pages_answering(site):
    stalled = [site.begin("/upload-file/", length=5_000_000) for _ in range(8)]
    stalled += [site.begin("/sign-in/", length=100, begun=b"login=") for _ in range(16)]
    with all_closed(stalled):
        assert all(site.page_answers() for _ in range(5))


def test_two_hundred_slow_senders_leave_the_pages_answering(site):
    slow = [site.begin("/sign-in/", length=60_000, begun=b"l") for _ in range(200)]
    with all_closed(slow):
        for _ in range(5):
            for connection in slow:
                connection.sendall(b"o")
            assert site.page_answers()


def test_a_sender_who_stops_is_told_so_as_a_page_and_as_problem_details(site):
    page = site.begin("/sign-in/", length=100, begun=b"login=")
    program = site.begin_upload(b"--edge", length=1_000)
    with all_closed([page, program]):
        status, headers, said = answer_of(page)
        assert (status, headers["connection"]) == (408, "close")
        assert "The request stopped on its way or came too slowly" in said
        assert "default-src" in headers["content-security-policy"]
        status, headers, said = answer_of(program)
        assert (status, headers["content-type"]) == (408, "application/problem+json")
        assert json.loads(said)["code"] == "TOO_SLOW"


def test_a_slow_upload_is_kept_unreadable_and_arrives_whole(site, system):
    content = HEADER + b"".join(
        b"1000,2001,900000001,%s,01.0205,2020-09-01,,1.50,\n" % CANARY.encode() for _ in range(60_000)
    )
    body = site.form(content)
    connection = site.begin_upload(body[:1_500_000], length=len(body))
    with all_closed([connection]):
        wait_for(lambda: any(each.stat().st_size for each in site.files_without_a_name()), "Some of it is on the disk")
        named = [path for path in site.temporary.rglob("*") if path.is_file()]
        for kept in [*site.files_without_a_name(), *named]:
            assert CANARY.encode() not in kept.read_bytes()
        connection.sendall(body[1_500_000:])
        status, _, said = answer_of(connection)
    assert status == 202, said
    stored = system.ask("SELECT sha256 FROM uploads_upload WHERE id = %s", json.loads(said)["id"])
    assert stored == (hashlib.sha256(content).hexdigest(),)
    wait_for(lambda: site.files_without_a_name() == [], "Nothing of it is left")


def test_one_token_may_have_so_many_uploads_on_their_way_and_another_goes_on(site):
    begun = [site.begin_upload(b"--edge", length=1_000_000) for _ in range(MAX_PER_SENDER + 1)]
    with all_closed(begun):
        [one_more] = select.select(begun, [], [], 60)[0]  # whichever the server takes last
        status, headers, said = answer_of(one_more)
        assert (status, json.loads(said)["code"]) == (429, "TOO_MANY")
        assert int(headers["retry-after"]) > 0
        url, form = f"{site.address}/api/v1/uploads", site.form(HEADER)
        assert httpx.post(url, content=form, headers=site.upload_headers(token=1), timeout=60).status_code == 202


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_sender_who_goes_away_in_the_middle_leaves_no_upload_and_no_file(site, system, is_chunked):
    uploads = "SELECT count(*) FROM uploads_upload"
    before = system.ask(uploads)
    body = site.form(HEADER * 3_000)
    broken = site.begin_upload(b"", length=len(body))
    if is_chunked:
        broken.close()
        head = [f"{name}: {value}" for name, value in site.upload_headers().items()]
        lines = ["POST /api/v1/uploads HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", *head, "", ""]
        broken = socket.create_connection(("127.0.0.1", site.port))
        broken.sendall("\r\n".join(lines).encode() + b"%x\r\n" % (1 << 17) + body[: 1 << 17] + b"\r\n")
    else:
        broken.sendall(body[: 1 << 17])
    wait_for(lambda: site.files_without_a_name() != [], "Some of it is on the disk")
    broken.close()
    wait_for(lambda: site.files_without_a_name() == [], "Nothing of it is left")
    assert system.ask(uploads) == before


@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/uploads"])
def test_a_body_that_is_no_http_is_the_senders_fault(site, path):
    token = f"Authorization: Bearer {site.tokens[0]}"
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked", token, "", "no size", ""]
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall("\r\n".join(lines).encode())
        status, _, said = answer_of(connection)
    assert (status, "The request could not be read" in said) == (400, True), said


def test_a_program_may_send_a_file_in_chunks_of_a_length_it_does_not_know(site):
    body = site.form(HEADER * 20_000)
    pieces = (body[start : start + 50_000] for start in range(0, len(body), 50_000))
    sent = httpx.post(f"{site.address}/api/v1/uploads", content=pieces, headers=site.upload_headers(), timeout=60)
    assert sent.status_code == 202, sent.text


def test_a_body_that_is_too_large_is_refused_before_it_is_asked_for(site):
    refused = site.begin_upload(b"", length=50_000_000)
    with all_closed([refused]):
        status, _, said = answer_of(refused)
    problem = json.loads(said)
    assert (status, problem["code"], problem["title"]) == (413, "TOO_LARGE", "The file is larger than the state allows")
    assert "at most 4 MB" in problem["detail"]


def test_a_file_a_little_too_large_is_still_noted_as_an_upload_that_failed(site, system):
    form = site.form(HEADER * 60_000)
    sent = httpx.post(f"{site.address}/api/v1/uploads", content=form, headers=site.upload_headers(), timeout=60)
    assert (sent.status_code, sent.json()["state"]) == (202, "failed")


def test_a_large_body_of_nobody_is_not_taken(site):
    large = b"x" * 1_000_000
    with httpx.Client(base_url=site.address, headers={"Content-Type": "text/csv"}, timeout=60) as client:
        program = client.post("/api/v1/uploads", content=large, headers={"Authorization": "Bearer tg_nothing"})
        assert (program.status_code, program.json()["code"]) == (401, "NO_TOKEN")
        page = client.post("/upload-file/", content=large)
        assert (page.status_code, page.headers["Location"]) == (302, "/sign-in/?next=/upload-file/")


def test_readers_who_take_nothing_of_an_answer_leave_the_pages_answering(site):
    silent = []
    for _ in range(24):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(b"GET /static/django_htmx/htmx-2.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)
        silent.append(connection)
    with all_closed(silent):
        assert site.page_answers()
