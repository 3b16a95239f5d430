"""What a page shows on paper, where nobody can open what is closed."""

from importlib.resources import files

import pytest

PRINT = files("tidegate.web") / "static" / "tidegate" / "print.css"
VISIBILITY = "getComputedStyle(document.querySelector('details'), '::details-content').contentVisibility"


@pytest.mark.parametrize(
    ("around", "of_details", "on_paper"),
    [("", "card", "visible"), ("card", "", "visible"), ("card cause", "", "hidden")],
)
def test_closed_tables_are_open_on_paper_and_rows_of_causes_not(browser, around, of_details, on_paper):
    page = browser.new_page()
    closed = f"<div class='{around}'><details class='{of_details}'><summary>By grade</summary>12</details></div>"
    page.set_content(f"<style>{PRINT.read_text()}</style>{closed}")
    assert page.evaluate(VISIBILITY) == "hidden"
    page.emulate_media(media="print")
    assert page.evaluate(VISIBILITY) == on_paper
    page.close()
