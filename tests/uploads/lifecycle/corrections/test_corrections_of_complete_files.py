"""A row of a complete file that is corrected later, or has waited, changes the line on file and does not double it."""

import pytest

from tests.uploads.lifecycle.corrections.test_correct_rows import cells_of, check
from tests.uploads.lifecycle.loading.test_complete_files import BAD, OTHERS, OTHERS_LINE, codes_on_file, locked
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import FIRST, SECOND, STUDENT, file_of, on_file
from tests.uploads.lifecycle.loading.test_planned_changes import COMPLETE, OTHER_CODE, changes, ended
from tests.uploads.lifecycle.waiting.test_rows_that_wait import NEW, credits_of, enroll, loaded_by, work
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.correct_rows import CorrectedRows, send_rows
from tidegate.uploads.lifecycle.receiving.receive import SendOptions

__all__ = ["enroll", "work"]

RECODED = FIRST.replace("01.0205", OTHER_CODE)


@pytest.fixture
def sent(process_file, specialist):
    """A complete file has a changed code, in a row with a bad date."""
    process_file(file_of(FIRST, OTHERS), by=specialist)
    upload = process_file(file_of(RECODED.replace("2020-09-01", "2020-09-41")), by=specialist, options=COMPLETE)
    assert (upload.error_count, upload.missing_count) == (1, 1)
    return upload


def test_a_code_changed_in_a_row_corrected_on_the_page_is_not_doubled(specialist, sent):
    seen = check(sent, {2: RECODED})
    assert seen.plan.counts == {"new": 0, "changed": 1, "unchanged": 0, "withdrawn": 0}
    asked = CorrectedRows({2: cells_of(RECODED)}, plan_sha256=seen.plan.sha256)
    loaded = ended(send_rows(sent, asked, by=specialist))
    assert (loaded.check_only, changes(loaded), loaded.missing_count) == (False, (0, 1, 0, 0), 0)
    assert (STUDENT, OTHER_CODE) in codes_on_file()
    assert (STUDENT, "01.0205") not in codes_on_file()
    assert OTHERS_LINE in on_file()


def test_a_corrected_row_changes_no_line_that_its_file_has_loaded(process_file, specialist):
    sent = process_file(file_of(FIRST, BAD), by=specialist, options=COMPLETE)
    loaded = ended(send_rows(sent, CorrectedRows({3: cells_of(RECODED)}), by=specialist))
    assert changes(loaded) == (1, 0, 0, 0)
    assert codes_on_file() == [(STUDENT, "01.0205"), (STUDENT, OTHER_CODE)]


def test_a_row_of_a_complete_file_that_has_waited_is_not_doubled(process_file, specialist, enroll, work):
    enroll()
    process_file(file_of(NEW), by=specialist)
    Enrollment.objects.filter(student_id="900000003", school_id=2001).delete()
    recoded = NEW.replace("01.0205", OTHER_CODE)
    options = SendOptions(complete=True, let_wait=True)
    first = process_file(file_of(SECOND, recoded), by=specialist, options=options)
    assert first.error_count == 1
    enroll(entry="2020-09-09")
    assert credits_of("900000003") == [1.5]
    lines = CteRecord.objects.filter(replaced_at=None, student_id="900000003")
    assert list(lines.values_list("cte_code", flat=True)) == [OTHER_CODE]


def test_to_the_release_before_a_row_on_the_page_is_not_everything(specialist, sent):
    loaded = ended(send_rows(sent, CorrectedRows({2: cells_of(RECODED)}, missing="withdraw"), by=specialist))
    assert (loaded.complete, changes(loaded)) == (False, (0, 1, 0, 0))


def test_to_the_release_before_a_row_that_waited_is_not_everything(process_file, specialist, enroll, work):
    options = SendOptions(complete=True, missing="withdraw", let_wait=True)
    first = process_file(file_of(SECOND, NEW), by=specialist, options=options)
    enroll()
    by_itself = loaded_by(first)
    assert (by_itself.complete, by_itself.missing, changes(by_itself)) == (False, "withdraw", (1, 0, 0, 0))


@pytest.mark.parametrize("missing", ["", "withdraw"])
def test_a_row_on_the_page_locks_its_student_alone(specialist, sent, missing):
    asked = CorrectedRows({2: cells_of(RECODED)}, missing=missing)
    assert locked(send_rows(sent, asked, by=specialist)) == [STUDENT]
