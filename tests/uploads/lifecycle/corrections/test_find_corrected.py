"""A fix file adds to what its own upload has loaded, and never replaces a good line or doubles it."""

from pathlib import Path

import pytest

from tests.uploads.lifecycle.corrections.test_correct_rows import cells_of
from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import (
    FIRST,
    OTHER,
    SECOND,
    STUDENT,
    A,
    B,
    codes_of,
    file_of,
    on_file,
)
from tidegate.uploads.lifecycle.corrections.correct_rows import CorrectedRows, send_rows
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import load_checked
from tidegate.uploads.models import Upload
from tidegate.uploads.storage.store import new_key

BAD = SECOND.replace("01.0205", "43")
WORSE = BAD.replace("43", "44").replace("2020-10-05", "2020-11-02")
C = (STUDENT, "2020-11-02", "2.00")
UNREAD = "cannot be read"


def right(fix_file: str) -> str:
    return fix_file.replace(",43,", ",01.0205,").replace(",44,", ",01.0205,")


def only(fix_file: str, code: str) -> str:
    """Return a fix file with its header and the row of one code."""
    header, *rows = fix_file.splitlines()
    return "\n".join([header, *(row for row in rows if f",{code}," in row), ""])


@pytest.fixture
def damage(settings):
    """Change the stored, encrypted file of an upload."""
    settings.TIDEGATE_STORE_KEY = new_key()

    def change(upload) -> None:
        path = Path(settings.TIDEGATE_UPLOADS_DIR) / upload.stored_as
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)

    return change


@pytest.mark.parametrize("name", ["upload.csv", "other.csv"])
def test_a_later_upload_with_errors_in_the_same_rows_is_another(process_file, specialist, name):
    sent = process_file(file_of(BAD, FIRST), by=specialist)
    process_file(file_of(BAD.replace(STUDENT, OTHER)), by=specialist, file_name=name)
    fixed = process_file(right(fix_file_of(sent)), by=specialist)
    assert (codes_of(fixed), on_file()) == ([], [A, B])


@pytest.mark.parametrize("name", ["upload.csv", "other.csv"])
def test_a_fix_file_of_a_check_adds_to_no_older_load(process_file, specialist, name):
    process_file(file_of(WORSE.replace(STUDENT, OTHER), FIRST), by=specialist, file_name=name)
    check = process_file(file_of(BAD), by=specialist, check_only=True)
    process_file(right(fix_file_of(check)), by=specialist)
    assert on_file() == [B]


def test_a_fix_file_of_an_undone_upload_adds_to_no_older_load(process_file, specialist):
    process_file(file_of(WORSE.replace(STUDENT, OTHER), FIRST), by=specialist)
    sent = process_file(file_of(BAD, FIRST.replace(STUDENT, OTHER)), by=specialist)
    undo(sent, by=specialist)
    process_file(right(fix_file_of(sent)), by=specialist)
    assert on_file() == [B]


def test_a_fix_file_of_a_check_adds_to_what_was_loaded_of_it(process_file, specialist):
    check = process_file(file_of(FIRST, BAD), by=specialist, check_only=True)
    loaded = load_checked(check, by=specialist)
    process(upload_id=loaded.pk)
    process_file(file_of(FIRST, BAD), by=specialist, check_only=True)
    process_file(right(fix_file_of(check)), by=specialist)
    assert on_file() == [A, B]


def test_a_file_that_was_checked_under_another_name_is_the_same(process_file, specialist):
    check = process_file(file_of(FIRST, BAD), by=specialist, check_only=True, file_name="a.csv")
    process_file(file_of(FIRST, BAD), by=specialist, file_name="b.csv")
    fixed = process_file(right(fix_file_of(check)).replace("2.00", "2.50"), by=specialist)
    assert (codes_of(fixed), on_file()) == ([], [A, (STUDENT, "2020-10-05", "2.50")])


def test_a_damaged_file_is_not_the_one_that_was_corrected(process_file, specialist, damage, caplog):
    sent = process_file(file_of(FIRST, BAD), by=specialist)
    damage(process_file(file_of(FIRST, BAD.replace(STUDENT, OTHER)), by=specialist))
    fixed = process_file(right(fix_file_of(sent)), by=specialist)
    assert (fixed.incident_id, codes_of(fixed)) == ("", [])
    assert [line for line in on_file() if line[0] == STUDENT] == [A, B]
    assert caplog.text.count(UNREAD) == 1


