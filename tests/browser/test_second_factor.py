"""A second factor in a real browser: set up, asked for, turned off."""

from tests.browser.test_accessibility import look_at
from tests.web.accounts.test_second_factor import code_of
from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD

EMAIL = "viewer@demo.example"


def give_password(page) -> None:
    page.get_by_label("Password").fill(DEMO_PASSWORD)


def test_a_viewer_sets_up_a_second_factor_signs_in_with_it_and_turns_it_off(browser, site):
    faults: list[str] = []
    with browser.new_context(base_url=site.address) as context:
        page = context.new_page()
        page.goto("/second-factor/")
        page.get_by_label("Email").fill(EMAIL)
        give_password(page)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Set one up").click()
        give_password(page)
        page.get_by_role("button", name="Continue").click()
        faults += look_at(page, "turn on")
        assert page.locator(".qr img").evaluate("image => image.naturalWidth") > 0, "The policy lets the picture in"
        secret = page.locator("code").inner_text()
        page.get_by_label("Code").fill(code_of(secret))
        page.get_by_role("button", name="Turn it on").click()
        page.get_by_text("The second factor is on").wait_for()
        faults += look_at(page, "recovery codes")
        code = page.locator(".recovery-codes code").first.inner_text()
        page.goto("/second-factor/")
        faults += look_at(page, "second factor that is on")
        page.get_by_role("link", name="Make new codes").click()
        faults += look_at(page, "new recovery codes")
    with browser.new_context(base_url=site.address) as context:
        page = context.new_page()
        page.goto("/second-factor/turn-off/")
        page.get_by_label("Email").fill(EMAIL)
        give_password(page)
        page.get_by_role("button", name="Sign in").click()
        faults += look_at(page, "code")
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("That code isn't right").wait_for()
        faults += look_at(page, "wrong code")
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="With the password instead").or_(page.get_by_label("Password")).first.wait_for()
        if page.get_by_role("link", name="With the password instead").count():
            page.get_by_role("link", name="With the password instead").click()
        give_password(page)
        page.get_by_role("button", name="Continue").click()
        faults += look_at(page, "turn off")
        page.get_by_role("button", name="Turn it off").click()
        page.get_by_text("The second factor is off").wait_for()
    assert faults == []
