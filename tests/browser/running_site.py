"""A running tidegate and the Chromium that looks at it, as the browser tests and `bench.click` need them."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
from playwright.sync_api import sync_playwright

TIDEGATE = (sys.executable, "-m", "tidegate.cli.main")
NO_BROWSER = "No Chromium on this machine: install one, or run `playwright install chromium`"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATIENCE_SECONDS = 180


def find_chromium() -> str | None:
    """Return the path of a Chromium; None where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        with sync_playwright() as playwright:
            bundled = playwright.chromium.executable_path
        found = bundled if Path(bundled).exists() else None
    return found


@contextmanager
def serving(env: dict[str, str], *, command: str = "serve", out: IO[bytes] | int = subprocess.DEVNULL) -> Iterator[str]:
    """Let `tidegate serve` (or `demo`) run, web and worker as processes of their own, and yield its address once it
    answers. What it prints goes to `out`."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([*TIDEGATE, command, "--port", str(port)], env=env, stdout=out)
    try:
        _wait_for(f"{address}/sign-in/", server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=200)


def sign_in(site: str, email: str, password: str) -> httpx.Client:
    """Return a client of the pages, signed in."""
    client = httpx.Client(base_url=site, follow_redirects=True, timeout=60)
    answer = client.post("/sign-in/", data={"login": email, "password": password} | form_token(client.get("/sign-in/")))
    assert answer.url.path == "/", answer.text
    return client


def form_token(page: httpx.Response) -> dict[str, str]:
    """Return what a form of the page sends so that nobody else can send it."""
    return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("The site did not start")
