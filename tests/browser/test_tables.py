"""Tables that fit, files that are dropped, and the focus that comes back, in a real browser."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD

STATUS = "/state-reporting-status/"
FINDINGS = f"{STATUS}4/findings/CTE403/?column=CTECode"
PAGES = (STATUS, f"{STATUS}1/", f"{STATUS}5/", "/students/", "/no-longer-fits/", FINDINGS)
BROKEN = """(pattern) => {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), broken = [];
  while (texts.nextNode()) {
    for (const found of texts.currentNode.data.matchAll(new RegExp(pattern, "g"))) {
      const range = document.createRange();
      range.setStart(texts.currentNode, found.index);
      range.setEnd(texts.currentNode, found.index + found[0].length);
      if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""
DROP = """async ([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/csv" }));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data });
    document.querySelector("main").dispatchEvent(event);
  }
}"""


def hidden_columns(page: Page) -> list[str]:
    """Return the headers of the table that are not wholly within the window."""
    return page.locator(".uploads thead th").evaluate_all(
        "heads => heads.filter((h) => h.getBoundingClientRect().right > document.documentElement.clientWidth"
        " || h.scrollWidth > h.clientWidth).map((h) => h.innerText)"
    )


@pytest.mark.parametrize("email", ["rockstar@demo.example", "state@demo.example"])
def test_every_column_of_the_table_is_visible_at_1280_pixels(signed_in, email):
    with signed_in(email, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(STATUS)
        assert hidden_columns(page) == []
        assert page.evaluate(BROKEN, r"\S*Demographics\S*") == []
        box = page.locator(".uploads").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert box[0] == box[1]
        expect(page.get_by_role("columnheader", name="Result Log")).to_be_in_viewport()


def test_at_320_pixels_an_upload_is_a_card_with_its_counts(signed_in):
    with signed_in(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.goto(STATUS)
        card = page.get_by_role("row").filter(has=page.get_by_role("link", name=re.compile("Result Log of"))).first
        for count in card.locator("td.number").all():
            assert count.bounding_box()["x"] + count.bounding_box()["width"] <= 320
        shown = card.locator("td.number").first.evaluate("e => getComputedStyle(e, '::before').content")
        assert "Row Count" in shown
        assert card.get_by_role("cell").count() >= 8


def test_numbers_of_nine_digits_never_break(signed_in):
    for width in (320, 640, 1280):
        with signed_in(viewport={"width": width, "height": 800}) as context:
            page = context.new_page()
            broken = {}
            for address in PAGES:
                page.goto(address)
                broken |= {f"{address} at {width}": found for found in [page.evaluate(BROKEN, r"\d{9}")] if found}
            assert broken == {}


def test_filters_stay_in_the_address_and_the_counts_still_come_in(specialist):
    specialist.goto(STATUS)
    specialist.get_by_text("Filter and sort").click()
    specialist.get_by_label("File name or organization").fill("cte")
    specialist.get_by_label("Sort by").select_option("Error, most first")
    specialist.get_by_role("button", name="Show").click()
    expect(specialist).to_have_url(re.compile(r"text=cte.*sort=error_count"))
    expect(specialist.get_by_role("columnheader", name="Error")).to_have_attribute("aria-sort", "descending")
    specialist.get_by_role("link", name="Show all").click()
    expect(specialist).to_have_url(re.compile(rf"{STATUS}$"))


def test_a_file_that_is_dropped_on_the_page_is_in_the_form(specialist):
    specialist.goto(STATUS)
    specialist.evaluate(DROP, ["dropped.csv", "SAUID\n"])
    box = specialist.get_by_role("dialog", name="Upload File")
    expect(box).to_be_visible()
    expect(box.get_by_label("File", exact=True)).to_have_value(re.compile("dropped.csv"))
    specialist.keyboard.press("Escape")
    specialist.goto(f"{STATUS}upload-file/")
    specialist.evaluate(DROP, ["again.csv", "SAUID\n"])
    expect(specialist.get_by_label("File", exact=True)).to_have_value(re.compile("again.csv"))


def test_escape_gives_the_focus_back_to_what_opened_the_box(specialist):
    specialist.goto(STATUS)
    specialist.get_by_role("link", name="Change Focus").focus()
    specialist.keyboard.press("Enter")
    expect(specialist.get_by_role("dialog", name="Change Focus")).to_be_visible()
    specialist.keyboard.press("Escape")
    expect(specialist.get_by_role("link", name="Change Focus")).to_be_focused()
    menu = specialist.locator("summary", has_text="Menu")
    menu.focus()
    specialist.keyboard.press("Enter")
    specialist.get_by_role("link", name="Upload File").focus()
    specialist.keyboard.press("Enter")
    expect(specialist.get_by_role("dialog", name="Upload File")).to_be_visible()
    specialist.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_a_session_that_ends_before_a_file_is_sent_keeps_the_choices(site, signed_in, tmp_path):
    path = shutil.copy(site.files / "cte.csv", tmp_path / "late.csv")
    with signed_in() as context:
        page = context.new_page()
        page.goto(STATUS)
        page.get_by_text("Menu", exact=True).hover()
        page.get_by_role("link", name="Upload File").click()
        box = page.get_by_role("dialog", name="Upload File")
        box.get_by_label("File Type").select_option(label="CTE")
        box.get_by_label("Check only: nothing is loaded").check()
        box.get_by_text("Attach File").click()
        box.get_by_label("File", exact=True).set_input_files(path)
        context.clear_cookies(name="tidegate_session")
        box.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        page.get_by_label("Email").fill("rockstar@demo.example")
        page.get_by_label("Password").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("You were signed out before the file was taken")).to_be_visible()
        expect(page.get_by_label("File Type")).to_have_value("cte")
        expect(page.get_by_label("Check only: nothing is loaded")).to_be_checked()
