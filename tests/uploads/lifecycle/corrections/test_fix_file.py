"""The fix file: what was not loaded comes back corrected, and joins what was loaded."""

import csv
import io

import pytest

from tests.uploads.outputs import fix_file_chunks, has_fix_file
from tidegate.core.errors import NotFound
from tidegate.file_types import find
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import load_checked
from tidegate.uploads.models import LastFile, Standing, State

HEADER = ",".join(find("cte").layout.columns)
LINE = "1000,2001,900000001,0012,01.0205,2020-09-01,,1.50,"


def fix_file_of(upload) -> str:
    return b"".join(fix_file_chunks(upload)).decode("utf-8-sig")


def current_credits() -> list[tuple[str, float]]:
    current = CteRecord.objects.filter(replaced_at__isnull=True)
    return sorted((code, float(earned)) for code, earned in current.values_list("cte_code", "credits_earned"))


def test_it_has_only_the_rows_that_were_not_loaded_in_the_uploaders_columns(process_file, specialist):
    upload = process_file(f"LastName,{HEADER}\nSmith,{LINE}\nO'Neil,{LINE.replace('01.0205', '43')}\n", by=specialist)
    header, row = csv.reader(io.StringIO(fix_file_of(upload)))
    assert header == ["LastName", *HEADER.split(","), "Row", "What to fix", "First file", "First row"]
    own = ["O'Neil", "1000", "2001", "900000001", '="0012"', "43", "2020-09-01", "", '="1.50"', "", "3"]
    assert (row[:-3], row[-2:]) == (own, [upload.file_name, "3"])
    assert row[-3].startswith('Unable to resolve CTE Code "43".')


def test_its_own_columns_and_wrappings_are_passed_over_in_silence_when_it_comes_back(process_file, specialist):
    first = process_file(f"{HEADER}\n{LINE.replace('01.0205', '43')}\n", by=specialist)
    second = process_file(fix_file_of(first).replace(",43,", ",01.0205,"), by=specialist)
    assert (second.state, second.row_count, second.error_count, second.notice_count) == (State.FINISHED, 1, 0, 0)
    assert CteRecord.objects.get().school_student_id == "0012"


def test_a_corrected_row_joins_the_lines_of_its_group_that_were_loaded(process_file, specialist):
    first = process_file(f"{HEADER}\n{LINE}\n{LINE.replace('01.0205', '43').replace('1.50', '2.00')}\n", by=specialist)
    assert current_credits() == [("01.0205", 1.5)]
    second = process_file(fix_file_of(first).replace(",43,", ",01.0205,"), by=specialist)
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]
    assert (second.success_count, second.added_count, second.replaced_count, second.unchanged_count) == (1, 1, 0, 0)


def test_a_correction_of_a_correction_joins_them_too(process_file, specialist):
    bad = LINE.replace("01.0205", "43").replace("1.50", "2.00")
    worse = LINE.replace("01.0205", "44").replace("1.50", "3.00")
    first = process_file(f"{HEADER}\n{LINE}\n{bad}\n{worse}\n", by=specialist)
    second = process_file(fix_file_of(first).replace(",43,", ",01.0205,"), by=specialist)
    third = process_file(fix_file_of(second).replace(",44,", ",01.0205,"), by=specialist)
    assert third.error_count == 0
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0), ("01.0205", 3.0)]


def test_a_corrected_group_takes_the_place_of_what_was_stored_before(process_file, specialist):
    process_file(f"{HEADER}\n{LINE}\n", by=specialist)
    bad_group = f"{LINE.replace('1.50', '2.00')}\n{LINE.replace('1.50', 'x')}\n"
    second = process_file(f"{HEADER}\n{bad_group}", by=specialist)
    assert current_credits() == [("01.0205", 1.5)]
    third = process_file(fix_file_of(second).replace(",x,", ",3.00,"), by=specialist)
    assert third.success_count == 2
    assert current_credits() == [("01.0205", 2.0), ("01.0205", 3.0)]


def some_rows_fixed(process_file, specialist, **more):
    """Return a file with three bad rows, and a fix file of one that comes by itself."""
    bad = LINE.replace("01.0205", "43")
    first = process_file(
        "\n".join([HEADER, LINE, bad, bad.replace("1.50", "2"), bad.replace("1.50", "3"), ""]), by=specialist
    )
    lines = fix_file_of(first).splitlines(keepends=True)[:2]
    return first, process_file("".join(lines).replace(",43,", ",01.0205,"), by=specialist, **more)


def test_a_fix_file_by_itself_leaves_the_others_to_correct(process_file, specialist):
    first, fixed = some_rows_fixed(process_file, specialist)
    assert (fixed.follows, fixed.error_count) == (first, 0)
    last = LastFile.objects.get(organization=first.organization)
    assert (last.standing, last.error_count) == (Standing.ERRORS, 2)
    first.refresh_from_db()
    assert first.corrected_by is None


def test_a_fix_file_by_itself_that_is_whole_puts_all_right(process_file, specialist):
    first = process_file(f"{HEADER}\n{LINE}\n{LINE.replace('01.0205', '43')}\n", by=specialist)
    fixed = process_file(fix_file_of(first).replace(",43,", ",01.0205,"), by=specialist)
    first.refresh_from_db()
    assert first.corrected_by == fixed
    last = LastFile.objects.get(organization=first.organization)
    assert (last.upload, last.standing, last.error_count) == (fixed, Standing.CLEAN, 0)


def test_a_fix_file_by_itself_that_was_checked_first_leaves_the_others(process_file, specialist):
    first, check = some_rows_fixed(process_file, specialist, check_only=True)
    loaded = load_checked(check, by=specialist)
    process(upload_id=loaded.pk)
    loaded.refresh_from_db()
    assert (loaded.follows, check.follows, loaded.check_only) == (check, first, False)
    assert LastFile.objects.get(organization=first.organization).error_count == 2


def test_a_fix_file_that_follows_another_upload_keeps_that_one(process_file, specialist):
    first, fixed = some_rows_fixed(process_file, specialist)
    again = process_file(fix_file_of(first), by=specialist, options=SendOptions(follows_id=fixed.pk))
    assert again.follows == fixed


def test_there_is_none_where_every_row_was_loaded(process_file, specialist):
    upload = process_file(f"{HEADER}\n{LINE}\n", by=specialist)
    assert not has_fix_file(upload)
    with pytest.raises(NotFound, match="no fix file"):
        fix_file_chunks(upload)
