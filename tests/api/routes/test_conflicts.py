"""Conflicts, asked for by a program: each side sees the least about the other one."""

import pytest

from tests.web.world import STUDENT
from tidegate.accounts.models import Scope
from tidegate.audit.models import Event

ADDRESS = "/api/v1/conflicts"
YEAR = {"school_year": "2020-2021"}


@pytest.fixture
def claim(world):
    """Harbor says that it has the student of Rock Star from October on."""
    return world.claim()


def test_each_side_reads_the_same_but_for_the_upload(client_of, world, claim):
    own = client_of("data specialist").get(ADDRESS, YEAR).json()
    others = client_of("specialist elsewhere", world.harbor).get(ADDRESS, YEAR).json()
    (seen,), (seen_by_others,) = own["conflicts"], others["conflicts"]
    assert seen_by_others == seen | {"upload": claim.upload_id}
    assert (seen.pop("since"), seen) == (
        claim.since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        {
            "student_number": STUDENT,
            "on_file": side(1000, 1001, "2020-09-01"),
            "claim": side(3000, 3000, "2020-10-01"),
            "move": "on file",
            "mover": 1000,
            "upload": None,
        },
    )
    assert own["next_after"] is None
    assert Event.objects.filter(act="conflicts.viewed").count() == 2


def side(sau, school, entry):
    return {"sau": sau, "school": school, "enrollment_type": "P", "entry_date": entry, "exit_date": None}


def test_a_later_page_and_who_has_no_part_in_it_read_nothing(client_of, world, claim):
    assert client_of("data specialist").get(ADDRESS, YEAR | {"after": 1}).json()["conflicts"] == []
    assert client_of("CTE director", world.cte_school).get(ADDRESS, YEAR).json()["conflicts"] == []


def test_a_token_is_declined_what_its_person_or_scope_may_not_see(client_of, world, claim):
    assert client_of("data specialist").get(ADDRESS, YEAR | {"organization": 3000}).status_code == 404
    assert client_of("data specialist", scopes=(Scope.SEND,)).get(ADDRESS, YEAR).status_code == 403
    assert client_of("data specialist").get(ADDRESS, YEAR | {"after": -1}).status_code == 422