def test_a_file_of_another_name_is_not_even_read(process_file, specialist, damage, caplog):
    sent = process_file(file_of(FIRST, BAD), by=specialist)
    damage(process_file(file_of(FIRST, BAD.replace(STUDENT, OTHER)), by=specialist, file_name="other.csv"))
    process_file(right(fix_file_of(sent)), by=specialist)
    assert (on_file()[:2], UNREAD in caplog.text) == ([A, B], False)


def test_of_many_files_like_it_a_few_of_the_newest_are_read(process_file, specialist, damage, caplog):
    first = process_file(file_of(BAD), by=specialist, check_only=True)
    for code in range(50, 57):
        damage(process_file(file_of(BAD.replace("43", str(code))), by=specialist, check_only=True))
    assert process_file(fix_file_of(first), by=specialist).incident_id == ""
    assert caplog.text.count(UNREAD) == 5


def test_a_fix_file_from_before_they_were_marked_is_found(process_file, specialist):
    sent = process_file(file_of(FIRST, BAD, WORSE), by=specialist)
    second = process_file(fix_file_of(sent).replace(",43,", ",01.0205,"), by=specialist, file_name="second.csv")
    Upload.objects.filter(pk=second.pk).update(is_fix_file=False)
    fixed = process_file(right(fix_file_of(second)), by=specialist)
    assert (codes_of(fixed), on_file()) == ([], [A, B, C])


def test_a_spreadsheet_may_damage_the_name_of_the_first_file(process_file, specialist):
    sent = process_file(file_of(FIRST, BAD), by=specialist, file_name="élèves 2020.csv")
    process_file(right(fix_file_of(sent)).replace("élèves", "Ã©lÃ¨ves"), by=specialist)
    assert on_file() == [A, B]


def test_a_row_corrected_in_another_fix_file_is_not_replaced(process_file, specialist):
    sent = process_file(file_of(BAD, WORSE), by=specialist)
    one, two = (right(only(fix_file_of(sent), code)) for code in ("43", "44"))
    assert process_file(one, by=specialist).error_count == 0
    late = process_file(two, by=specialist)
    assert (codes_of(late), on_file()) == ([(2, "CTE603")], [B])


def test_a_fix_file_with_rows_that_are_in_already_adds_the_others(process_file, specialist):
    sent = process_file(file_of(BAD, WORSE), by=specialist)
    process_file(right(only(fix_file_of(sent), "43")), by=specialist)
    whole = process_file(right(fix_file_of(sent)), by=specialist)
    assert (codes_of(whole), on_file()) == ([], [B, C])


def test_a_row_corrected_on_the_page_is_not_replaced(process_file, specialist):
    sent = process_file(file_of(BAD, WORSE), by=specialist)
    process(upload_id=send_rows(sent, CorrectedRows({2: cells_of(SECOND)}), by=specialist).pk)
    late = process_file(right(only(fix_file_of(sent), "44")), by=specialist)
    assert (codes_of(late), on_file()) == ([], [B, C])


def test_a_row_on_the_page_replaces_no_line_that_came_since(process_file, specialist):
    sent = process_file(file_of(BAD, FIRST.replace(STUDENT, OTHER)), by=specialist)
    process_file(file_of(FIRST), by=specialist)
    late = send_rows(sent, CorrectedRows({2: cells_of(SECOND)}), by=specialist)
    process(upload_id=late.pk)
    assert (codes_of(late), [line for line in on_file() if line[0] == STUDENT]) == ([(2, "CTE603")], [A])


def test_a_line_older_than_the_first_upload_is_corrected(process_file, specialist):
    process_file(file_of(FIRST), by=specialist)
    sent = process_file(file_of(BAD), by=specialist)
    process_file(right(fix_file_of(sent)), by=specialist)
    assert on_file() == [B]


def test_a_choice_for_a_group_that_changed_withdraws_nothing(process_file, specialist):
    sent = process_file(file_of(FIRST, BAD), by=specialist)
    process_file(file_of(FIRST, SECOND, WORSE.replace("44", "01.0205")), by=specialist)
    process_file(right(fix_file_of(sent)), by=specialist, options=SendOptions(missing="withdraw"))
    assert on_file() == [A, B, C]
