"""The guide's twelve steps in a real browser, with a real worker, and the Student CTE screen after them."""

import re
import shutil

from playwright.sync_api import Page, expect

from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD

COUNTS_COME_IN = 60_000  # milliseconds; the worker looks every few seconds


def counts_of(page: Page, file_name: str) -> list[str]:
    """Return Row Count, Success Count and Error of the upload, once they are there."""
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=file_name, exact=True)).first
    expect(row.locator("td.number").first).to_have_text(re.compile(r"^\d+$"), timeout=COUNTS_COME_IN)
    return row.locator("td.number").all_text_contents()


def upload(page: Page, file_type: str, path) -> None:
    """Steps 5 to 9."""
    page.get_by_text("Menu", exact=True).hover()
    page.get_by_role("link", name="Upload File").click()
    box = page.get_by_role("dialog", name="Upload File")
    box.get_by_label("File Type").select_option(label=file_type)
    box.get_by_text("Attach File").click()
    with page.expect_file_chooser() as chosen:
        box.get_by_label("File", exact=True).click()
    chosen.value.set_files(path)
    box.get_by_role("button", name="Upload").click()
    expect(box).not_to_be_visible()


def test_the_guides_twelve_steps_end_on_the_student_cte_screen(site, visitor, tmp_path):
    page = visitor
    enrollment = shutil.copy(site.files / "student_enrollment.csv", tmp_path / "walk_enrollment.csv")
    cte = shutil.copy(site.files / "cte_two_errors.csv", tmp_path / "walk_cte.csv")
    page.goto("/")
    page.get_by_label("Email").fill("rockstar@demo.example")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    # 1 and 2: the Change Focus box
    page.get_by_role("link", name="Change Focus").click()
    box = page.get_by_role("dialog", name="Change Focus")
    box.get_by_label("Year").select_option("2020-2021")
    box.get_by_label("Organization").select_option("Rock Star Public Schools")
    box.get_by_label("Show Students").select_option("Show Active and Inactive")
    box.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Change Focus")).to_contain_text("2020-2021 Rock Star Public Schools")

    # 4: the navigation tree
    page.get_by_text("Student Information", exact=True).click()
    page.get_by_text("ME", exact=True).click()
    page.get_by_role("link", name="State Reporting Status", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("State Reporting Status")

    # 5 to 9, for the file that must come before, and then for the CTE file
    upload(page, "Student Enrollment", enrollment)
    assert counts_of(page, "walk_enrollment.csv") == ["22", "22", "0"]
    upload(page, "CTE", cte)

    # 10 and 11: the counts come in by themselves, and the button is there
    assert counts_of(page, "walk_cte.csv") == ["25", "23", "2"]
    page.get_by_role("link", name="Refresh").click()
    assert counts_of(page, "walk_cte.csv") == ["25", "23", "2"]

    # 12: the Result Log, at the right of the row
    with page.expect_download() as download:
        page.get_by_role("link", name="Result Log of walk_cte.csv").click()
    assert download.value.path().read_text().splitlines() == [
        "Row Number,SAU ID,School ID,State Student Number,Error",
        '6,9100,CATC,900000150,"Secondary enrollment not found at ""Capital Area Technical Center"""',
        '13,9100,CATC,900000012,"Unable to resolve CTE Code ""43"""',
    ]

    # The upload's page says what to fix
    page.get_by_role("link", name="walk_cte.csv", exact=True).click()
    expect(page.get_by_text("23 of 25 rows were loaded")).to_be_visible()
    expect(page.get_by_text("There has not been a concurrent enrollment created for the student.")).to_be_visible()

    # And the data stands on the Student CTE screen
    page.get_by_role("link", name="Students", exact=True).click()
    page.get_by_label("State student number or name").fill("900000151")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="900000151").click()
    page.get_by_role("link", name="CTE", exact=True).click()
    expect(page.get_by_text("Student CTE, school year 2020-2021")).to_be_visible()
    line = page.get_by_role("row").filter(has_text="Capital Area Technical Center").first
    expect(line).to_contain_text("1.50")
    expect(line.get_by_role("link", name=re.compile(r"\.csv$"))).to_be_visible()


def test_check_only_says_what_would_happen_and_loads_nothing(site, specialist, tmp_path):
    path = shutil.copy(site.files / "cte.csv", tmp_path / "trial_run.csv")
    specialist.goto("/state-reporting-status/upload-file/")
    specialist.get_by_label("File Type").select_option(label="CTE")
    specialist.get_by_label("Check only: nothing is loaded").check()
    specialist.get_by_text("Attach File").click()
    specialist.get_by_label("File", exact=True).set_input_files(path)
    specialist.get_by_role("button", name="Upload").click()
    assert counts_of(specialist, "trial_run.csv") == ["23", "23", "0"]
    specialist.get_by_role("link", name="trial_run.csv", exact=True).click()
    expect(specialist.get_by_text("All 23 rows would be loaded")).to_be_visible()


def test_whoever_was_signed_out_elsewhere_comes_to_the_sign_in_page_and_not_into_a_box(specialist):
    specialist.goto("/students/")
    specialist.context.clear_cookies()
    specialist.get_by_role("link", name="Change Focus").click()
    expect(specialist.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_forged_choice_stays_in_the_box_with_its_sentence(specialist):
    specialist.goto("/students/")
    specialist.get_by_role("link", name="Change Focus").click()
    box = specialist.get_by_role("dialog", name="Change Focus")
    box.get_by_label("Organization").evaluate(
        "select => { select.options[0].value = '9200'; select.selectedIndex = 0 }"
    )
    box.get_by_role("button", name="Save").click()
    expect(box).to_contain_text("Choose an organization from the list")
