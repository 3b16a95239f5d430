"""Lines on file by program: to download, and to compare a file with."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tidegate.accounts.models import Scope
from tidegate.accounts.roles import DataSpecialist, Viewer
from tidegate.audit.models import Event
from tidegate.uploads.lifecycle.exports.export_records import SOURCES

ASKED = {"school_year": "2020-2021", "organization": 2001}
LINE = "2000,2001,900000001,,01.0205,2020-09-02,,1.50,"


@pytest.fixture
def director(client_of, world):
    return client_of("CTE director", world.cte_school)


def content_of(answer) -> str:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def test_lines_and_their_sources_come_as_csv(director):
    header, line = content_of(director.get("/api/v1/records/cte", ASKED)).splitlines()
    assert (header.split(",")[0], line) == ("SAUID", LINE)
    sources = content_of(director.get("/api/v1/records/cte/sources", ASKED)).splitlines()
    assert sources[0] == ",".join(SOURCES)
    assert sources[1].startswith("2,,,,,")
    assert "900000001,Quill,Rowan" in content_of(director.get("/api/v1/records/students", ASKED))
    acts = Event.objects.filter(act="records.exported").order_by("pk").values_list("details", flat=True)
    assert [(each["file"], each["by_token"]) for each in acts] == [
        ("cte", True),
        ("cte_sources", True),
        ("students", True),
    ]


def test_parquet_and_a_day_can_be_asked_for(director):
    answer = director.get("/api/v1/records/cte", ASKED | {"format": "parquet"})
    assert b"".join(answer.streaming_content)[:4] == b"PAR1"
    early = content_of(director.get("/api/v1/records/cte", ASKED | {"as_of": "2020-01-01"}))
    assert len(early.splitlines()) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"organization": 3000}, 404),
        ({"organization": 1000}, 404),
        ({"school_year": "1999-2000"}, 400),
        ({"as_of": "2020-02-30"}, 422),
        ({"format": "xlsx"}, 422),
    ],
)
def test_what_is_foreign_or_does_not_exist_is_declined(director, changed, status):
    for address in ("/api/v1/records/cte", "/api/v1/records/cte/sources"):
        assert director.get(address, ASKED | changed).status_code == status


def test_a_file_type_without_lines_is_not_found(director):
    assert director.get("/api/v1/records/new-state-id", ASKED).status_code == 404
    assert director.get("/api/v1/records/grades", ASKED).status_code == 404


def test_lines_are_for_those_who_may_send_and_for_tokens_that_read(client_of, world):
    own = {"school_year": "2020-2021", "organization": 1000}
    demoted = client_of("data specialist")
    assert demoted.get("/api/v1/records/cte", own).status_code == 200
    world.person("data specialist").memberships.update(role=Viewer.slug)
    assert demoted.get("/api/v1/records/cte", own).status_code == 403
    assert reconcile(demoted, LINE, organization=1000).status_code == 403
    world.person("data specialist").memberships.update(role=DataSpecialist.slug)
    assert client_of("data specialist", scopes=(Scope.SEND,)).get("/api/v1/records/cte", own).status_code == 403
    assert client_of("data specialist", scopes=(Scope.READ,)).get("/api/v1/records/cte", own).status_code == 200


def reconcile(client, *lines: str, **more):
    header = (
        "SAUID,SchoolID,StateStudentID,SchoolStudentID,CTECode,StartDate,EndDate,CreditsEarned,PostsecondaryCredits"
    )
    file = SimpleUploadedFile("cte.csv", "\n".join([header, *lines, ""]).encode())
    return client.post("/api/v1/records/cte/reconcile", {**ASKED, **more, "file": file})


def test_a_file_is_compared_cell_by_cell(director):
    same = json.loads(content_of(reconcile(director, LINE)))
    assert same == {
        "counts": {"same": 1, "differ": 0, "only_in_file": 0, "only_on_file": 0, "not_compared": 0},
        "differences": [],
    }
    other = json.loads(content_of(reconcile(director, LINE.replace("1.50", "2"))))
    assert other["differences"][0]["cells"] == [{"column": "CreditsEarned", "in_file": "2", "on_file": "1.50"}]
    lines = content_of(reconcile(director, LINE.replace("1.50", "2"), format="csv")).splitlines()
    assert lines[1].startswith("differs,2,CreditsEarned,2,1.50,")


def test_a_file_that_cannot_be_compared_has_its_sentence(director):
    refused = director.post("/api/v1/records/cte/reconcile", {**ASKED, "file": SimpleUploadedFile("a.csv", b"")})
    assert (refused.status_code, refused.json()["title"]) == (400, "The file is empty")
    assert reconcile(director, LINE, organization=3000).status_code == 404
