"""What a file must look like is open to everybody, where the state lets it."""

import io
import zipfile

import pytest
from django.test import Client

from tests.web.page import Page
from tidegate.reference.models import Code

ADDRESSES = [
    "/file-types/",
    "/file-types/reference.zip",
    "/file-types/cte/",
    "/file-types/cte/schema.json",
    "/file-types/cte/tableschema.json",
    "/file-types/cte/rules/CTE403/",
    "/file-types/cte/requirements/2020-2021.md",
    "/file-types/cte/sample-file/?school_year=2020-2021",
    "/file-types/cte/codes/cte_codes/?school_year=2020-2021",
]


@pytest.fixture
def opened(settings):
    """Let everybody read the requirements."""
    settings.TIDEGATE_PUBLIC_REQUIREMENTS = True


@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_reads_what_a_file_must_look_like(world, opened, address):
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=3600"
    assert "Cookie" in response["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_closed_until_the_state_opens_it(world, address):
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_has_not_changed_is_not_sent_again(world, opened, address):
    etag = Client().get(address)["ETag"]
    again = Client().get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_for_everybody_has_no_tree_and_no_person(world, opened):
    page = Page(Client().get("/file-types/cte/").content.decode())
    assert page.broken() == []
    assert "Navigation" not in page.text
    assert "Sign in" in page.text
    assert "Lines on file" not in page.text


def test_a_person_who_has_signed_in_gets_nothing_from_a_cache(specialist, opened):
    assert "public" not in specialist.get("/file-types/cte/").get("Cache-Control", "")


def test_the_published_lists_hold_no_students(world, opened):
    archive = zipfile.ZipFile(io.BytesIO(Client().get("/file-types/reference.zip").content))
    assert archive.namelist() == ["organizations.csv", "cte_codes.csv"]
    assert "Rock Star Public Schools" in archive.read("organizations.csv").decode()


def test_other_pages_stay_closed(world, opened):
    for address in ("/", "/students/", "/districts.csv", "/state-reporting-status/"):
        assert Client().get(address).status_code == 302


def test_what_does_not_exist_is_said_to_everybody(world, opened):
    assert Client().get("/file-types/of-the-moon/").status_code == 404


def test_no_title_of_a_code_runs_in_a_spreadsheet(world, opened):
    Code.objects.filter(list_name="cte_codes").update(title="=1+1")
    content = b"".join(Client().get("/file-types/cte/codes/cte_codes/?school_year=2020-2021"))
    assert b"'=1+1" in content
