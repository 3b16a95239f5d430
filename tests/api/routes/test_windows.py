"""When files are collected, asked for by a program; and a file that is too late."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tidegate.accounts.models import Scope
from tidegate.uploads.lifecycle.decisions.close_year import close_year
from tidegate.windows.models import CollectionWindow, LateAllowance

ADDRESS = "/api/v1/windows"
OF_ROCK_STAR = {"school_year": "2020-2021", "organization": 1000}


@pytest.fixture
def closed(world) -> CollectionWindow:
    """The window of CTE closed yesterday."""
    day = timezone.localdate() - timedelta(days=1)
    return CollectionWindow.objects.create(file_type="cte", school_year=world.year, opens=day, due=day, closes=day)


def of_cte(client) -> dict:
    (found,) = [each for each in client.get(ADDRESS, OF_ROCK_STAR).json() if each["file_type"] == "cte"]
    return found


def test_a_program_reads_when_each_file_type_is_collected(client, world, closed):
    found = of_cte(client)
    assert (found["state"], found["can_send"], found["closes"]) == ("closed", False, str(closed.closes))
    assert found["sentence"].startswith("Closed on ")
    until = timezone.localdate()
    LateAllowance.objects.create(
        file_type="cte",
        school_year=world.year,
        organization=world.rock_star,
        until=until,
        reason="A storm",
        allowed_by=world.person("state administrator"),
    )
    found = of_cte(client)
    assert (found["state"], found["can_send"], found["late_until"]) == ("late_allowed", True, str(until))
    others = client.get(ADDRESS, OF_ROCK_STAR).json()
    assert {each["state"] for each in others if each["file_type"] != "cte"} == {"open"}


def test_a_file_that_is_too_late_is_a_problem_with_a_code(client, world, closed):
    form = OF_ROCK_STAR | {"file_type": "cte"}

    def send(**more):
        file = SimpleUploadedFile("cte.csv", b"SAUID\n")
        return client.post("/api/v1/uploads", form | {"file": file} | more)

    answer = send()
    assert (answer.status_code, answer.json()["code"]) == (409, "CLOSED")
    assert answer.json()["detail"].startswith("Ask the state data team to allow a late file")
    assert send(check_only="true").status_code == 202
    close_year(world.year, by=None)
    assert send().json()["code"] == "YEAR_CLOSED"
    assert of_cte(client)["state"] == "year_closed"


def test_windows_of_other_organizations_are_not_told(client_of, world):
    for organization in (3000, 9999):
        assert (
            client_of("data specialist").get(ADDRESS, OF_ROCK_STAR | {"organization": organization}).status_code == 404
        )
    sender = client_of("data specialist", scopes=(Scope.SEND,))
    assert sender.get(ADDRESS, OF_ROCK_STAR).status_code == 403
