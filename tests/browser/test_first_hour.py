"""From an empty database to a district's first clean file, in a browser and without a shell after `tidegate serve`."""

import os
import re
import time
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.running_site import serving
from tests.browser.test_accessibility import look_at
from tests.browser.test_the_guides_walk import counts_of, upload
from tests.ready_database import lay_ready_database
from tidegate.states.maine.demo import write_files
from tidegate.states.maine.demo.write_reference import write_reference

PASSWORD = "four random words here"
LINK = re.compile(r"/first-administrator/\S+")
CLICKS_OF_A_FILE = 4  # Upload File, Attach File, File, Upload
MAX_CLICKS = 20
CLERK = "clerk@rockstar.example"
DISTRICT = "Rock Star Public Schools"


class Visitor:
    """A person at a page, whose clicks are counted; each page that is come to is looked at, outside of their time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0
        self.looking_seconds = 0.0
        self.faults: list[str] = []

    def click(self, what: Locator) -> None:
        """Click, and look at the page that comes."""
        self.clicks += 1
        what.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        """Look at the page at hand."""
        began = time.monotonic()
        self.faults += look_at(self.page, self.page.title())
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.looking_seconds += time.monotonic() - began

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.click(self.page.locator("main").get_by_role("button", name=name))

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link of the page."""
        self.click(self.page.locator("main").get_by_role("link", name=name))

    def back_to_setup(self) -> None:
        """Go to what is still to do."""
        self.page.goto("/setup/")
        self.clicks += 1


@pytest.fixture
def empty_site(tmp_path):
    """Return the address of a tidegate that has nothing, and what it has printed."""
    lay_ready_database(tmp_path / "data", is_kept_by_the_disk=False)
    ours = {"TIDEGATE_DATA_DIR": str(tmp_path / "data")}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))} | ours
    printed = tmp_path / "printed"
    with printed.open("wb") as out, serving(env, out=out) as address:
        yield address, printed


def import_file(visitor: Visitor, path) -> None:
    visitor.page.get_by_label("File", exact=True).set_input_files(path)
    visitor.press("Show what would change")
    visitor.press("Carry it out")
    expect(visitor.page.get_by_role("button", name="Undo")).to_be_visible()


def invite_a_clerk(administrator: Visitor) -> str:
    """Return the link that is handed over."""
    page = administrator.page
    page.get_by_label("Email").fill(CLERK)
    page.get_by_label("Name", exact=True).fill("First Clerk")
    administrator.click(page.get_by_role("radio", name="Data Specialist"))
    page.get_by_label("Where").press_sequentially("rock public")
    offered = page.locator("#organization-names option").first
    expect(offered).to_have_attribute("value", re.compile(DISTRICT))
    page.get_by_label("Where").fill(offered.get_attribute("value"))
    administrator.press("Invite")
    expect(page.get_by_text("Copy the link now")).to_be_visible()
    return page.get_by_role("status").locator("code").text_content()


def send_first_file(clerk: Visitor, link: str, path) -> None:
    """Accept the invitation, and send a file without an error."""
    page = clerk.page
    page.goto(link)
    clerk.look()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    clerk.press("Accept")
    expect(page.get_by_role("link", name="Change Focus")).to_contain_text(DISTRICT)
    clerk.follow("Go to State Reporting Status")
    upload(page, "New State ID", path)
    clerk.clicks += CLICKS_OF_A_FILE
    assert counts_of(page, path.name) == ["4", "4", "0"]


def test_a_state_comes_from_nothing_to_a_first_clean_file(empty_site, browser, tmp_path, record_property):
    address, printed = empty_site
    write_reference(tmp_path / "lists", today=date(2026, 11, 28))
    files = {file.path.name: file.path for file in write_files(tmp_path / "files")}
    page = browser.new_context(base_url=address).new_page()
    visitor, began = Visitor(page), time.monotonic()

    page.goto(LINK.search(printed.read_text())[0])
    page.get_by_label("Your name").fill("Avery")
    page.get_by_label("Your e-mail address").fill("avery@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    visitor.press("Begin")
    page.get_by_label("School year").fill("2020-2021")
    visitor.press("Open it")

    visitor.follow("Import organizations")
    import_file(visitor, tmp_path / "lists" / "organizations.csv")
    visitor.follow("Import cte_codes")
    import_file(visitor, tmp_path / "lists" / "cte_codes.csv")

    visitor.follow("Setting up")
    visitor.follow("Invite somebody")
    link = invite_a_clerk(visitor)
    clerk = Visitor(browser.new_context(base_url=address).new_page())
    send_first_file(clerk, link, files["new_state_id.csv"])

    visitor.back_to_setup()
    expect(page.get_by_text("A file was loaded without an error")).to_be_visible()
    expect(page.get_by_text("1 person can send files for an organization")).to_be_visible()
    looking_seconds = visitor.looking_seconds + clerk.looking_seconds
    record_property("clicks of the administrator", visitor.clicks)
    record_property("clicks of the clerk", clerk.clicks)
    record_property("seconds, without the look at each page", round(time.monotonic() - began - looking_seconds))
    assert visitor.clicks + clerk.clicks <= MAX_CLICKS
    assert visitor.faults + clerk.faults == []


def test_the_pages_of_the_desk_are_for_everybody(site, signed_in):
    page = signed_in("state@demo.example").new_page()
    addresses = ["setup/", "organizations/", "organizations/9101/", "organizations/9101/move/", "organizations/add/"]
    addresses += ["organizations/9100/close/", "code-lists/", "code-lists/cte_codes/", "settings/"]
    faults = []
    for address in addresses:
        page.goto(f"{site.address}/{address}")
        faults += look_at(page, address)
    assert faults == []
