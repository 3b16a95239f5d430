"""The whole product for a real browser: `tidegate demo`, then `tidegate serve`, on a database of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tidegate.accounts.demo_people import DEMO_PASSWORD

# Playwright's loop runs in this thread for as long as its browser does, and Django takes the other tests for async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER = "No Chromium on this machine: install one, or run `playwright install chromium`"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """A running tidegate: its address, and the demo's files to send."""

    address: str
    files: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium; where there is none, skip, and in CI fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        with sync_playwright() as playwright:
            bundled = playwright.chromium.executable_path
        found = bundled if Path(bundled).exists() else None
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium) -> dict[str, object]:
    """What pytest-playwright starts the browser with."""
    return {"executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def site(browser, tmp_path_factory) -> Iterator[Site]:
    """A tidegate that has walked the demo and goes on serving: web and worker are processes of their own."""
    data = tmp_path_factory.mktemp("site")
    ours = {"TIDEGATE_DATA_DIR": str(data), "TIDEGATE_DEMO": "yes"}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))} | ours
    command = [sys.executable, "-m", "tidegate.cli.main"]
    subprocess.run([*command, "demo", "--no-serve"], env=env, check=True, capture_output=True, timeout=240)
    port = _free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/sign-in/", server)
        yield Site(f"http://127.0.0.1:{port}", data / "demo-files")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
        connections.close_all()  # while Playwright's loop runs, other tests have a connection that is seen only then


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("The site did not start")


@pytest.fixture(scope="session")
def signed_in(site, browser):
    """Return a new browser window of a person who is signed in; what `options` say of the window is Playwright's."""
    kept: dict[str, object] = {}

    def open_window(email: str = "rockstar@demo.example", **options) -> BrowserContext:
        if email not in kept:
            kept[email] = _sign_in(browser, site, email)
        return browser.new_context(base_url=site.address, storage_state=kept[email], **options)

    return open_window


def _sign_in(browser: Browser, site: Site, email: str) -> object:
    with browser.new_context(base_url=site.address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Start").wait_for()
        return context.storage_state()


@pytest.fixture
def specialist(signed_in) -> Iterator[Page]:
    """A page in the window of a data specialist of Rock Star Public Schools; nothing in it may go wrong by itself."""
    with signed_in() as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        yield page
        assert faults == []


@pytest.fixture
def visitor(site, browser) -> Iterator[Page]:
    """A page in the window of somebody who has not signed in."""
    with browser.new_context(base_url=site.address) as context:
        yield context.new_page()
