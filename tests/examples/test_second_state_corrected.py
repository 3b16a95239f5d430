"""The example of another state, as its lines change: by hand, withdrawn, checked again, exported, compared."""

import re
import shutil

from tests.browser.running_site import form_token
from tests.examples.conftest import text_of
from tests.examples.way import EXAMPLE, OFFICE
from tidegate.core.layouts.state_package import load_state

REFERENCE = EXAMPLE / "demo" / "reference"
WORDS_OF_ANOTHER = re.compile(r"\bSAUs?\b|\bCTE\b|\bME\b|\bNEO\b|Student Enrollment file")


def address_of(site, student: str) -> str:
    """Return the address of a student's page, found by the search."""
    site.post("/students/search/", search=student)
    return re.search(r"/students/[0-9a-f-]{36}/", site.pages.get("/students/").text)[0]


def test_a_student_is_found_by_the_number_that_the_office_uses(site):
    found = site.post("/students/search/", search="1017")
    assert "0040000119" in found
    assert "0040000112" not in found
    assert "No student found" in site.post("/students/search/", search="1003")  # another office's


def test_a_line_is_corrected_by_hand_and_history_exports_and_comparisons_have_both(site, tmp_path):
    about = ("--school-year", "2020-2021", "--organization", OFFICE)
    site.run("export-records", tmp_path / "before", *about)
    lines = address_of(site, "0040000119") + "bus-riders/"
    form = re.search(rf"{lines}\d+/correct/", site.pages.get(lines).text)[0]
    page = site.pages.get(form).text
    values = dict(re.findall(r'<input[^>]*name="(column_[^"]*)"[^>]*value="([^"]*)"', page))
    values |= {
        name: re.search(r'<option value="([^"]*)" selected', options)[1]
        for name, options in re.findall(r'<select[^>]*name="(column_[^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL)
    }
    miles = next(name for name, value in values.items() if value in ("14.9", "5.8"))
    site.post(form, **values | {miles: "99.5"}, reason="Counted again")
    assert site.newest_upload()["state"] == "finished"
    history = site.page(lines.removesuffix("bus-riders/") + "history/")
    assert "99.5" in site.page(lines)
    assert "Counted again" in history
    shown = site.page(lines) + history + text_of(site.pages.get(form))
    assert not WORDS_OF_ANOTHER.search(shown)
    site.run("export-records", tmp_path / "after", *about)
    about = ("--file-type", "bus-riders", *about)
    assert "99.5" in (tmp_path / "after" / "bus_riders.csv").read_text()
    site.run("reconcile", tmp_path / "after" / "bus_riders.csv", *about)
    said = site.run("reconcile", tmp_path / "before" / "bus_riders.csv", *about, exit_status=1)
    assert "99.5" in said
    assert not WORDS_OF_ANOTHER.search(said)


def test_lines_that_a_complete_file_leaves_out_are_withdrawn_and_restored(site):
    before = site.run("state-hash")
    rows = f"{OFFICE},AB-0102,0040000154,B11,AM,2020-09-01,,24.9\n"
    upload = site.send(rows, check_only="load", complete="on")
    page = site.page(f"/state-reporting-status/{upload['id']}/")
    assert "On file, and not in this file" in page
    assert "The file was sent as everything that Aldermere County Office has" in page
    withdraw = f"/state-reporting-status/{upload['id']}/withdraw/"
    line = re.search(r'name="line" value="(\d+)"', site.pages.get(f"/state-reporting-status/{upload['id']}/").text)[1]
    site.post(withdraw, line=line, reason="Walks now")
    withdrawal = site.newest_upload()
    shown = site.page(f"/state-reporting-status/{withdrawal['id']}/")
    assert withdrawal["state"] == "finished"
    assert "Walks now" in shown
    assert not WORDS_OF_ANOTHER.search(page + shown)
    assert site.run("state-hash") != before
    site.post(f"/state-reporting-status/{withdrawal['id']}/undo/")
    assert site.ended(withdrawal["id"])["state"] == "undone"
    assert site.run("state-hash") == before


def test_an_office_says_that_a_school_has_nothing_to_report(site):
    browser = site.signed_in("corvane@demo.example")
    page = browser.get("/state-reporting-status/nothing-to-report/")
    school = re.search(r'<option value="(\d+)"[^>]*>\s*Corvane Community School', page.text)[1]
    said = form_token(page) | {"school": school, "file_type": "bus-riders"}
    answer = browser.post("/state-reporting-status/nothing-to-report/", data=said)
    assert answer.status_code == 200
    assert "Corvane Community School" in text_of(answer)
    assert not WORDS_OF_ANOTHER.search(text_of(answer))


def test_lines_that_no_longer_fit_are_listed_until_they_do(site, tmp_path):
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    routes = tmp_path / "route_codes.csv"
    ended = [
        f"{line.rpartition(',')[0]},2019-2020" if line.startswith("B11") else line
        for line in routes.read_text().splitlines()
    ]
    routes.write_text("\n".join([*ended, ""]))
    site.run("import-reference", tmp_path)
    try:
        site.run("recheck", exit_status=1)
        page = site.page("/no-longer-fits/")
        assert 'The list of bus routes has no "B11"' in page
        listed = site.pages.get("/no-longer-fits/no-longer-fits.csv").text
        assert "FIND404" in listed
        assert not WORDS_OF_ANOTHER.search(page + listed)
    finally:
        site.run("import-reference", REFERENCE)
        site.run("recheck")


def test_causes_and_the_rules_of_the_file_type_speak_of_its_own_columns(site):
    upload = site.send(f"{OFFICE},AES,0040000112,C99,AM,2020-09-01,,7.5\n" * 2, check_only="check_only")
    page = site.page(f"/state-reporting-status/{upload['id']}/")
    assert "C99" in page
    shown = page + site.page("/file-types/bus-riders/") + site.page("/students/") + site.page("/on-file/")
    assert not WORDS_OF_ANOTHER.search(shown)
    assert load_state(EXAMPLE).name in site.run("doctor", exit_status=1)
