"""The whole product for a real browser: `tidegate demo`, then `tidegate serve`, on a database of its own."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.running_site import NO_BROWSER, find_chromium, form_token, serving, sign_in
from tests.ready_database import lay_ready_demo
from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD

expect.set_options(timeout=30_000)  # as long as Playwright waits for all else: its 5 s are short on a busy machine


@dataclass(frozen=True)
class Site:
    """A running tidegate: its address, and the demo's files to send."""

    address: str
    files: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium; where there is none, skip, and in CI fail."""
    found = find_chromium()
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    return found


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    """Return a Chromium that ends with the tests of a file: other tests do not stand its event loop in their thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """A tidegate that has walked the demo and goes on serving: web and worker are processes of their own."""
    data = tmp_path_factory.mktemp("site")
    lay_ready_demo(data, is_kept_by_the_disk=False)
    ours = {"TIDEGATE_DATA_DIR": str(data), "TIDEGATE_DEMO": "yes"}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))} | ours
    with serving(env) as address:
        yield Site(address, data / "demo-files")


@pytest.fixture(scope="module")
def sender(site) -> Iterator[httpx.Client]:
    """The pages as the data specialist of Rock Star Public Schools gets them, without a browser."""
    client = sign_in(site.address, "rockstar@demo.example", DEMO_PASSWORD)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def lines_as_the_demo_left_them(request) -> Iterator[None]:
    """Undo what a test has loaded, the last upload first: the tests share one site, and come in any order."""
    if "site" not in request.fixturenames:
        yield
        return
    sender = request.getfixturevalue("sender")
    before = _last_upload(sender)
    yield
    token = form_token(sender.get("/state-reporting-status/"))
    for number in range(_last_upload(sender), before, -1):
        sender.post(f"/state-reporting-status/{number}/undo/", data=token)


def _last_upload(sender: httpx.Client) -> int:
    return max(map(int, re.findall(r"/state-reporting-status/([0-9]+)/", sender.get("/state-reporting-status/").text)))


@pytest.fixture(scope="module")
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
