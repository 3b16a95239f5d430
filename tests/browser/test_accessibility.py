"""Every page in a real browser: axe finds nothing at WCAG 2.2 AA, nothing sticks out at 320 px, light and dark."""

import json

from axe_playwright_python.base import AXE_SCRIPT

PAGES = {
    "start": "/",
    "change focus": "/change-focus/",
    "state reporting status": "/state-reporting-status/",
    "state reporting status, filtered": "/state-reporting-status/?text=cte&sort=error_count",
    "no upload found": "/state-reporting-status/?text=zzz",
    "upload file": "/state-reporting-status/upload-file/",
    "upload corrected file": "/state-reporting-status/upload-file/?follows=5",
    "upload file after signing in again": "/state-reporting-status/upload-file/?file_type=cte&again=yes",
    "upload without errors": "/state-reporting-status/2/",
    "upload with a held row": "/state-reporting-status/1/",
    "upload with many errors": "/state-reporting-status/5/",
    "findings": "/state-reporting-status/4/findings/CTE403/?column=CTECode",
    "no longer fits": "/no-longer-fits/",
    "conflicts": "/conflicts/",
    "file formats": "/file-formats/",
    "on file": "/on-file/",
    "students": "/students/",
    "file types": "/file-types/",
    "CTE": "/file-types/cte/",
    "Student Enrollment": "/file-types/student-enrollment/",
    "New State ID": "/file-types/new-state-id/",
    "rule": "/file-types/cte/rules/CTE301/",
    "tokens": "/tokens/",
    "webhooks": "/webhooks/",
    "password": "/password/",
    "is it still you": "/password/again/",
    "second factor": "/second-factor/",
    "not found": "/no/such/page/",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = json.dumps({"resultTypes": ["violations"], "runOnly": RULES})
WINDOWS = [(1280, "light"), (320, "dark")]
"""Each width and each scheme once: what is too wide hangs on no colour, and no contrast on the width."""


def look_at(page, name: str) -> list[str]:
    """Return what is wrong with the page at hand in either window, in words."""
    page.evaluate(AXE_SCRIPT)
    return [fault for width, scheme in WINDOWS for fault in _look_at(page, name, width, scheme)]


def _look_at(page, name: str, width: int, scheme: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate(f"axe.run({OPTIONS}).then(found => found.violations)")
    faults = [f"{name}: {fault['id']} at {fault['nodes'][0]['target']}" for fault in found]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{name}: the page is wider than the window")
    return faults


def look_at_students(page) -> list[str]:
    page.goto("/students/")
    page.get_by_label("State student number or name").fill("zzz")
    page.get_by_role("button", name="Search").click()
    faults = look_at(page, "search without success")
    page.get_by_label("State student number or name").fill("900000012")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="900000012").click()
    faults += look_at(page, "student")
    page.get_by_role("link", name="CTE", exact=True).click()
    faults += look_at(page, "student CTE")
    page.get_by_role("link", name="History", exact=True).click()
    faults += look_at(page, "student history")
    page.get_by_label("As of").fill("2020-10-15")
    page.get_by_role("button", name="Show", exact=True).click()
    return faults + look_at(page, "student history as of a day")


def test_every_page_is_accessible(signed_in):
    faults: list[str] = []
    with signed_in() as context:
        page = context.new_page()
        for name, address in PAGES.items():
            page.goto(address)
            faults += look_at(page, name)
        faults += look_at_students(page)
    with signed_in("state@demo.example") as context:
        page = context.new_page()
        page.goto("/possible-duplicates/")
        faults += look_at(page, "possible duplicates")
        page.get_by_role("link", name="Same person").first.click()
        faults += look_at(page, "same person?")
        page.get_by_role("button", name="Yes, the same person").click()
        page.get_by_role("link", name="What was decided").click()
        faults += look_at(page, "decided duplicates")
        page.get_by_role("link", name="Undo").first.click()
        faults += look_at(page, "undo the decision")
        page.get_by_role("button", name="Undo the decision").click()
        page.goto("/audit-log/")
        faults += look_at(page, "audit log")
        page.goto("/operations/")
        faults += look_at(page, "operations")
    assert faults == []


def test_the_sign_in_page_and_the_open_boxes_are_accessible(site, browser, signed_in):
    with browser.new_context(base_url=site.address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        faults = look_at(page, "sign in")
    with signed_in() as context:
        page = context.new_page()
        page.goto("/state-reporting-status/")
        page.get_by_role("link", name="Change Focus").click()
        page.get_by_role("dialog", name="Change Focus").wait_for()
        faults += look_at(page, "Change Focus box")
        page.get_by_role("link", name="Cancel").click()
        page.get_by_text("Menu", exact=True).click()
        faults += look_at(page, "Menu")
        page.get_by_role("link", name="Upload File").click()
        page.get_by_text("Attach File").click()
        faults += look_at(page, "Upload File box")
    assert faults == []
