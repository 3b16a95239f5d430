"""Periods, snapshots and their numbers, asked for by a program."""

import csv
import io

import pytest

from tests.accountability.certification.test_sign import allow
from tests.web.world import STUDENT, STUDENT_ID
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber
from tidegate.accountability.models import Certificate, Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import Scope
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization
from tidegate.uploads.receipts.receipt import private_key, published_key
from tidegate.uploads.receipts.signed_files import content_of_document, sign_document

YEAR = {"school_year": "2020-2021"}


@pytest.fixture
def snapshot(world) -> Snapshot:
    """A snapshot of the one student who is counted."""
    return take_snapshot(find_period("cte-october-count"), world.year, by=None)


def total(client, snapshot: Snapshot) -> int:
    counts = client.get(f"/api/v1/snapshots/{snapshot.pk}").json()["counts"]
    return next(count["students"] for count in counts if count["by"] == "All")


def test_a_program_reads_the_numbers_of_its_own_organization(client_of, world, snapshot):
    director = client_of("CTE director", world.cte_school)
    assert total(director, snapshot) == total(client_of("data specialist"), snapshot) == 1
    assert total(client_of("specialist elsewhere", world.harbor), snapshot) == 0
    answer = director.get(f"/api/v1/snapshots/{snapshot.pk}", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert ("CTE School", "2001", "1") in [(row["By"], row["Key"], row["Students"]) for row in rows]
    assert Event.objects.filter(act="snapshot.counts_downloaded", details__by_token=True).exists()


def test_a_program_lists_periods_and_snapshots(client_of, snapshot):
    client = client_of("data specialist")
    period, year_end = client.get("/api/v1/periods", YEAR).json()
    assert year_end["period"] == "cte-year-end"
    assert period == {
        "period": "cte-october-count",
        "title": "CTE October Student Count",
        "count_day": "2020-10-01",
        "opens": "2020-10-01",
        "closes": None,
    }
    (listed,) = client.get("/api/v1/snapshots", YEAR).json()
    assert (listed["number"], listed["sha256"], listed["state"]) == (snapshot.pk, snapshot.sha256, "snapshot")


def test_what_is_asked_for_wrongly_is_declined(client_of, world, snapshot):
    client = client_of("data specialist")
    assert client.get("/api/v1/periods").status_code == 422
    assert client.get("/api/v1/periods", {"school_year": "1999-2000"}).status_code == 400
    assert client.get(f"/api/v1/snapshots/{snapshot.pk + 1}").status_code == 404
    assert client.get("/api/v1/snapshots/9223372036854775807").status_code == 404
    sender = client_of("data specialist", scopes=(Scope.SEND,))
    assert sender.get(f"/api/v1/snapshots/{snapshot.pk}").status_code == 403


def test_a_program_reads_the_certificate_byte_by_byte(client_of, snapshot):
    path = f"/api/v1/snapshots/{snapshot.pk}/certificate"
    client = client_of("data specialist")
    assert client.get(path).json()["code"] == "NO_CERTIFICATE"
    document = sign_document("certificate", {"snapshot": snapshot.pk}, private_key())
    Certificate.objects.create(snapshot=snapshot, document=document)
    said = content_of_document(client.get(path).content, "certificate", published_key())
    assert said == {"snapshot": snapshot.pk}


def test_a_program_reads_the_unusual_numbers_of_its_own_organization(client_of, world, snapshot, monkeypatch):
    moved = [
        UnusualNumber("student-count", "School", ("school",), ("2001",), ("Capital Area",), 9, 1, None),
        UnusualNumber("student-count", "All", (), (), (), 9, 1, None),
    ]
    monkeypatch.setattr("tidegate.api.routes.snapshots.unusual_numbers", lambda _: moved)
    path = f"/api/v1/snapshots/{snapshot.pk}/unusual-numbers"
    (listed,) = client_of("CTE director", world.cte_school).get(path).json()
    assert (listed["keys"], listed["last_year"], listed["students"], listed["explanation"]) == (["2001"], 9, 1, None)
    assert client_of("data specialist").get(path).json() == []


def test_a_program_reads_the_warnings_of_its_own_organization(client_of, world):
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    path = f"/api/v1/snapshots/{taken.pk}/warnings"
    (listed,) = client_of("data specialist").get(path).json()
    assert (listed["office"], listed["rule"], listed["lines"], listed["explanation"]) == ("1000", "ENR406", 1, None)
    assert client_of("specialist elsewhere", world.harbor).get(path).json() == []
    answer = client_of("data specialist").get(path, headers={"Accept": "text/csv"})
    assert b"1000,Rock Star Public Schools" in b"".join(answer.streaming_content)


WARNING = {"office": "1000", "file_type": "student-enrollment", "rule": "ENR406"}


def test_a_program_reads_and_explains_the_lines_of_a_warning(client_of, world):
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    lines, explain = (f"/api/v1/snapshots/{taken.pk}/warnings/{name}" for name in ("lines", "explanations"))
    specialist, elsewhere = client_of("data specialist"), client_of("specialist elsewhere", world.harbor)
    page = specialist.get(lines, WARNING).json()
    (line,) = page["lines"]
    assert (line["upload"], line["rows"], line["came_with"], page["next_after"]) == (
        None, [], "Import of the state's lists", None
    )  # fmt: skip
    answer = specialist.get(lines, WARNING, headers={"Accept": "text/csv"})
    assert line["student_number"].encode() in b"".join(answer.streaming_content)
    for act in ("viewed", "downloaded"):
        said = Event.objects.get(act=f"snapshot.warning_lines_{act}", details__by_token=True).details
        assert (said["students"], said["code"]) == ([str(STUDENT_ID)], "ENR406")
    assert specialist.get(lines, WARNING | {"after": 2**62}).json() == {"lines": [], "next_after": None}
    given = WARNING | {"text": "The list is late", "ends_on": "2999-06-30"}
    assert elsewhere.get(lines, WARNING).status_code == 404
    for client, status in ((elsewhere, 404), (specialist, 201)):
        answer = client.post(explain, given, content_type="application/json")
        assert answer.status_code == status
    assert (answer.json()["explanation"], answer.json()["lines"]) == ("The list is late", 1)
    assert Event.objects.get(act="warnings.explained").details["by_token"]
    reader = client_of("data specialist", scopes=(Scope.READ,))
    assert reader.post(explain, given, content_type="application/json").status_code == 403
    late = given | {"ends_on": "2020-06-30"}
    assert specialist.post(explain, late, content_type="application/json").json()["code"] == "DAY"


def test_a_program_explains_an_unusual_number_of_its_own(client_of, world, snapshot, monkeypatch):
    moved = [
        UnusualNumber("student-count", "School", ("school",), ("2001",), ("Capital Area",), 9, 1, None),
        UnusualNumber("student-count", "All", (), (), (), 9, 1, None),
    ]
    for module in ("tidegate.api.routes.snapshots", "tidegate.accountability.explanations.explain"):
        monkeypatch.setattr(f"{module}.unusual_numbers", lambda _: moved)
    path = f"/api/v1/snapshots/{snapshot.pk}/unusual-numbers/explanations"
    director = client_of("CTE director", world.cte_school)
    said = {"report": "student-count", "text": "A program moved", "ends_on": "2999-06-30"}
    of_school, of_state = said | {"by": "School", "keys": ["2001"]}, said | {"by": "All", "keys": []}
    assert director.post(path, of_state, content_type="application/json").status_code == 404
    assert client_of("data specialist").post(path, of_school, content_type="application/json").status_code == 404
    answer = director.post(path, of_school, content_type="application/json")
    assert (answer.status_code, answer.json()["explanation"]) == (201, "A program moved")


def test_a_program_reads_participation_by_two_definitions(client_of, world, snapshot):
    path = f"/api/v1/snapshots/{snapshot.pk}/participation"
    both = {"definition": ["2020-2021", "2024-2025"]}
    said = client_of("CTE director", world.cte_school).get(path, both).json()
    assert [(each["definition"], each["is_proxy"]) for each in said["reports"]] == [
        ("2020-2021", True),
        ("2024-2025", True),
    ]
    assert [count["enrolled"] for count in said["reports"][0]["counts"] if not count["keys"]] == [1]
    assert {each["school"] for each in said["differences"]} == {"", "2001"}
    elsewhere = client_of("specialist elsewhere", world.harbor).get(path).json()
    assert [count["enrolled"] for count in elsewhere["reports"][0]["counts"]] == [0]
    answer = client_of("data specialist").get(path, headers={"Accept": "text/csv"})
    assert b"Definition,Proxy,By" in b"".join(answer.streaming_content)
    for refused, status in (({"definition": "1999-2000"}, 404), ({"definition": ["2020-2021"] * 3}, 422)):
        assert client_of("data specialist").get(path, refused).status_code == status


def test_a_program_reads_lists_of_own_students_alone(client_of, world, snapshot):
    path = f"/api/v1/snapshots/{snapshot.pk}/participation/students"
    (student,) = client_of("data specialist").get(path, {"measure": "participants"}).json()["students"]
    assert (student["school"], student["participant_since"]) == ("2001", "2020-2021")
    assert client_of("data specialist").get(path, {"measure": "no-line"}).json() == {"students": [], "next_start": None}
    assert client_of("specialist elsewhere", world.harbor).get(path).json()["students"] == []
    assert client_of("data specialist").get(path, {"measure": "x"}).status_code == 422
    answer = client_of("data specialist").get(path, headers={"Accept": "text/csv"})
    assert student["student_number"].encode() in b"".join(answer.streaming_content)
    said = Event.objects.get(act="snapshot.students_downloaded", details__by_token=True).details
    assert said["students"] == [str(STUDENT_ID)]


def test_a_program_reads_the_lines_of_a_broken_rule(client_of, world, monkeypatch):
    allow(monkeypatch, blocking_rules=("ENR406",))
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    rules, rule = f"/api/v1/snapshots/{taken.pk}/rules", {"file_type": "student-enrollment", "rule": "ENR406"}
    specialist, elsewhere = client_of("data specialist"), client_of("specialist elsewhere", world.harbor)
    assert specialist.get(rules).json() == [{**rule, "lines": 1, "is_blocking_signing": True}]
    assert elsewhere.get(rules).json() == []
    (line,) = specialist.get(f"{rules}/lines", rule).json()["lines"]
    assert "SAU Rock Star Public Schools" in line["line"]
    answer = specialist.get(f"{rules}/lines", rule, headers={"Accept": "text/csv"})
    assert line["student_number"].encode() in b"".join(answer.streaming_content)
    for act in ("viewed", "downloaded"):
        said = Event.objects.get(act=f"snapshot.rule_lines_{act}", details__by_token=True).details
        assert (said["students"], said["code"]) == ([str(STUDENT_ID)], "ENR406")
    assert elsewhere.get(f"{rules}/lines", rule).status_code == 404


def test_a_program_reads_no_name_of_another_offices_file(client_of, world, monkeypatch):
    allow(monkeypatch, blocking_rules=("ENR406",))
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    rules, rule = f"/api/v1/snapshots/{taken.pk}/rules", {"file_type": "student-enrollment", "rule": "ENR406"}
    theirs, ours = (world.send(each, file_name="a.csv") for each in (world.harbor, world.rock_star))
    for sent, name in ((theirs, None), (ours, "a.csv")):
        Enrollment.objects.filter(student=STUDENT).update(began_with=sent.pk)
        for client in (client_of("data specialist"), client_of("state administrator")):  # a token for Rock Star, too
            (line,) = client.get(f"{rules}/lines", rule).json()["lines"]
            assert (line["upload"], line["file_name"]) == (sent.pk, name)
