"""An organization says that a school has nothing to report: an act of its own, signed like an upload."""

import pytest

from tests.uploads.lifecycle.loading.test_lines_stay_on_file import FIRST, file_of
from tests.uploads.lifecycle.processing.test_process import ENROLLMENT_HEADER, PRIMARY
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.models import Receipt, State, Upload


@pytest.fixture
def report(state):
    """Say that a school has nothing to report."""

    def say(school_id: int, *, by, organization_id: int, file_type: str = "cte") -> Upload:
        return report_nothing(
            organization=Organization.objects.get(pk=organization_id),
            school=Organization.objects.get(pk=school_id),
            file_type=file_type,
            school_year=SchoolYear.objects.get(first=2020),
            by=by,
        )

    return say


def test_it_is_finished_at_once_and_has_a_signed_receipt(report, director):
    act = report(2001, by=director, organization_id=2001)
    assert (act.state, act.row_count, act.nothing_for_id) == (State.FINISHED, 0, 2001)
    assert Receipt.objects.get(upload_id=act.pk).document["receipt"]["nothing_to_report_for"] == 2001


def test_with_lines_on_file_there_is_something_to_report(report, process_file, director):
    process_file(file_of(FIRST), by=director, organization_id=2001)
    with pytest.raises(Conflict, match="1 line is on file"):
        report(2001, by=director, organization_id=2001)


def test_a_district_with_lines_at_a_school_has_something_to_report(report, process_file, specialist):
    enrolled = f"{ENROLLMENT_HEADER}\n{PRIMARY}\n"
    assert process_file(enrolled, by=specialist, file_type="student-enrollment").success_count == 1
    with pytest.raises(Conflict, match="lines are on file for Rock Star Public Schools"):
        report(1000, by=specialist, organization_id=1000, file_type="student-enrollment")
    report(1000, by=specialist, organization_id=1000)


def test_only_who_may_send_says_it_for_schools_of_the_organization(report, viewer, specialist):
    with pytest.raises(NotAllowed):
        report(1001, by=viewer, organization_id=1000)
    with pytest.raises(NotFound):
        report(2001, by=specialist, organization_id=1000)
    with pytest.raises(Refusal):
        report(1001, by=specialist, organization_id=1000, file_type="new-state-id")
    assert not Upload.objects.exists()
