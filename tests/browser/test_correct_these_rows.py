"""Sixty rows with nine kinds of mistakes become clean on the page, with nothing looked up elsewhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sixty_rows import ROW_COUNT, WRONG_COUNT, good_row, write_sixty_rows
from tests.browser.test_accessibility import look_at

COUNTS_COME_IN = 60_000  # milliseconds; the worker looks every few seconds
MAX_CLICKS = 25
CREDITS, START, END, STUDENT, SAU = 7, 5, 6, 2, 0


class Clicks:
    """Clicks as a person does, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, found) -> None:
        found.click()
        self.count += 1

    def button(self, name) -> None:
        self(self.page.get_by_role("button", name=name))


def send(page: Page, path) -> None:
    """Send the file, and open its page."""
    page.goto("/state-reporting-status/upload-file/")
    page.get_by_label("File Type").select_option(label="CTE")
    page.get_by_text("Attach File").click()
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_role("link", name=path.name, exact=True).first.click()


def cell(page: Page, row: int, position: int):
    return page.locator(f"#c-{row}-{position}")


def type_over(page: Page, row: int, position: int, text: str) -> None:
    cell(page, row, position).focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.fixture
def sixty(tmp_path):
    return write_sixty_rows(tmp_path / "sixty.csv")


def test_sixty_rows_are_clean_after_one_correction(specialist, sixty):
    page = specialist
    send(page, sixty)
    wrong = f"{ROW_COUNT - WRONG_COUNT} of {ROW_COUNT} rows were loaded"
    expect(page.locator(".lead")).to_have_text(wrong, timeout=COUNTS_COME_IN)
    clicks = Clicks(page)
    clicks(page.get_by_role("link", name="Correct these rows"))
    expect(page.locator("table.grid tr[data-row]")).to_have_count(WRONG_COUNT)
    assert look_at(page, "rows to correct") == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.locator(".grid-scroll").evaluate("grid => grid.scrollWidth - grid.clientWidth") == 0

    # One value for all rows of a cause, and suggestions by one click
    clicks(page.get_by_role("button", name=re.compile("^43.0107 .* for all rows")))
    clicks(page.get_by_role("button", name=re.compile("^9501 .* for all rows")))
    clicks(page.get_by_role("button", name=re.compile("^StartDate, row 29: use 2020-09-08")))
    for row in (35, 38):
        expect(cell(page, row, STUDENT)).to_have_attribute("aria-invalid", "true")
        type_over(page, row, STUDENT, good_row(row)[STUDENT])
    type_over(page, 26, CREDITS, "0.75")
    type_over(page, 32, END, "2021-06-15")
    type_over(page, 41, CREDITS, "1.50")
    type_over(page, 44, SAU, good_row(45)[SAU])
    type_over(page, 47, START, "2020-09-01")

    # Undo and redo
    page.keyboard.press("Control+z")
    expect(cell(page, 47, START)).to_have_value("2020-08-17")
    page.keyboard.press("Control+y")
    expect(cell(page, 47, START)).to_have_value("2020-09-01")

    # The row that could not be read is as it is written, and comes from the clipboard as a block
    expect(page.locator("#row-61 + .about .row-text")).to_contain_text('"L000')
    paste(page, 61, 0, "\t".join(good_row(61)))
    expect(cell(page, 61, CREDITS)).to_have_value("1.50")

    clicks.button("Check again")
    expect(page.locator(".lead")).to_have_text(f"All {WRONG_COUNT} rows are right now: load them")
    clicks.button("Load these rows")
    done = f"{ROW_COUNT} of {ROW_COUNT} rows are in, you are done"
    expect(page.locator(".lead")).to_have_text(done, timeout=COUNTS_COME_IN)
    assert clicks.count <= MAX_CLICKS

    # What was corrected is in its history
    page.get_by_role("link", name="what was corrected").click()
    expect(page.get_by_role("row", name="11 CTECode 43 43.0107")).to_be_visible()
    assert look_at(page, "corrections") == []


def paste(page: Page, row: int, position: int, text: str) -> None:
    """Paste as a browser does: with what the clipboard has."""
    cell(page, row, position).focus()
    cell(page, row, position).evaluate(
        """(cell, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_keys_move_change_and_take_back_as_in_a_spreadsheet(specialist, sixty):
    page = specialist
    send(page, sixty)
    page.get_by_role("link", name="Correct these rows").click(timeout=COUNTS_COME_IN)
    cell(page, 11, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(cell(page, 11, 1)).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("x")
    expect(cell(page, 11, 1)).to_have_value("CATxC")
    page.keyboard.press("Escape")
    expect(cell(page, 11, 1)).to_have_value("CATC")
    page.keyboard.type("9501")
    page.keyboard.press("Enter")
    expect(cell(page, 14, 1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cell(page, 14, 2)).to_be_focused()
    paste(page, 11, 5, "2020-09-09\t\n2020-09-10\t2021-01-02\n")
    assert [cell(page, row, at).input_value() for row in (11, 14) for at in (5, 6)] == [
        "2020-09-09", "", "2020-09-10", "2021-01-02",
    ]  # fmt: skip
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, 14, 6)).to_have_value("")

    # The session ends midway: nothing that was typed is lost
    page.context.clear_cookies()
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".lead")).to_contain_text("You have been signed out")
    expect(cell(page, 11, 1)).to_have_value("9501")


def test_the_rows_are_corrected_without_javascript(signed_in, sixty):
    with signed_in(java_script_enabled=False) as context:
        page = context.new_page()
        send(page, sixty)
        wait_for_link(page, "Correct these rows")
        page.get_by_role("link", name="Correct these rows").click()
        page.get_by_role("button", name=re.compile("^43.0107 .* for all rows")).click()
        expect(cell(page, 17, 4)).to_have_value("43.0107")
        cell(page, 26, CREDITS).fill("0.75")
        page.get_by_role("button", name="Load these rows").click()
        wait_for_link(page, "Correct these rows")
        expect(page.locator(".lead")).to_have_text("50 of 60 rows are in, 10 to go")


def wait_for_link(page: Page, name: str) -> None:
    for _ in range(120):
        if page.get_by_role("link", name=name).count():
            return
        page.wait_for_timeout(500)
        page.reload()
