"""The walk without a mouse: Tab, Enter, Space and Escape."""

from playwright.sync_api import Page, expect

from tests.browser.sixty_rows import good_row
from tests.browser.test_correct_these_rows import COUNTS_COME_IN, CREDITS, STUDENT, send
from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD
from tidegate.states.maine.demo.files import CTE_HEADER

MANY = 90


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the element with this text or label has the focus; it must show that it has."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " const said = (e.labels?.[0] ?? e).cloneNode(true);"
            " said.querySelectorAll('[aria-hidden]').forEach(each => each.remove());"
            " return [e.ariaLabel || said.textContent, s.outlineStyle, s.outlineWidth] }"
        )
        if " ".join(here[0].split()).startswith(text):
            assert here[1] != "none", f"{text} does not show that it has the focus"
            assert here[2] != "0px", f"{text} does not show that it has the focus"
            return
    raise AssertionError(f"Tab does not reach {text}")


def test_a_person_signs_in_by_keyboard(visitor):
    visitor.goto("/")
    visitor.keyboard.type("viewer@demo.example")
    visitor.keyboard.press("Tab")
    visitor.keyboard.type(DEMO_PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Start")


def test_the_skip_link_comes_first_and_leads_to_the_content(specialist):
    specialist.goto("/students/")
    specialist.keyboard.press("Tab")
    expect(specialist.get_by_role("link", name="Skip to the content")).to_be_focused()
    specialist.keyboard.press("Enter")
    expect(specialist.locator("#main")).to_be_focused()
    tab_to(specialist, "State student number or name")


def test_the_tree_the_menu_and_the_box_are_worked_by_keyboard(specialist):
    specialist.goto("/")
    tab_to(specialist, "Student Information")
    specialist.keyboard.press("Enter")
    tab_to(specialist, "ME")
    specialist.keyboard.press("Space")
    tab_to(specialist, "State Reporting Status")
    specialist.keyboard.press("Enter")
    expect(specialist.get_by_role("heading", level=1)).to_have_text("State Reporting Status")

    tab_to(specialist, "Menu")
    specialist.keyboard.press("Enter")
    tab_to(specialist, "Upload File")
    specialist.keyboard.press("Enter")
    box = specialist.get_by_role("dialog", name="Upload File")
    expect(box.get_by_label("File Type")).to_be_focused()
    tab_to(specialist, "Attach File")
    specialist.keyboard.press("Enter")
    tab_to(specialist, "File")
    tab_to(specialist, "Upload")
    specialist.keyboard.press("Escape")
    expect(box).not_to_be_visible()


def test_escape_closes_the_menu_and_gives_the_focus_back(specialist):
    specialist.goto("/state-reporting-status/")
    tab_to(specialist, "Menu")
    specialist.keyboard.press("Enter")
    tab_to(specialist, "Upload File")
    specialist.keyboard.press("Escape")
    expect(specialist.get_by_role("link", name="Upload File")).not_to_be_visible()
    expect(specialist.locator("summary", has_text="Menu")).to_be_focused()


def open_main(page: Page, address: str) -> None:
    """Go to a page, and to its content by the skip link."""
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_forms_of_the_desk_are_worked_by_keyboard(signed_in):
    with signed_in("state@demo.example") as context:
        page = context.new_page()
        open_main(page, "/windows/2020-2021/cte/late/")
        tab_to(page, "Organization")
        page.keyboard.type("rock public")
        expect(page.locator("#organization-names option")).to_have_attribute("value", "Rock Star Public Schools (9100)")
        tab_to(page, "Reason")
        tab_to(page, "Go on")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Until", exact=True)).to_be_focused()

        open_main(page, "/organizations/add/")
        for label, text in (("ID", "9777"), ("Name", "Tidal School"), ("Kind", "School")):
            tab_to(page, label)
            page.keyboard.type(text)
        tab_to(page, "Belongs to the SAU")
        page.keyboard.type("Rock Star Public Schools")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Carry it out")).to_be_visible()
        tab_to(page, "Carry it out")

        open_main(page, "/people/invite/")
        tab_to(page, "State administrator")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="Data specialist")).to_be_checked()
        tab_to(page, "Where")
        tab_to(page, "Invite")


def press(page: Page, text: str, *, then: str) -> None:
    """Go to the button or link with this text, and press it; `then` is what the page says afterwards."""
    tab_to(page, text)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(then, timeout=COUNTS_COME_IN)


def test_columns_are_matched_rows_corrected_and_let_wait_by_keyboard(specialist, tmp_path):
    wrong, alone = list(good_row(2)), list(good_row(3))
    wrong[CREDITS], alone[STUDENT], alone[STUDENT + 1] = '"0,75"', "900000001", ""  # one who is in no technical school
    header = ["CIP Program" if name == "CTECode" else name for name in CTE_HEADER]
    path = tmp_path / "by-keyboard.csv"
    path.write_text("".join(f"{','.join(cells)}\n" for cells in (header, wrong, alone)), encoding="utf-8")
    send(specialist, path)
    expect(specialist.get_by_role("link", name="Match the columns")).to_be_visible(timeout=COUNTS_COME_IN)

    tab_to(specialist, "Inbox")  # the bell is a stop on the way
    press(specialist, "Match the columns", then="Say once which column")
    tab_to(specialist, "CIP Program is")
    specialist.keyboard.type("C")  # one letter is enough; between several a busy browser may begin the word anew
    specialist.keyboard.press("Tab")
    expect(specialist.locator("#verdict")).to_contain_text("All columns are matched")
    press(specialist, "Load the file", then="0 of 2 rows were loaded")

    tab_to(specialist, "Secondary enrollment not found")
    specialist.keyboard.press("Space")
    specialist.keyboard.press("Space")
    press(specialist, "Let these rows wait", then="1 row waits.")
    press(specialist, "Correct these rows", then="Check again")
    earned = specialist.get_by_label("CreditsEarned, row 2")
    tab_to(specialist, "CreditsEarned, row 2")
    for key, said in (("F2", "0,75"), ("Backspace", "0,7"), ("Escape", "0,75")):
        specialist.keyboard.press(key)
        expect(earned).to_have_value(said)
    specialist.keyboard.type("0.75")
    specialist.keyboard.press("Control+Enter")  # the row is right in itself, and leaves out a line that is on file
    expect(specialist.locator("#verdict")).to_contain_text("The row still has an error")
    tab_to(specialist, "Decide later")
    specialist.keyboard.press("ArrowDown")
    press(specialist, "Check again", then="The row is right now: load it")
    expect(specialist.locator("#verdict")).to_be_focused()
    press(specialist, "Load these rows", then="1 of 2 rows are in")
