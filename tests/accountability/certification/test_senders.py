"""Which schools those who sign are told of: those without a line that owe one."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tidegate.accountability.certification.evidence import evidence_of
from tidegate.accountability.certification.senders import schools_without_lines
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.models import MaterializedQuery
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.models import Upload

HARBOR, CENTER, HARBOR_HIGH = 2000, 2001, 2002


@pytest.fixture
def say_nothing(other_specialist):
    """Say that an organization has nothing to report, as its district."""

    def say(school_id: int, file_type: str = "cte") -> Upload:
        return report_nothing(
            organization=Organization.objects.get(pk=HARBOR),
            school=Organization.objects.get(pk=school_id),
            file_type=file_type,
            school_year=SchoolYear.objects.get(first=2020),
            by=other_specialist,
        )

    return say


@pytest.fixture
def middle(state) -> Organization:
    """One more school of Kennebec Harbor, stored after those of higher numbers."""
    return Organization.objects.create(
        pk=1900, identifier="1900", name="Kennebec Harbor Middle School", kind="School", parent_id=HARBOR
    )


def without(snapshot, file_type="cte") -> dict[str, bool]:
    found = schools_without_lines(snapshot)
    return {each.identifier: each.said_nothing_to_report for each in found if each.file_type == file_type}


def test_a_school_that_had_closed_before_the_year_owes_no_lines(take, middle):
    Organization.objects.filter(pk=middle.pk).update(closed_on=date(2020, 6, 30))
    gone = take()
    assert middle.identifier not in without(gone, "student-enrollment")
    Organization.objects.filter(pk=middle.pk).update(closed_on=date(2020, 7, 1))
    assert without(gone, "student-enrollment")[middle.identifier] is False


def test_a_district_that_has_nothing_to_report_answers_for_its_schools(take, say_nothing):
    snapshot = take()
    assert without(snapshot) == {str(CENTER): False}
    assert len(evidence_of(snapshot).said_nothing) == len(schools_without_lines(snapshot))
    say_nothing(HARBOR)
    assert without(snapshot) == {str(CENTER): True}


def test_a_school_answers_for_itself_alone(take, say_nothing, middle):
    say_nothing(middle.pk, "student-enrollment")
    found = without(take(), "student-enrollment")
    assert [identifier for identifier, said in found.items() if said] == [middle.identifier]


def test_a_file_that_its_district_has_loaded_since_takes_the_answer_back(take, say_nothing, middle, other_specialist):
    act = say_nothing(HARBOR)
    fields = {"file_type": "cte", "state": "finished", "sha256": "ab" * 32, "byte_count": 9, "school_year_id": 2020}
    counts = {"row_count": 1, "success_count": 1, "error_count": 0}
    before, later = act.sent_at - timedelta(hours=1), timezone.now()
    sent = Upload.objects.create(**fields, **counts, organization_id=HARBOR, sent_by=other_specialist, sent_at=before)
    snapshot = take()
    assert without(snapshot) == {str(CENTER): True}
    Upload.objects.filter(pk=sent.pk).update(sent_at=later)
    assert without(snapshot) == {str(CENTER): False}
    say_nothing(CENTER)
    assert without(snapshot) == {str(CENTER): True}


def test_what_is_stored_of_the_schools_is_in_a_definite_order(take, middle):
    snapshot = take()
    schools_without_lines(snapshot)
    stored = [each.numbers for each in MaterializedQuery.objects.filter(snapshot=snapshot)]
    (found,) = (rows for rows in stored if rows and isinstance(rows[0], list) and middle.identifier in str(rows))
    assert found == sorted(found)
    assert verify_snapshot(snapshot) == ""
