"""What no longer fits, asked for by a program."""

import csv
import io

import pytest

from tidegate.accounts.models import Scope
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.rechecks.recheck import recheck

ADDRESS = "/api/v1/no-longer-fits"
YEAR = {"school_year": "2020-2021"}


@pytest.fixture
def misfit(world):
    """A CTE record whose concurrent enrollment ended before it began."""
    Enrollment.objects.update(resident_sau_id=1000)
    Enrollment.objects.filter(enrollment_type="C").update(exit_date="2020-09-01", exit_type="02")
    recheck()
    return CteRecord.objects.get()


def test_a_program_reads_the_list_in_pages_and_as_csv(client_of, world, misfit):
    client = client_of("CTE director", world.cte_school)
    page = client.get(ADDRESS, YEAR).json()
    (line,) = [line for line in page["lines"] if line["file_type"] == "cte"]
    assert (line["code"], line["line_id"], line["upload"], page["next_after"]) == ("CTE503", misfit.pk, None, None)
    assert (line["organization"], line["student_number"], line["who_can_act"]) == (2000, "900000001", "The state")
    answer = client.get(ADDRESS, YEAR, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["LineID"] for row in rows if row["Rule"] == "CTE503"] == [str(misfit.pk)]
    later = client.get(ADDRESS, YEAR | {"after": page["lines"][-1]["id"]}).json()
    assert later == {"lines": [], "next_after": None}


def test_the_audit_log_says_whose_lines_a_program_has_read(client_of, world, misfit):
    client = client_of("CTE director", world.cte_school)
    client.get(ADDRESS, YEAR)
    client.get(ADDRESS, YEAR, headers={"Accept": "text/csv"})
    acts = ["no_longer_fits.viewed", "no_longer_fits.downloaded"]
    events = Event.objects.filter(act__in=acts).order_by("pk")
    assert [(event.act, event.details["students"]) for event in events] == [
        (act, [str(misfit.student.public_id)]) for act in acts
    ]


def test_a_program_sees_no_line_of_another_organization(client_of, world, misfit):
    assert not [
        line for line in client_of("data specialist").get(ADDRESS, YEAR).json()["lines"] if line["code"] == "CTE503"
    ]
    foreign = client_of("CTE director", world.cte_school).get(ADDRESS, YEAR | {"organization": 3000})
    unknown = client_of("CTE director", world.cte_school).get(ADDRESS, YEAR | {"organization": 9999})
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["title"] == unknown.json()["title"]


def test_what_is_asked_for_wrongly_is_declined(client_of, world):
    client = client_of("CTE director", world.cte_school)
    assert client.get(ADDRESS).status_code == 422
    assert client.get(ADDRESS, {"school_year": "1999-2000"}).status_code == 400
    assert client.get(ADDRESS, YEAR | {"after": "x"}).status_code == 422
    sender = client_of("CTE director", world.cte_school, scopes=(Scope.SEND,))
    assert sender.get(ADDRESS, YEAR).status_code == 403
