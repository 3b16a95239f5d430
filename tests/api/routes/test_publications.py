"""Published counts, asked for by a program: the same for every token, and published by the state's alone."""

from dataclasses import replace

import msgspec
import pytest

from tests.accountability.conftest import approved
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.periods.period import find_period, find_periods
from tidegate.accountability.publication.document import PublishedReport
from tidegate.accounts.models import Scope
from tidegate.api.schemas.publications import reports_of
from tidegate.audit.models import Event

PUBLISH = (Scope.READ, Scope.PUBLISH)


@pytest.fixture
def snapshot(world) -> Snapshot:
    return approved()


@pytest.fixture
def state(client_of, world):
    return client_of("state administrator", world.rock_star, scopes=PUBLISH)


def test_the_state_looks_first_and_then_publishes(client_of, state, snapshot, world):
    preview = state.get(f"/api/v1/snapshots/{snapshot.pk}/publication-preview").json()
    assert preview["smallest"] == 10
    assert not Publication.objects.exists()
    answer = state.post(f"/api/v1/snapshots/{snapshot.pk}/publish")
    assert answer.status_code == 201
    assert Event.objects.get(act="snapshot.published").details["by_token"] is True
    number = answer.json()["number"]
    assert state.post(f"/api/v1/snapshots/{snapshot.pk}/publish").json()["code"] == "PUBLISHED"
    elsewhere = client_of("specialist elsewhere", world.harbor)
    assert [each["number"] for each in elsewhere.get("/api/v1/publications").json()] == [number]
    numbers = elsewhere.get(f"/api/v1/publications/{number}").json()
    assert [(each["slug"], each["no_data"]) for each in numbers["reports"]] == [("student-count", "")]
    assert numbers["publication"]["sha256"] == answer.json()["sha256"]
    assert {count["students"] for table in numbers["tables"] for count in table["counts"]} <= {None, 0}
    as_csv = elsewhere.get(f"/api/v1/publications/{number}", headers={"Accept": "text/csv"})
    assert b"".join(as_csv.streaming_content).startswith(b"Report,By,")


def test_an_indicator_without_data_is_named_with_the_reason(client_of, state, snapshot, monkeypatch):
    period = find_period(snapshot.period)
    # It does not have the file type of outcomes that the year end has.
    rates = msgspec.structs.replace(period.file, publication=find_period("cte-year-end").file.publication)
    monkeypatch.setitem(find_periods(), period.slug, replace(period, file=rates))
    preview = state.get(f"/api/v1/snapshots/{snapshot.pk}/publication-preview").json()
    said = {each["slug"]: each["no_data"] for each in preview["reports"]}
    assert said["3S1"] == "The snapshot has no file type that brings the placement after leaving school"
    assert "3S1" not in {each["report"] for each in preview["tables"]}
    number = state.post(f"/api/v1/snapshots/{snapshot.pk}/publish").json()["number"]
    published = client_of("data specialist").get(f"/api/v1/publications/{number}").json()
    assert published["reports"] == preview["reports"]


def test_tables_that_do_not_add_up_are_named_beside_the_others():
    report = PublishedReport("student-count", "Students", "A summary.", (), ("Program", "CTE School by Program"))
    (said,) = reports_of((report,))
    assert (said.slug, said.no_data, said.left_out) == ("student-count", "", ["Program", "CTE School by Program"])


@pytest.mark.parametrize("role", ["data specialist", "viewer"])
def test_nobody_else_publishes_by_program(client_of, snapshot, world, role):
    client = client_of(role, world.rock_star, scopes=(Scope.READ,))
    for path in ("publication-preview", "publish"):
        ask = client.post if path == "publish" else client.get
        assert ask(f"/api/v1/snapshots/{snapshot.pk}/{path}").status_code == 403
    assert not Publication.objects.exists()


def test_a_token_that_sends_files_does_not_publish(client_of, snapshot, world):
    client = client_of("state administrator", world.rock_star, scopes=(Scope.SEND, Scope.READ))
    answer = client.post(f"/api/v1/snapshots/{snapshot.pk}/publish")
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")


def test_there_is_no_publication_of_a_mad_number(client_of, world):
    client = client_of("data specialist")
    for number in (0, 1, 9223372036854775807):
        assert client.get(f"/api/v1/publications/{number}").status_code == 404
