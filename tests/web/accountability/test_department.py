"""The page of what the state sends to the Department, and its workbook."""

import hashlib
import io

import openpyxl
import pytest

from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.audit.models import Event


@pytest.fixture
def address(world) -> str:
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    return f"/snapshots/{taken.pk}/department/"


def test_the_state_sees_the_totals_and_has_the_workbook(signed_in, read, address):
    client = signed_in("state administrator")
    page = read(client.get(address))
    assert "Not for publication." in page.text
    assert "Assumed, since the state has not set it:" in page.text
    assert "No data. No file type brings the results of the state's tests." in page.text
    content = client.get(f"{address}workbook.xlsx").getvalue()
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[:3] == ["Read this first", "Enrollment", "1S1"]
    event = Event.objects.get(act="department.workbook_made")
    assert event.details["sha256"] == hashlib.sha256(content).hexdigest()
    assert event.person_email == "state.administrator@example.org"


def test_the_snapshot_leads_there_for_the_state_alone(signed_in, read, address):
    snapshot = address.removesuffix("department/")
    of_state, of_viewer = (read(signed_in(role).get(snapshot)).all("a") for role in ("state administrator", "viewer"))
    assert [address in {link.get("href") for link in links} for links in (of_state, of_viewer)] == [True, False]


def test_a_difference_is_shown_and_nothing_is_made(signed_in, read, address):
    number = int(address.split("/")[2])
    line = FrozenLine.objects.filter(snapshot_id=number, table_name="students").first()
    at = Snapshot.objects.get(pk=number).column_of("students", "gender") - 1
    FrozenLine.objects.create(
        snapshot_id=number, table_name="students", cells=[*line.cells[:at], "U", *line.cells[at + 1 :]]
    )
    client = signed_in("state administrator")
    said = "Enrollment, participants: by sex the parts add up to 2, which is 1 more than the total of 1"
    page = read(client.get(address))
    assert said in page.text
    assert f"{address}workbook.xlsx" not in {link.get("href") for link in page.all("a")}
    refused = client.get(f"{address}workbook.xlsx")
    assert refused.status_code == 409
    assert said in read(refused).text
    assert not Event.objects.filter(act="department.workbook_made").exists()
