"""The indicators as a workbook, and the students behind a number of theirs or of the student count as a file."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from tests.api.routes.test_indicators import leaver, snapshot
from tests.web.world import STUDENT, STUDENT_ID
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.indicators import count_indicators
from tidegate.audit.models import Event

__all__ = ["leaver", "snapshot"]


def content_of(client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)


def test_the_workbook_has_the_lines_of_the_csv_and_says_what_each_counts(signed_in, snapshot):
    client, address = signed_in("data specialist"), f"/snapshots/{snapshot.pk}/indicators"
    sheets = openpyxl.load_workbook(io.BytesIO(content_of(client, f"{address}.xlsx")))
    said = {what: says for what, says, _ in sheets["Indicators"].iter_rows(values_only=True)}
    assert said["Hash (SHA-256)"] == snapshot.sha256
    assert said["Students"] == "Those whom your organizations teach or send"
    assert next(says for what, says in said.items() if what.startswith("5S2")).endswith("To be confirmed by the state.")
    found = [tuple(cell or 0 for cell in row) for row in sheets["Numbers"].iter_rows(values_only=True)]
    header, *lines = csv.reader(io.StringIO(content_of(client, f"{address}.csv").decode()))
    assert found[0] == tuple(header)
    numbers = [(*line[:5], *(each if each == "no data" else int(each) for each in line[5:7])) for line in lines]
    assert [tuple(cell or "" for cell in line[:5]) + line[5:7] for line in found[1:]] == numbers
    assert ("5S2", 1, 1, Decimal(100)) in {(line[0], line[5], line[6], line[7]) for line in found}


@pytest.mark.parametrize("part", ["numerator", "denominator", "not-met"])
def test_the_file_of_an_indicators_students_has_those_of_the_page(signed_in, snapshot, read, part):
    query = f"?indicator=5S2&category=school&key=2001&part={part}"
    address = f"/snapshots/{snapshot.pk}/indicators/students"
    for role, is_seen in (("data specialist", True), ("specialist elsewhere", False)):
        rows = list(csv.DictReader(io.StringIO(content_of(signed_in(role), f"{address}.csv{query}").decode())))
        is_there = is_seen and part != "not-met"
        assert [(row["StateStudentNumber"], row["MetInProgram"]) for row in rows] == [(STUDENT, "Yes")] * is_there
        page = read(signed_in(role).get(f"{address}/{query}"))
        assert (STUDENT in page.text) is is_there
        assert any(a.get("href", "").startswith(f"{address}.csv?indicator=5S2") for a in page.all("a"))
        event = Event.objects.filter(act="snapshot.students_downloaded").latest("pk")
        assert event.details == {"by_values_of": ["5S2", "school"], "students": [str(STUDENT_ID)] * is_there}


def test_what_is_assumed_stands_with_each_indicator_that_it_counts(signed_in, snapshot, read):
    client, address = signed_in("state administrator"), f"/snapshots/{snapshot.pk}/indicators"
    assumptions = list(definition_of(snapshot).file.to_be_set.values())
    with_data = [each for each in count_indicators(snapshot) if not each.why_no_data]
    assert len(assumptions) > 1
    assert with_data
    text = read(client.get(f"{address}/")).text
    assert [text.count(assumption) for assumption in assumptions] == [len(with_data)] * len(assumptions)
    rows = list(csv.DictReader(io.StringIO(content_of(client, f"{address}.csv").decode())))
    notes = [row["Note"] for row in rows if row["By"] == "all" and row["Denominator"] != "no data"]
    assert notes == [f"Assumed, since the state has not set it: {'. '.join(assumptions)}"] * len(with_data)
    sheets = openpyxl.load_workbook(io.BytesIO(content_of(client, f"{address}.xlsx")))
    said = [says or "" for _, says, _ in sheets["Indicators"].iter_rows(values_only=True)]
    assert all(any(assumption in each for each in said) for assumption in assumptions)


def test_a_number_that_there_is_not_has_no_file(signed_in, snapshot):
    for query in ("", "?indicator=9S9", "?indicator=5S2&part=x", "?indicator=5S2&category=x"):
        address = f"/snapshots/{snapshot.pk}/indicators/students.csv{query}"
        assert signed_in("state administrator").get(address).status_code == 404
    assert not Event.objects.filter(act="snapshot.students_downloaded").exists()
