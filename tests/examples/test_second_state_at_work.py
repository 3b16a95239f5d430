"""The example of another state at work: demo, pages, search, undo and API, in one running system."""

import re
import subprocess
import time

import httpx
import pytest

from tests.browser.running_site import TIDEGATE, serving, sign_in
from tests.examples.way import EXAMPLE, ROOT, commands
from tests.running.conftest import environment_of
from tidegate.core.layouts.state_package import load_state

CLERK, PASSWORD, OFFICE = "aldermere@demo.example", "second-state-demo", "AB-0012"
STUDENT = "0040000112"
HEADER = "CountyOfficeID,SchoolID,StudentNumber,RouteCode,TimeOfDay,FirstDay,LastDay,MilesPerDay\n"
LOG_OF_ERRORS = """Row Number,County office ID,School ID,State Student Number,Error
,,,,"Notice: Column StudentNumber: 1 value lost a zero; we read ""0040000014\"""
2,AB-0012,AB-0101,0040000007,"The student also rides route ""B07"" from 2020-12-01 on, at the same time of day"
3,AB-0012,AB-0101,0040000007,"The student also rides route ""B11"" from 2020-09-01 on, at the same time of day"
5,AB-0012,AB-0102,0040000014,"The list of bus routes has no ""C02\"""
7,AB-0012,AB-0101,0040000042,"LastDay ""2020-08-31"" is before FirstDay ""2020-09-01\"""
"""


class Site:
    """A running system of the example's state with its demo filled in, its clerk signed in, and a token of theirs."""

    def __init__(self, address: str, environment: dict[str, str], demo: str) -> None:
        self.environment = environment
        self.demo = demo
        self.pages = sign_in(address, CLERK, PASSWORD)
        token = self.run("add-token", CLERK, "--organization", OFFICE, "--name", "transport").split()[-1]
        bearer = {"Authorization": f"Bearer {token}"}
        self.api = httpx.Client(base_url=f"{address}/api/v1", headers=bearer, timeout=60)

    def run(self, *arguments: object, exit_status: int = 0) -> str:
        """Return what a command has printed."""
        ended = subprocess.run(
            [*TIDEGATE, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert ended.returncode == exit_status, ended.stderr
        return ended.stdout

    def page(self, path: str) -> str:
        """Return the text of a page."""
        answer = self.pages.get(path)
        assert answer.status_code == 200, path
        return text_of(answer)

    def post(self, path: str, *, files: dict | None = None, **data: str) -> str:
        """Return the text of the page that a form leads to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.pages.get("/change-focus/").text)[1]
        answer = self.pages.post(path, data=data | {"csrfmiddlewaretoken": token}, files=files)
        assert answer.status_code == 200, answer.text
        return text_of(answer)

    def newest_upload(self) -> dict:
        """Return the newest upload, once it has come to its end."""
        numbers = re.findall(r"/state-reporting-status/(\d+)/", self.pages.get("/state-reporting-status/").text)
        return self.ended(max(map(int, numbers)))

    def ended(self, upload_id: int) -> dict:
        for _ in range(600):
            upload = self.api.get(f"/uploads/{upload_id}").json()
            if upload["state"] not in ("waiting", "processing"):
                return upload
            time.sleep(0.1)
        raise AssertionError(f"Upload {upload_id} has not come to its end")


def text_of(answer: httpx.Response) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.text).split())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("second")
    environment = environment_of(folder / "data") | {"TIDEGATE_STATE": str(EXAMPLE)}
    with (folder / "demo.txt").open("wb") as out, serving(environment, command="demo", out=out) as address:
        yield Site(address, environment, (folder / "demo.txt").read_text())


def test_the_demo_loads_the_good_rows_and_explains_the_rest(site):
    assert "Bus Riders Import Error Log\nAll Records completed successfully\n" in site.demo
    assert LOG_OF_ERRORS in site.demo
    assert re.search(r"bus_riders_with_errors.csv\W+Finished\W+13\W+9\W+4\b", site.demo)


def test_the_pages_speak_in_the_words_of_the_state(site):
    status = site.page("/state-reporting-status/")
    assert "WN State Reporting Status" in status
    assert "Aldermere County Office" in status
    assert "enrollments and bus rides" in site.page("/")
    assert not re.search(r"\bSAUs?\b|\bME\b", status + site.page("/file-types/") + site.page("/file-types/bus-riders/"))


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
