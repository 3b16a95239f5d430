"""What an upload changes, on its page, and what a person decides about it there."""

import polars as pl
import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from tests.web.world import STUDENT
from tidegate.audit.models import Event
from tidegate.core.checking import LinePlan
from tidegate.reference.models import SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.loading.keep_plan import keep_plan
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import LineToWithdraw, Upload
from tidegate.web.uploads.plan_page import MovedPart


@pytest.fixture
def upload(world):
    """Return an upload whose file leaves out the CTE line of the student."""
    sent = world.send(
        plan_sha256="1" * 64, sha256="1" * 64, added_count=0, replaced_count=0, withdrawn_count=0, unchanged_count=1,
        missing_count=1, success_count=3, error_count=0, stored_as="ab/none",
    )  # fmt: skip
    line = CteRecord.objects.get(student_id=STUDENT, replaced_at=None)
    keep_plan(sent, LinePlan(missing=pl.Series("line_id", [line.pk], pl.Int64)))
    return sent


def address(upload, what=""):
    return f"/state-reporting-status/{upload.pk}/{what}"


@pytest.fixture
def said(read):
    """Return what the page of an upload says."""
    return lambda client, of: read(client.get(address(of))).text


def test_the_page_shows_tiles_and_what_the_file_leaves_out(specialist, upload, read):
    page = read(specialist.get(address(upload)))
    assert "What changed New 0 Changed 0 Unchanged 1 Withdrawn 0" in page.text
    assert "On file, and not in this file: 1 line" in page.text
    assert STUDENT in page.text
    assert page.broken() == []


def test_a_marked_line_is_withdrawn_with_a_reason(specialist, upload, read):
    line = CteRecord.objects.get(student_id=STUDENT, replaced_at=None)
    assert specialist.post(address(upload, "withdraw/"), {"line": [line.pk], "reason": " "}).status_code == 400
    answer = specialist.post(address(upload, "withdraw/"), {"line": [line.pk], "reason": "Moved away"}, follow=True)
    assert "Withdrawal of 1 line" in read(answer).text
    assert "Moved away" in read(answer).text
    assert LineToWithdraw.objects.get().line_id == line.pk


def test_a_reason_is_kept_without_what_nobody_sees(specialist, upload):
    blank = specialist.post(address(upload, "withdraw/"), {"all": "1", "reason": "\x00 \u202e"})
    assert (blank.status_code, Upload.objects.filter(follows=upload).exists()) == (400, False)
    specialist.post(address(upload, "withdraw/"), {"all": "1", "reason": "Moved\x00 away\x1b"})
    assert Upload.objects.get(follows=upload).reason == "Moved away"


def test_lines_left_out_are_the_next_step_while_they_are_on_file(specialist, upload, said):
    assert "1 line that is on file is not in this file. Withdraw it below if it should go" in said(specialist, upload)
    specialist.post(address(upload, "withdraw/"), {"all": "1", "reason": "Moved away"})
    process(upload_id=Upload.objects.get(follows=upload).pk)
    assert "There is nothing to do" in said(specialist, upload)
    assert "None of them is on file any more" in said(specialist, upload)
    assert "Withdraw the marked lines" not in said(specialist, upload)


@pytest.mark.parametrize("check_only", [True, False])
def test_lines_left_out_are_not_withdrawn_once_a_newer_file_came(check_only, specialist, world, upload, read):
    Upload.objects.filter(pk=upload.pk).update(check_only=check_only)
    newer = world.send(sha256="2" * 64, success_count=3, error_count=0)
    page = read(specialist.get(address(upload)))
    assert f"A newer file was sent since, and may have them: see upload {newer.pk}" in page.text
    assert "send this file once more as a check" in page.text
    assert address(newer) in [each.get("href") for each in page.all("a")]
    assert "Withdraw" not in page.text.replace("Withdrawn", "")
    assert specialist.post(address(upload, "withdraw/"), {"all": "1", "reason": "Moved away"}).status_code == 409


