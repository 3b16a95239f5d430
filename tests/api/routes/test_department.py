"""What a program of the state gets of the numbers for the Department, and nobody else."""

import hashlib

import pytest
from django.test import Client

from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import USUAL_SCOPES, Scope
from tidegate.accounts.tokens import add_token
from tidegate.audit.models import Event
from tidegate.core.errors import NotAllowed

SCOPES = (*USUAL_SCOPES, Scope.DEPARTMENT)


@pytest.fixture
def address(world) -> str:
    taken = take_snapshot(find_period("cte-october-count"), world.year, by=None)
    return f"/api/v1/snapshots/{taken.pk}/department"


def test_a_program_of_the_state_reads_the_numbers_and_has_the_workbook(client_of, address):
    client = client_of("state administrator", scopes=SCOPES)
    said = client.get(address).json()
    assert said["mark"] == "Not for publication"
    forms = {form["code"]: form for form in said["forms"]}
    assert (forms["2S1"]["denominator"], forms["2S1"]["why_no_data"] != "") == (None, True)
    assert all(form["differences"] == [] for form in forms.values())
    content = client.get(f"{address}/workbook").content
    event = Event.objects.get(act="department.workbook_made", details__by_token=True)
    assert event.details["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_program_of_the_state_makes_the_amounts_of_an_old_file(client_of, world):
    taken = take_snapshot(find_period("cte-year-end"), world.year, by=None)
    client = client_of("state administrator", scopes=SCOPES)
    content = client.get(f"/api/v1/snapshots/{taken.pk}/department/edfacts/158").content
    assert content.startswith(b"Category,Value,")
    event = Event.objects.get(act="department.edfacts_amounts_made", details__by_token=True)
    assert (event.details["sha256"], event.details["file"]) == (hashlib.sha256(content).hexdigest(), "158")
    assert client.get(f"/api/v1/snapshots/{taken.pk}/department/edfacts/999").status_code == 404


@pytest.mark.parametrize("end", ["", "/workbook", "/edfacts/158"])
def test_no_other_token_has_them(client_of, world, address, end):
    assert client_of("state administrator").get(address + end).status_code == 403
    assert client_of("data specialist").get(address + end).status_code == 403
    with pytest.raises(NotAllowed):
        client_of("data specialist", scopes=SCOPES)
    specialist, state = world.person("data specialist"), world.person("state administrator")
    token, secret = add_token(by=None, person=state, organization=world.rock_star, name="Old", scopes=SCOPES)
    token.person = specialist
    token.save()
    assert Client().get(address + end, headers={"Authorization": f"Bearer {secret}"}).status_code == 403
