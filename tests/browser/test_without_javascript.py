"""The walk in a browser without JavaScript: every box is a page, Refresh brings the counts."""

import shutil
import time

from playwright.sync_api import expect


def test_the_walk_works_without_javascript(site, signed_in, tmp_path):
    path = shutil.copy(site.files / "cte.csv", tmp_path / "no_javascript.csv")
    with signed_in(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="Change Focus").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Change Focus")
        page.get_by_label("Organization").select_option("Rock Star Public Schools")
        page.get_by_role("button", name="Save").click()

        page.get_by_text("Student Information", exact=True).click()
        page.get_by_text("ME", exact=True).click()
        page.get_by_role("link", name="State Reporting Status", exact=True).click()
        page.get_by_text("Menu", exact=True).click()
        page.get_by_role("link", name="Upload File").click()
        page.get_by_label("File Type").select_option(label="CTE")
        page.get_by_text("Attach File").click()
        page.get_by_label("File", exact=True).set_input_files(path)
        page.get_by_role("button", name="Upload").click()

        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="no_javascript.csv", exact=True)).first
        deadline = time.monotonic() + 60
        while "Finished" not in row.inner_text() and time.monotonic() < deadline:
            time.sleep(0.5)
            page.get_by_role("link", name="Refresh").click()
        assert row.locator("td.number").all_text_contents() == ["23", "23", "0"]
        with page.expect_download() as download:
            page.get_by_role("link", name="Result Log of no_javascript.csv").click()
        assert "All Records completed successfully" in download.value.path().read_text()


def test_a_form_that_is_not_complete_says_so_without_javascript(signed_in):
    with signed_in(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/change-focus/?next=/students/")
        page.get_by_label("Year").select_option("2020-2021")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Students")
