"""What a complete file leaves out goes only as its sender has said with the file; a fix file is never everything."""

from contextlib import suppress

import polars as pl
import pytest
from django.db import IntegrityError

from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import (
    CORRECTED,
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
from tests.uploads.lifecycle.loading.test_planned_changes import (
    BETTER,
    COMPLETE,
    CONFIRMED,
    OTHER_CODE,
    changes,
    ended,
    planned,
)
from tidegate.core.errors import Conflict
from tidegate.records.reference_data import ReferenceDatabase
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.checking.check_upload import check_upload, tables_of
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.models import Upload

OTHERS = FIRST.replace(STUDENT, OTHER)
OTHERS_LINE = (OTHER, "2020-09-01", "1.50")
BAD = FIRST.replace("01.0205", "43")


def codes_on_file() -> list[tuple[str, str]]:
    return sorted(CteRecord.objects.filter(replaced_at=None).values_list("student_id", "cte_code"))


def locked(upload: Upload) -> list[str]:
    """Return which of the two students the check of an upload locks."""
    tables = tables_of(upload)
    check_upload(upload, tables=tables, plans=True)
    return [each for each in (STUDENT, OTHER) if is_locked(tables, each)]


def is_locked(tables: ReferenceDatabase, student: str) -> bool:
    with suppress(IntegrityError):
        tables.check_locked(pl.Series([int(student)]))
        return True
    return False


@pytest.fixture
def stored(process_file, specialist):
    """Two lines of one student in one group are on file, and a line of another student."""
    return process_file(file_of(FIRST, SECOND, OTHERS), by=specialist)


@pytest.fixture
def waiting(process_file, specialist, stored):
    """A complete file without the other student, and with a row that waits for a choice."""
    upload = process_file(file_of(CORRECTED), by=specialist, options=COMPLETE)
    assert (codes_of(upload), len(on_file())) == ([(2, "CTE601")], 3)
    return upload


@pytest.mark.parametrize("rows", [[2], None])
def test_a_choice_about_groups_withdraws_nothing_else(specialist, waiting, rows):
    chosen = ended(choose_missing(waiting, "withdraw", rows=rows, by=specialist))
    assert on_file() == [BETTER, OTHERS_LINE]
    assert (chosen.withdrawn_count, chosen.missing_count) == (1, 1)
    ended(withdraw_missing(chosen, None, reason="Moved away", by=specialist))
    assert on_file() == [BETTER]


def test_a_choice_about_groups_stays_one_when_its_check_is_loaded(process_file, specialist, stored):
    check = process_file(file_of(CORRECTED), by=specialist, options=COMPLETE, check_only=True)
    chosen = ended(choose_missing(check, "withdraw", by=specialist))
    loaded = ended(load_checked(chosen, by=specialist))
    assert (loaded.check_only, on_file()) == (False, [BETTER, OTHERS_LINE])


@pytest.mark.parametrize("rows", [[2], None])
def test_a_choice_about_groups_locks_the_students_of_the_file_alone(specialist, waiting, rows):
    assert locked(choose_missing(waiting, "withdraw", rows=rows, by=specialist)) == [STUDENT]


@pytest.mark.parametrize(("options", "students"), [(COMPLETE, [STUDENT]), (CONFIRMED, [STUDENT, OTHER])])
def test_whom_a_complete_file_leaves_out_is_locked_with_the_yes(send, specialist, stored, options, students):
    assert locked(send(file_of(CORRECTED), by=specialist, options=options)) == students


def test_what_was_said_with_the_file_still_holds_when_its_check_is_loaded(process_file, specialist, stored):
    check = process_file(file_of(FIRST, SECOND), by=specialist, options=CONFIRMED, check_only=True)
    ended(load_checked(check, by=specialist))
    assert on_file() == [A, B]


@pytest.mark.parametrize("said", [COMPLETE, CONFIRMED])
def test_a_fix_file_is_never_everything(process_file, specialist, stored, said):
    sent = process_file(file_of(FIRST, SECOND, OTHERS, BAD), by=specialist, options=COMPLETE)
    fixed = process_file(fix_file_of(sent).replace(",43,", f",{OTHER_CODE},"), by=specialist, options=said)
    assert (changes(fixed), fixed.missing_count, fixed.schools_left_out) == ((1, 0, 0, 0), 0, [])
    assert len(on_file()) == 4
    assert (fixed.complete, fixed.is_whole) == (True, False)


def test_a_fix_file_of_a_complete_file_changes_a_corrected_code(process_file, specialist):
    process_file(file_of(FIRST), by=specialist)
    wrong = FIRST.replace("01.0205", OTHER_CODE).replace("2020-09-01", "2020-09-41")
    sent = process_file(file_of(wrong), by=specialist, options=COMPLETE)
    fixed = process_file(fix_file_of(sent).replace("2020-09-41", "2020-09-01"), by=specialist, options=COMPLETE)
    assert planned(fixed) == [("changed", 2, ["CTECode"])]
    assert codes_on_file() == [(STUDENT, OTHER_CODE)]


def test_a_fix_file_changes_no_line_that_came_since(process_file, specialist):
    sent = process_file(file_of(OTHERS, BAD), by=specialist, options=COMPLETE)
    process_file(file_of(FIRST), by=specialist)
    fixed = process_file(fix_file_of(sent).replace(",43,", f",{OTHER_CODE},"), by=specialist, options=COMPLETE)
    assert (changes(fixed), fixed.missing_count) == ((1, 0, 0, 0), 1)
    assert (STUDENT, "01.0205") in codes_on_file()


def test_a_fix_file_changes_no_line_that_another_error_may_be_about(process_file, specialist):
    process_file(file_of(FIRST), by=specialist)
    sent = process_file(file_of(BAD, BAD.replace("43", "44")), by=specialist, options=COMPLETE)
    header, first, _ = fix_file_of(sent).splitlines()
    alone = f"{header}\n{first.replace(',43,', f',{OTHER_CODE},')}\n"
    fixed = process_file(alone, by=specialist, options=COMPLETE)
    assert changes(fixed) == (1, 0, 0, 0)
    assert codes_on_file() == [(STUDENT, "01.0205"), (STUDENT, OTHER_CODE)]


def test_a_line_whose_code_was_corrected_is_not_said_to_stay(process_file, specialist, stored):
    upload = process_file(file_of(FIRST, SECOND.replace("01.0205", OTHER_CODE)), by=specialist, options=COMPLETE)
    assert (changes(upload), codes_of(upload, "notice")) == ((0, 1, 1, 0), [])


@pytest.mark.parametrize("other_group", ["with a bad row", "with too few rows"])
def test_a_line_beside_an_error_of_its_student_is_said_to_stay(process_file, specialist, stored, other_group):
    third = FIRST.replace("01.0205", "13.1210")
    process_file(file_of(third, third.replace("09-01", "09-02")), by=specialist)
    wrong = BAD if other_group == "with a bad row" else third.replace("1.50", "1.75")
    text = file_of(FIRST, SECOND.replace("01.0205", OTHER_CODE), wrong)
    upload = process_file(text, by=specialist, options=COMPLETE)
    assert (changes(upload), codes_of(upload, "notice")) == ((1, 0, 1, 0), [(2, "CTE602")])
    assert B in on_file()


def test_a_fix_file_of_an_unknown_file_changes_no_other_code(process_file, specialist, stored):
    sent = process_file(file_of(SECOND, BAD), by=specialist, options=COMPLETE)
    unknown = fix_file_of(sent).replace(",43,", f",{OTHER_CODE},").replace("upload.csv", "another.csv")
    fixed = process_file(unknown, by=specialist, options=SendOptions(complete=True))
    assert changes(fixed) == (1, 0, 0, 0)
    assert [line for line in on_file() if line[0] == STUDENT] == [A, A, B]


@pytest.mark.parametrize("check_only", [True, False])
def test_lines_that_a_newer_file_has_are_not_withdrawn_by_an_older_one(check_only, process_file, specialist):
    whole = file_of(FIRST, OTHERS)
    process_file(whole, by=specialist)
    older = process_file(file_of(FIRST), by=specialist, options=COMPLETE, check_only=check_only)
    assert older.missing_count == 1
    newer = process_file(whole, by=specialist, options=COMPLETE)
    with pytest.raises(Conflict, match=f"upload {newer.pk}, and may have these lines"):
        withdraw_missing(older, None, reason="Moved away", by=specialist)
    assert OTHER in dict(codes_on_file())