def test_a_closed_year_offers_no_withdrawal_of_lines_left_out(specialist, upload, said):
    SchoolYear.objects.filter(pk=upload.school_year_id).update(closed_at=timezone.now())
    page = said(specialist, upload)
    assert "On file, and not in this file: 1 line" in page
    assert "Withdraw" not in page.replace("Withdrawn", "")


def test_a_withdrawal_shows_no_size_and_no_hash_of_a_file(specialist, upload, said):
    assert "SHA-256" in said(specialist, upload)
    specialist.post(address(upload, "withdraw/"), {"all": "1", "reason": "Moved away"})
    withdrawal = said(specialist, Upload.objects.get(follows=upload))
    assert "SHA-256" not in withdrawal
    assert "0 bytes" not in withdrawal


@pytest.mark.parametrize("line", ["x", "-1", "9" * 30, ""])
def test_a_line_that_is_no_number_is_refused(specialist, upload, line):
    answer = specialist.post(address(upload, "withdraw/"), {"line": [line], "reason": "Moved away"})
    assert answer.status_code == 400
    assert Upload.objects.count() == 1


def test_who_only_looks_gets_no_buttons_and_cannot_decide(signed_in, upload, read):
    viewer = signed_in("viewer")
    page = read(viewer.get(address(upload)))
    assert "On file, and not in this file" in page.text
    assert "Withdraw the marked lines" not in page.text
    Upload.objects.filter(pk=upload.pk).update(stored_as="")
    for what in ("withdraw/", "load/", "missing/"):
        assert viewer.post(address(upload, what), {"reason": "x", "all": "CTE601", "missing": "keep"}).status_code in (
            403,
            409,
        )
    assert Upload.objects.count() == 1


def test_a_list_of_lines_has_pages_and_no_other_kinds(specialist, upload, read):
    page = read(specialist.get(address(upload, "lines/missing/")))
    assert STUDENT in page.text
    assert specialist.get(address(upload, "lines/other/")).status_code == 404
    assert specialist.get(address(upload, "lines/missing/?page=x")).status_code == 400


@pytest.mark.parametrize(("count", "said"), [(1, "1 more is not shown"), (2, "2 more are not shown")])
def test_lines_that_moved_and_are_not_shown_are_counted(count, said):
    assert said in render_to_string("web/uploads/moved.html", {"moved": MovedPart([], [], count)})


def test_who_looks_at_lines_of_a_clean_upload_is_in_the_audit_log(specialist, world, upload):
    def looks() -> list[tuple[str, str, int]]:
        return list(Event.objects.filter(act__endswith="_viewed").values_list("act", "subject_id", "person_id"))

    specialist.get(address(world.send(state="processing", error_count=None)), HTTP_HX_REQUEST="true")
    assert looks() == []
    specialist.get(address(upload))
    assert looks() == [("upload.changes_viewed", str(upload.pk), world.person("data specialist").pk)]


@pytest.fixture
def waiting(world):
    """Return an upload with a row that waits for a choice by each of the two rules."""
    sent = world.send(plan_sha256="1" * 64, added_count=0, replaced_count=0, withdrawn_count=0, unchanged_count=1)
    for row, code in ((2, "CTE601"), (5, "CTE604")):
        world.find(sent, row=row, code=code)
    return sent


def test_each_choice_says_what_it_is_about_and_offers_what_it_does(specialist, waiting, read):
    page = read(specialist.get(address(waiting)))
    assert page.text.count("1 row waits for your choice") == 2
    assert "The file has fewer lines than are on file" in page.text
    assert "Another organization has a line of the same student on file" in page.text
    assert [each["value"] for each in page.all("button") if each.get("name") == "missing"] == [
        "keep",
        "withdraw",
        "keep",
    ]
    assert page.broken() == []


def test_a_choice_says_that_it_only_checks_after_a_newer_file(specialist, waiting, world, said):
    only_checks = "A newer file was loaded since, so this only checks"
    assert only_checks not in said(specialist, waiting)
    world.send(follows=waiting, sha256="2" * 64, success_count=1)
    assert said(specialist, waiting).count(only_checks) == 2
