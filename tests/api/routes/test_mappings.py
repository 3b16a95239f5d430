"""Mappings by program: sent with a file, and saved, read and ended."""

import json

import pytest

from tests.api.routes.test_uploads import UPLOADS, send
from tests.web.world import STUDENT
from tidegate.accounts.models import Scope
from tidegate.audit.models import Event
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import SavedMapping

NAMES = "SAUID,SchoolID,StateStudentID,SchoolStudentID,CIP Code,StartDate,EndDate,CreditsEarned,PostsecondaryCredits"
OURS = f"{NAMES}\n1000,2001,{STUDENT},A,AGRI,2020-09-02,,1.50,\n".encode()
MAPPING = {"columns": {"CIP Code": "CTECode"}, "values": {"CTECode": {"AGRI": "01.0205"}}}
WHOLE = MAPPING | {"ignored": []}
ADDRESS = "/api/v1/mappings/cte?organization=1000"


def ended(client, sent):
    process(upload_id=sent.json()["id"])
    return client.get(sent["Location"]).json()


def put(client, mapping=MAPPING, address=ADDRESS):
    return client.put(address, json.dumps(mapping), content_type="application/json")


def test_a_mapping_sent_with_a_file_is_for_that_file_alone(client):
    upload = ended(client, send(client, OURS, mapping=json.dumps(MAPPING)))
    assert (upload["state"], upload["success_count"], upload["mapping"]) == ("finished", 1, WHOLE)
    assert ended(client, send(client, OURS))["state"] == "failed"


def test_a_saved_mapping_is_read_put_and_ended(client):
    assert client.get(ADDRESS).status_code == 404
    assert client.get("/api/v1/mappings?organization=1000").json() == []
    saved = put(client).json()
    assert {name: saved[name] for name in WHOLE} == WHOLE
    assert saved["organization"] == 1000
    assert client.get(ADDRESS).json() == saved == put(client).json()
    assert client.get("/api/v1/mappings?organization=1000").json() == [saved]
    assert ended(client, send(client, OURS))["mapping"] == WHOLE
    assert ended(client, send(client, OURS, mapping="{}"))["mapping"] is None
    assert client.delete(ADDRESS).status_code == 204
    assert client.get(ADDRESS).status_code == client.delete(ADDRESS).status_code == 404
    assert [event.act for event in Event.objects.filter(act__startswith="mapping").order_by("pk")] == [
        "mapping.saved",
        "mapping.ended",
    ]


def test_another_mapping_takes_the_place_of_the_first(client):
    put(client)
    put(client, {"ignored": ["Teacher"]})
    assert client.get(ADDRESS).json()["columns"] == {}
    assert SavedMapping.objects.filter(ended_at=None).count() == 1
    assert SavedMapping.objects.count() == 2


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{", "The mapping is no JSON"),
        ("[" * 100_000, "The mapping is no JSON"),
        ("[]", "A mapping has columns"),
        ('{"columns": {"A": "Nope"}}', 'There is no column "Nope"'),
        ('{"columns": {"A": 1}}', 'What "A" stands for is written in quotes'),
        ('{"values": {"StateStudentID": {"1": "2"}}}', "StateStudentID is about one student"),
        ('{"columns": {"SAUID": "SchoolID"}}', '"SAUID" is the column SAUID itself'),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_a_sentence(client, mapping, sentence):
    answer = send(client, OURS, mapping=mapping)
    assert (answer.status_code, answer.json()["code"]) == (400, "MAPPING")
    assert answer.json()["title"].startswith(sentence)
    assert client.get(UPLOADS).status_code in (404, 405)


def test_a_put_that_says_nothing_or_nonsense_is_refused(client):
    assert put(client, {}).json()["code"] == "MAPPING"
    assert put(client, {"columns": {"A": "Nope"}}).status_code == 400
    assert put(client, {"columns": {"A": 1}}).status_code == 422
    assert put(client, address="/api/v1/mappings/nope?organization=1000").status_code == 404


def test_only_who_sends_files_for_the_organization_may_ask(client_of, world):
    assert put(client_of("specialist elsewhere", world.harbor)).status_code == 404
    assert put(client_of("data specialist", scopes=[Scope.READ])).status_code == 403
