"""Conflicts, asked for by a program: each side sees the least about the other one."""

from datetime import date

import pytest
from django.utils import timezone

from tests.web.world import STUDENT
from tidegate.accounts.models import Scope
from tidegate.api.cursor import cursor_of
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.uploads.models import EnrollmentClaim

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
    assert (own["next_after"], own["next_cursor"]) == (None, None)
    assert Event.objects.filter(act="conflicts.viewed").count() == 2


def side(sau, school, entry):
    return {"sau": sau, "school": school, "enrollment_type": "P", "entry_date": entry, "exit_date": None}


def test_a_later_page_and_who_has_no_part_in_it_read_nothing(client_of, world, claim):
    assert client_of("data specialist").get(ADDRESS, YEAR | {"after": 1}).json()["conflicts"] == []
    assert client_of("CTE director", world.cte_school).get(ADDRESS, YEAR).json()["conflicts"] == []


def test_no_conflict_is_left_out_while_some_are_settled(client_of, world, monkeypatch):
    monkeypatch.setattr("tidegate.api.routes.conflicts._CONFLICTS_PER_PAGE", 2)
    uploads = []
    for day in range(1, 6):  # one claim of a student is open for each day
        claim = world.claim()
        EnrollmentClaim.objects.filter(pk=claim.pk).update(entry_date=date(2020, 11, day))
        uploads.append(claim.upload_id)
    elsewhere, seen, page = client_of("specialist elsewhere", world.harbor), [], {"next_cursor": ""}
    while page["next_cursor"] is not None:
        page = elsewhere.get(ADDRESS, YEAR | {"cursor": page["next_cursor"]}).json()
        seen += [each["upload"] for each in page["conflicts"]]
        EnrollmentClaim.objects.filter(upload__in=seen).update(ended_at=timezone.now())
    assert seen == uploads


def test_a_claim_on_two_enrollments_is_whole_over_pages(client_of, world, claim, monkeypatch):
    monkeypatch.setattr("tidegate.api.routes.conflicts._CONFLICTS_PER_PAGE", 1)
    second = Enrollment.objects.get(student=STUDENT, enrollment_type="P")
    Enrollment.objects.filter(pk=second.pk).update(exit_date=date(2020, 11, 2), exit_type="15")
    second.pk, second.entry_date = None, date(2020, 11, 3)
    second.save()
    client, begins, page = client_of("data specialist"), [], {"next_cursor": ""}
    while page["next_cursor"] is not None:
        page = client.get(ADDRESS, YEAR | {"cursor": page["next_cursor"]}).json()
        begins += [each["on_file"]["entry_date"] for each in page["conflicts"]]
    assert sorted(begins) == ["2020-09-01", "2020-11-03"]


def test_a_cursor_of_another_list_says_to_begin_again(client_of, world, claim):
    cursor = cursor_of("follow-up", "2020-10-01", 1, 1)
    answer = client_of("data specialist").get(ADDRESS, YEAR | {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "CURSOR")


def test_a_token_is_declined_what_its_person_or_scope_may_not_see(client_of, world, claim):
    assert client_of("data specialist").get(ADDRESS, YEAR | {"organization": 3000}).status_code == 404
    assert client_of("data specialist", scopes=(Scope.SEND,)).get(ADDRESS, YEAR).status_code == 403
    assert client_of("data specialist").get(ADDRESS, YEAR | {"after": -1}).status_code == 422
