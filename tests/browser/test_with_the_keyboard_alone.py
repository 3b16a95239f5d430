"""The walk without a mouse: Tab, Enter, Space and Escape."""

from playwright.sync_api import Page, expect

from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD

MANY = 60


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the element with this text or label has the focus; it must show that it has."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [(e.labels?.[0] ?? e).innerText.trim(), s.outlineStyle, s.outlineWidth] }"
        )
        if here[0].replace("\n", " ").startswith(text):
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


def test_the_forms_of_the_desk_are_worked_by_keyboard(signed_in):
    with signed_in("state@demo.example") as context:
        page = context.new_page()
        page.goto("/windows/2020-2021/cte/late/")
        tab_to(page, "Organization")
        page.keyboard.type("rock public")
        expect(page.locator("#organization-names option")).to_have_attribute("value", "Rock Star Public Schools (9100)")
        tab_to(page, "Reason")
        tab_to(page, "Allow late files")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Enter the reason")).to_be_visible()

        page.goto("/organizations/add/")
        for label, text in (("ID", "9777"), ("Name", "Tidal School"), ("Kind", "School")):
            tab_to(page, label)
            page.keyboard.type(text)
        tab_to(page, "Belongs to the SAU")
        page.keyboard.type("Rock Star Public Schools")
        page.keyboard.press("Enter")
        tab_to(page, "Carry it out")

        page.goto("/people/invite/")
        tab_to(page, "State administrator")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="Data Specialist")).to_be_checked()
        tab_to(page, "Where")
        tab_to(page, "Invite")
