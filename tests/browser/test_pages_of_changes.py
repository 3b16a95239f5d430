"""The pages about what is on file in a real browser: what changes, what is decided, by hand, and what is told of it."""

import csv
import io
import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import look_at

STUDENT = "900000012"
_ENDED = re.compile("Finished|Failed|On hold")


def changed(site, student: str | None = None) -> bytes:
    """Return the demo's CTE file with other credits, for one student or for all."""
    rows = list(csv.reader(io.StringIO((site.files / "cte.csv").read_text())))
    for row in rows[1:]:
        if student in (None, row[2]):
            row[7] = "8.75"
    return _written(rows)


def one_line_short(site) -> bytes:
    """Return the demo's CTE file without the second line of a student's group, the first one changed."""
    rows = list(csv.reader(io.StringIO((site.files / "cte.csv").read_text())))
    first = next(row for row in rows if sum(other[1:3] + other[4:5] == row[1:3] + row[4:5] for other in rows) > 1)
    return _written([rows[0], [*first[:7], "8.75", *first[8:]]])


def first_rows(site, count: int) -> bytes:
    """Return the first rows of the demo's CTE file."""
    rows = list(csv.reader(io.StringIO((site.files / "cte.csv").read_text())))
    return _written(rows[: count + 1])


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def send(page: Page, name: str, content: bytes, *, check_only: bool = False, complete: bool = False) -> None:
    """Send a CTE file, and open its page once it has ended."""
    page.goto("/state-reporting-status/upload-file/")
    page.get_by_label("File Type").select_option(label="CTE")
    if check_only:
        page.get_by_label("Check only: nothing is loaded").check()
    if complete:
        page.get_by_label("This file has everything we have").check()
    page.get_by_text("Attach File").click()
    page.get_by_label("File", exact=True).set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    link = page.get_by_role("link", name=name, exact=True).first
    row = page.get_by_role("row").filter(has=link).first
    expect(row).to_contain_text(_ENDED, timeout=60_000)
    link.click()


def decide(page: Page, button: str) -> None:
    """Press a button of an upload's page, and wait until the new upload has ended."""
    page.get_by_role("button", name=button, exact=True).click()
    facts = page.locator("dl.facts")
    expect(facts).to_contain_text(_ENDED, timeout=60_000)


def pages_of_uploads(page: Page, site) -> Iterator[str]:
    """Go through what an upload's page may show about lines on file, and yield the name of each."""
    first = (site.files / "cte.csv").read_text().splitlines()[1].split(",")[2]
    send(page, "one-student.csv", changed(site, first), check_only=True)
    yield "a check with a plan"
    check = page.url
    send(page, "loaded.csv", changed(site, first))
    loaded = page.url
    page.goto(check)
    decide(page, "Load it now")
    yield "a plan that has moved"
    page.goto(f"{loaded}undo/")
    yield "an undo that asks first"
    page.get_by_role("button", name="Undo this upload").click()
    yield "an upload that was undone"
    send(page, "everything.csv", first_rows(site, 2), check_only=True, complete=True)
    yield "a complete file that leaves lines out"
    page.get_by_role("link", name=re.compile("^All [0-9]+ lines$")).first.click()
    yield "all lines that it leaves out"
    send(page, "short.csv", one_line_short(site), check_only=True)
    yield "rows that wait for a choice"


def pages_by_hand(page: Page) -> Iterator[str]:
    """Go through the forms of a student's lines, and yield the name of each."""
    page.goto("/students/")
    page.get_by_label("State student number or name").fill(STUDENT)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=STUDENT).click()
    student = page.url
    for tab in ("Enrollments", "CTE"):
        for link in ("Add", "Correct", "Withdraw"):
            page.goto(student)
            page.get_by_role("link", name=tab, exact=True).first.click()
            page.get_by_role("link", name=re.compile(f"^{link}", re.IGNORECASE)).first.click()
            yield f"{link.lower()} by hand: {tab}"
    page.get_by_role("button", name=re.compile("^Withdraw")).click()
    yield "a form without a reason"


def test_the_pages_about_changes_are_accessible(site, signed_in):
    faults: list[str] = []
    with signed_in() as context:
        page = context.new_page()
        for name in pages_of_uploads(page, site):
            faults += look_at(page, name)
        for name in pages_by_hand(page):
            faults += look_at(page, name)
        for address in ("/state-reporting-status/nothing-to-report/", "/on-file/", "/state-reporting-status/"):
            page.goto(address)
            faults += look_at(page, address)
    assert faults == []


def test_a_choice_and_a_withdrawal_are_made_by_keyboard(site, signed_in):
    with signed_in() as context:
        page = context.new_page()
        send(page, "keys.csv", one_line_short(site), check_only=True)
        page.get_by_role("button", name="Keep the stored lines and add these").focus()
        page.keyboard.press("Enter")
        expect(page.locator("dl.facts")).to_contain_text("Keep the stored lines", timeout=60_000)
        send(page, "keys-everything.csv", first_rows(site, 2), check_only=True, complete=True)
        page.get_by_label("Line 1", exact=True).focus()
        page.keyboard.press("Space")
        expect(page.get_by_label("Line 1", exact=True)).not_to_be_checked()
        page.get_by_label("Reason").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector('#withdrawal-reason').validity.valueMissing")
