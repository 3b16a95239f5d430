"""How pages answer beside connections that stall. `python -m bench.slow_senders --connections 200`.

It serves the demo's state with the limits as they are, and asks two pages in rounds: alone, then beside the slow ones.
A third of those sends the head of a request byte by byte, a third a form byte by byte, a third reads nothing of what it
asked for; beside them a token sends as many large files as it may, at 2,000 bytes a second. It writes
`bench/slow_senders.json`.
"""

import argparse
import contextlib
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx

from tests.browser.running_site import TIDEGATE, serving

EMAIL, PASSWORD, SAU = "rockstar@demo.example", "rock-star-demo", "9100"
SCRIPT = "/static/django_htmx/htmx-2.min.js"
PAGES = ("/sign-in/", "/state-reporting-status/")
REPORT = Path(__file__).parent / "slow_senders.json"
UPLOADS = 16


def begin(port: int, begun: str) -> socket.socket:
    """Open a connection whose receiver takes little, and send the beginning of a request."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(begun.replace("\n", "\r\n").encode())
    return connection


def begin_one(port: int, number: int) -> socket.socket:
    """Begin the slow connection of that number: a head, a form, or an answer that nobody reads."""
    host = f"Host: 127.0.0.1:{port}\n"
    kinds = (
        "GET /sign-in/ HTTP/1.1\nX: ",
        f"POST /sign-in/ HTTP/1.1\n{host}Content-Length: 60000\n\n",
        f"GET {SCRIPT} HTTP/1.1\n{host}\n" * 20,
    )
    return begin(port, kinds[number % len(kinds)])


@contextlib.contextmanager
def slow_ones(port: int, token: str, *, count: int) -> Iterator[None]:
    """Keep so many slow connections open, and begin another one where the site has ended one."""
    is_over = threading.Event()
    upload = f"POST /api/v1/uploads HTTP/1.1\nHost: 127.0.0.1:{port}\nAuthorization: Bearer {token}\n"
    upload += "Content-Type: multipart/form-data; boundary=edge\nContent-Length: 50000000\n\n--edge"

    def trickle() -> None:
        slow = [begin_one(port, number) for number in range(count)]
        uploads = [begin(port, upload) for _ in range(UPLOADS)]
        begun.set()
        while not is_over.wait(1):
            for number, connection in enumerate(slow):
                try:
                    connection.sendall(b"x" if number % 3 != 2 else b"")
                except OSError:
                    connection.close()
                    slow[number] = begin_one(port, number)
            for connection in uploads:
                with contextlib.suppress(OSError):
                    connection.sendall(b"x" * 2_000)
        for connection in (*slow, *uploads):
            connection.close()

    begun = threading.Event()
    thread = threading.Thread(target=trickle)
    thread.start()
    begun.wait()
    time.sleep(1)
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def ask(client: httpx.Client, *, times: int) -> dict[str, list[float]]:
    """Return the milliseconds of each page."""
    took: dict[str, list[float]] = {page: [] for page in PAGES}
    for _ in range(times):
        for page in PAGES:
            began = time.perf_counter()
            client.get(page).raise_for_status()
            took[page].append((time.perf_counter() - began) * 1000)
    return took


def main() -> None:
    """Serve, measure in rounds, and say the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked in a round")
    options = parser.parse_args()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    with tempfile.TemporaryDirectory() as folder:
        env = own | {"TIDEGATE_DATA_DIR": f"{folder}/data", "TIDEGATE_LOG_LEVEL": "ERROR"}
        subprocess.run([*TIDEGATE, "demo", "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
        with serving(env) as address, httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
            token = sign_in(client, env)
            print(f"{options.connections} slow connections and {UPLOADS} slow uploads")
            quiet: dict[str, list[float]] = {page: [] for page in PAGES}
            beside: dict[str, list[float]] = {page: [] for page in PAGES}
            for _ in range(options.rounds):
                for page, took in ask(client, times=options.times).items():
                    quiet[page] += took
                with slow_ones(int(address.rpartition(":")[2]), token, count=options.connections):
                    for page, took in ask(client, times=options.times).items():
                        beside[page] += took
    found = {
        page: {
            "quiet_ms": round(median(quiet[page]), 1),
            "beside_ms": round(median(beside[page]), 1),
            "times": round(median(beside[page]) / median(quiet[page]), 2),
            "slowest_beside_ms": round(max(beside[page]), 1),
        }
        for page in PAGES
    }
    REPORT.write_text(json.dumps({"connections": options.connections, "pages": found}, indent=1) + "\n")
    print(json.dumps(found, indent=1))


def sign_in(client: httpx.Client, env: dict[str, str]) -> str:
    """Sign in, and return a new token of the same person."""
    hidden = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/sign-in/").text)
    assert hidden
    fields = {"csrfmiddlewaretoken": hidden[1], "login": EMAIL, "password": PASSWORD}
    client.post("/sign-in/", data=fields).raise_for_status()
    command = [*TIDEGATE, "add-token", EMAIL, "--organization", SAU, "--name", "slow"]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.split()[-1]


if __name__ == "__main__":
    main()
