"""What an upload changes, on its page, and what a person decides about it there."""

import polars as pl
import pytest

from tests.web.world import STUDENT
from tidegate.core.checking import LinePlan
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.keep_plan import keep_plan
from tidegate.uploads.models import LineToWithdraw, Upload


@pytest.fixture
def upload(world):
    """Return an upload whose file leaves out the CTE line of the student."""
    sent = world.send(
        plan_sha256="1" * 64, sha256="1" * 64, added_count=0, replaced_count=0, withdrawn_count=0, unchanged_count=1,
        missing_count=1,
    )  # fmt: skip
    line = CteRecord.objects.get(student_id=STUDENT, replaced_at=None)
    keep_plan(sent, LinePlan(missing=pl.Series("line_id", [line.pk], pl.Int64)))
    return sent


def address(upload, what=""):
    return f"/state-reporting-status/{upload.pk}/{what}"


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
    for what in ("withdraw/", "load/", "missing/"):
        assert viewer.post(address(upload, what), {"reason": "x", "all": "1", "missing": "keep"}).status_code in (
            403,
            409,
        )
    assert Upload.objects.count() == 1


def test_a_list_of_lines_has_pages_and_no_other_kinds(specialist, upload, read):
    page = read(specialist.get(address(upload, "lines/missing/")))
    assert STUDENT in page.text
    assert specialist.get(address(upload, "lines/other/")).status_code == 404
    assert specialist.get(address(upload, "lines/missing/?page=x")).status_code == 400
