"""The example of another state at work: demo, pages, search, undo and API, in one running system."""

import re
import time

from tests.examples.way import EXAMPLE, HEADER, OFFICE, commands
from tidegate.core.layouts.state_package import load_state

STUDENT = "0040000112"
LOG_OF_ERRORS = """Row Number,County office ID,School ID,State Student Number,Error
,,,,"Notice: Column StudentNumber: 1 value lost a zero; we read ""0040000014\"""
2,AB-0012,AB-0101,0040000007,"The student also rides route ""B07"" from 2020-12-01 on, at the same time of day"
3,AB-0012,AB-0101,0040000007,"The student also rides route ""B11"" from 2020-09-01 on, at the same time of day"
5,AB-0012,AB-0102,0040000014,"The list of bus routes has no ""C02\"""
7,AB-0012,AB-0101,0040000042,"LastDay ""2020-08-31"" is before FirstDay ""2020-09-01\"""
"""


def test_the_demo_loads_the_good_rows_and_explains_the_rest(site):
    assert "Bus Riders Import Error Log\nAll Records completed successfully\n" in site.demo
    assert LOG_OF_ERRORS in site.demo
    assert re.search(r"bus_riders_with_errors.csv\W+Finished\W+13\W+9\W+4\b", site.demo)


def test_the_pages_speak_in_the_words_of_the_state(site):
    status = site.page("/state-reporting-status/")
    assert "WN State Reporting Status" in status
    assert "Aldermere County Office" in status
    home = site.page("/")
    assert "Bus Riders" in home
    assert not re.search(
        r"\bSAUs?\b|\bME\b|\bCTE\b", status + home + site.page("/file-types/") + site.page("/file-types/bus-riders/")
    )


def test_a_clerk_finds_a_student_whose_tab_shows_what_was_loaded(site):
    found = site.post("/students/search/", search=STUDENT)
    assert STUDENT in found
    address = re.search(r"/students/[0-9a-f-]{36}/", site.pages.get("/students/").text)[0]
    tab = site.page(f"{address}bus-riders/")
    assert "Bus rides in 2020-2021" in tab
    assert "Aldermere Elementary School B07 AM 2020-09-01 14.3" in tab


def test_a_clerk_uploads_a_file_reads_its_log_and_undoes_it(site):
    before = site.run("state-hash")
    rows = f"{OFFICE},AES,{STUDENT},B07,AM,2020-09-01,2021-01-29,7.5\n"
    site.post(
        "/state-reporting-status/upload-file/",
        files={"file": ("riders.csv", HEADER + rows)},
        file_type="bus-riders",
        check_only="load",
    )
    upload = site.newest_upload()
    assert (upload["state"], upload["success_count"], upload["organization"]) == ("finished", 1, OFFICE)
    log = site.pages.get(f"/state-reporting-status/{upload['id']}/result-log/").text
    assert log == "Bus Riders Import Error Log\nAll Records completed successfully\n"
    site.post(f"/state-reporting-status/{upload['id']}/undo/")
    assert site.ended(upload["id"])["state"] == "undone"
    assert site.run("state-hash") == before


def test_a_state_without_periods_says_so(site):
    said = f"{load_state(EXAMPLE).name} has no periods"
    assert f"{said}, so that there is nothing to count" in site.run("snapshot", "list")
    site.run("snapshot", "take", "october-count", "--school-year", "2020-2021", exit_status=2)
    assert f"{said}." in site.page("/periods/")
    assert site.api.get("/periods?school_year=2020-2021").json() == []


def test_a_program_sends_rows_of_its_own_office_alone(site):
    rows = "CD-0030,CD-0301,0040000023,C01,PM,2020-09-01,,31.4\n"
    about = {"file_type": "bus-riders", "school_year": "2020-2021", "organization": OFFICE, "check_only": "true"}
    sent = site.api.post("/uploads", data=about, files={"file": ("riders.csv", HEADER + rows)})
    assert sent.status_code == 202, sent.text
    upload = site.ended(sent.json()["id"])
    found = site.api.get(f"/uploads/{upload['id']}/findings").json()["findings"]
    assert (upload["organization"], [each["code"] for each in found]) == (OFFICE, ["ORG201", "FIND403"])


def test_the_exported_folder_judges_offline_what_the_records_would(site, tmp_path):
    site.run("export-reference", tmp_path / "reference")
    headers = {path.name: path.read_text().partition("\n")[0] for path in (tmp_path / "reference").iterdir()}
    assert headers["students.csv"] == "StudentNumber,LastName,FirstName,MiddleName,DateOfBirth,Gender"
    assert headers["enrollments.csv"].startswith("SchoolYear,CountyOfficeID,SchoolID,StudentNumber,SchoolStudentID,")
    file = tmp_path / "riders.csv"
    file.write_text(f"{HEADER}{OFFICE},AES,{STUDENT},B11,AM,2020-10-01,,7.5\n")
    about = ("--file-type", "bus-riders", "--school-year", "2020-2021", "--reference", tmp_path / "reference")
    said = site.run("check", file, *about, "--format", "csv", exit_status=1)
    assert 'The student also rides route ""B07"" from 2020-09-01 on, at the same time of day' in said


def test_the_commands_of_the_way_let_a_clerk_in(site):
    imported, added = (site.run(*command) for command in commands("import-reference", "add-person"))
    assert "Everything in these files is on file already" in imported
    assert "Password: " in added


def test_django_finds_nothing_that_the_migrations_lack(site):
    assert "No changes detected" in site.run("manage", "makemigrations", "second_state", "--check", "--dry-run")


def test_a_ride_waits_until_the_state_imports_the_enrollment(site, tmp_path):
    site.run("export-reference", tmp_path)
    _append(tmp_path / "students.csv", "0040000007", StudentNumber="0040000294", FirstName="Rue")
    site.run("import-reference", tmp_path)
    rows = "AB-0012,AB-0101,0040000294,B11,PM,2020-10-01,2020-12-18,4.2\n"
    first = site.send(rows, check_only="load", let_wait="on")
    assert (first["success_count"], first["error_count"], first["waiting_count"]) == (0, 1, 1)
    assert "1 row waits" in site.page(f"/state-reporting-status/{first['id']}/")
    _append(tmp_path / "enrollments.csv", "0040000007", StudentNumber="0040000294", SchoolStudentID="1099")
    site.run("import-reference", tmp_path)
    for _ in range(300):
        if (loaded := site.newest_upload())["id"] > first["id"]:
            break
        time.sleep(0.2)
    assert (loaded["follows"], loaded["success_count"], loaded["error_count"]) == (first["id"], 1, 0)
    assert f"loaded by upload {loaded['id']}" in site.page(f"/state-reporting-status/{first['id']}/")
    site.post(f"/state-reporting-status/{loaded['id']}/undo/")
    assert site.ended(loaded["id"])["state"] == "undone"


def _append(path, like, **cells):
    """Append a line to a CSV file like the first one that has this text, with other cells."""
    header, *lines = path.read_text().splitlines()
    found = next(line for line in lines if like in line.split(","))
    line = dict(zip(header.split(","), found.split(","), strict=True)) | cells
    path.write_text("\n".join([header, *lines, ",".join(line.values())]) + "\n")
