"""What a person decides about an upload on its page: cancel, release, undo."""

import pytest
from django.utils import timezone

from tests.web.world import STRANGER, STUDENT
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.models import Decision, State

NO_COUNTS = {"row_count": None, "success_count": None, "error_count": None}


@pytest.fixture
def loaded(world):
    """Return a function that gives an upload which has brought the CTE line of the student."""

    def load(organization=None, **fields):
        upload = world.send(organization, added_count=1, replaced_count=0, **fields)
        old = CteRecord.objects.filter(student_id=STUDENT, replaced_at=None).first()
        now = timezone.now()
        CteRecord.objects.filter(pk=old.pk).update(ended_with=upload.pk, replaced_at=now)
        CteRecord.objects.create(
            student_id=STUDENT, school_year=world.year, sau=old.sau, school=old.school, cte_code=old.cte_code,
            start_date=old.start_date, credits_earned=2, began_with=upload.pk, valid_from=now,
        )  # fmt: skip
        return upload

    return load


def address(upload, what=""):
    return f"/state-reporting-status/{upload.pk}/{what}"


def test_a_waiting_upload_has_a_button_that_cancels_it(specialist, world, read):
    upload = world.send(state="waiting", **NO_COUNTS)
    assert "Cancel this upload" in read(specialist.get(address(upload))).text
    answer = specialist.post(address(upload, "cancel/"), follow=True)
    assert "The upload was cancelled Nothing of the file was loaded." in read(answer).text
    assert "Cancelled by" in read(answer).text


def test_an_upload_on_hold_says_what_it_would_replace_and_a_second_person_frees_it(specialist, signed_in, world, read):
    upload = world.send(state="on_hold", replaced_count=900, replaced_percent=90)
    own = read(specialist.get(address(upload))).text
    assert "this would replace or withdraw 900 records, 90 % of what Rock Star Public Schools has on file" in own
    assert "Waiting for release" in own
    assert "Success Count" not in own
    assert "Release and load it" not in own
    assert specialist.post(address(upload, "release/")).status_code == 403
    state = signed_in("state administrator")
    assert "Release and load it" in read(state.get(address(upload))).text
    assert state.post(address(upload, "release/")).status_code == 302
    upload.refresh_from_db()
    assert (upload.state, upload.row_count) == (State.WAITING, None)


def test_undo_asks_first_and_then_does_it(specialist, loaded, read):
    upload = loaded()
    asked = read(specialist.get(address(upload, "undo/")))
    assert "1 record that it added will be withdrawn." in asked.text
    assert asked.broken() == []
    answer = read(specialist.post(address(upload, "undo/"), follow=True)).text
    assert "The upload was undone What it loaded was withdrawn, and what it replaced is back." in answer
    assert CteRecord.objects.get(replaced_at=None, student_id=STUDENT).restored_at


def test_undo_shows_who_has_changed_the_same_since(specialist, loaded, read):
    first = loaded()
    second = loaded(file_name="corrected.csv")
    page = read(specialist.get(address(first, "undo/")))
    assert "This upload cannot be undone now" in page.text
    assert "corrected.csv" in page.text
    assert specialist.post(address(first, "undo/")).status_code == 409
    assert not Decision.objects.filter(upload__in=(first, second)).exists()


def test_undo_says_how_much_it_takes_back_and_how_much_stays(specialist, loaded, world, read):
    first = loaded()
    CteRecord.objects.create(
        student_id=STRANGER, school_year=world.year, sau=world.rock_star, school=world.cte_school, cte_code="01.0205",
        start_date="2020-09-02", credits_earned=1, began_with=first.pk,
    )  # fmt: skip
    loaded(file_name="corrected.csv")
    page = read(specialist.get(address(first, "undo/")))
    assert "These are records of 1 student." in page.text
    assert "Records of 1 student stay as they are, because they were changed later." in page.text
    assert "corrected.csv" in page.text
    assert page.broken() == []
    answer = read(specialist.post(address(first, "undo/"), follow=True)).text
    assert "Undone in part by Data Specialist" in answer
    assert CteRecord.objects.get(student_id=STRANGER, began_with=first.pk).replaced_at


def test_of_another_organizations_upload_only_whose_it_is_is_shown(specialist, loaded, world, read):
    first = loaded()
    loaded(world.harbor, file_name="secret-name.csv")
    page = read(specialist.get(address(first, "undo/"))).text
    assert "An upload of another organization Harbor Public Schools" in page
    assert "secret-name.csv" not in page


@pytest.mark.parametrize("what", ["cancel/", "release/", "undo/"])
def test_who_may_not_know_of_the_upload_is_told_there_is_none(signed_in, world, what):
    upload = world.send(state="on_hold", replaced_count=900, replaced_percent=90)
    assert signed_in("specialist elsewhere").post(address(upload, what)).status_code == 404


@pytest.mark.parametrize("what", ["cancel/", "release/"])
def test_a_viewer_may_not_decide(signed_in, world, what):
    upload = world.send(state="on_hold", replaced_count=900, replaced_percent=90)
    assert signed_in("viewer").post(address(upload, what)).status_code == 403


def test_a_cancel_that_came_too_late_is_not_shown_as_if_it_had_been_done(specialist, world, read):
    upload = world.send()
    Decision.objects.create(upload=upload, act="cancel", by=world.person("data specialist"))
    text = read(specialist.get(address(upload))).text
    assert "Cancellation requested by" in text
    assert "Cancelled by" not in text
