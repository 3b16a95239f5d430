"""Nothing on file disappears because a file lacks it: the stories are told by what is on file afterwards."""

from collections import Counter
from random import Random

import pytest

from tests.uploads.lifecycle.checking.test_agreement import logs_of_check, logs_of_web
from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tidegate.file_types import find
from tidegate.records.export_folder import export_reference
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.models import State

HEADER = ",".join(find("cte").layout.columns)
STUDENT, OTHER = "900000001", "900000002"
FIRST = f"1000,2001,{STUDENT},0012,01.0205,2020-09-01,,1.50,"
SECOND = f"1000,2001,{STUDENT},0012,01.0205,2020-10-05,,2.00,"
CORRECTED = SECOND.replace("2.00", "2.50")


def file_of(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def on_file() -> list[tuple[str, str, str]]:
    """Return student, first day and credits of every line on file."""
    current = CteRecord.objects.filter(replaced_at__isnull=True)
    lines = current.values_list("student_id", "start_date", "credits_earned")
    return sorted((student, str(start), str(earned)) for student, start, earned in lines)


def codes_of(upload, severity: str = "error") -> list[tuple[int, str]]:
    return list(upload.findings.filter(severity=severity, row__gt=1).order_by("row").values_list("row", "code"))


def counts_of(upload) -> tuple[int, int, int, int, int]:
    counts = ("success_count", "error_count", "added_count", "replaced_count", "unchanged_count")
    return tuple(getattr(upload, name) for name in counts)


A, B = (STUDENT, "2020-09-01", "1.50"), (STUDENT, "2020-10-05", "2.00")


@pytest.fixture
def stored(process_file, specialist):
    """Two lines of one student, school and code are on file."""
    upload = process_file(file_of(FIRST, SECOND), by=specialist)
    assert on_file() == [A, B]
    return upload


@pytest.mark.parametrize("number", ["900000091", "90000001x", OTHER, ""])
def test_a_mistyped_student_number_takes_nothing_off_file(process_file, specialist, stored, number):
    mistyped = process_file(file_of(FIRST, SECOND.replace(STUDENT, number)), by=specialist)
    assert [line for line in on_file() if line[0] == STUDENT] == [A, B]
    assert (mistyped.state, mistyped.unchanged_count, mistyped.replaced_count) == (State.FINISHED, 1, 0)
    assert {row for row, _ in codes_of(mistyped)} <= {3}
    assert codes_of(mistyped, "notice") == [(2, "CTE602")]


@pytest.mark.parametrize("column", [1, 4])
def test_a_mistyped_school_or_code_takes_nothing_off_file(process_file, specialist, stored, column):
    cells = SECOND.split(",")
    cells[column] = "43"
    mistyped = process_file(file_of(FIRST, ",".join(cells)), by=specialist)
    assert on_file() == [A, B]
    assert counts_of(mistyped) == (1, 1, 0, 0, 1)


def test_a_corrected_line_alone_takes_nothing_off_file(process_file, specialist, stored):
    alone = process_file(file_of(CORRECTED), by=specialist)
    assert on_file() == [A, B]
    assert (codes_of(alone), counts_of(alone)) == ([(2, "CTE601")], (0, 1, 0, 0, 0))
    assert alone.findings.get().message == (
        "Not loaded, because 2 lines are on file for this student, CTE school and CTE Code and the file has only 1: "
        f'on file are StartDate "2020-09-01" with CreditsEarned "1.50" from upload {stored.pk}, '
        f'StartDate "2020-10-05" with CreditsEarned "2.00" from upload {stored.pk}'
    )


def test_a_fix_file_without_its_own_columns_takes_nothing_off_file(process_file, specialist, stored):
    third = SECOND.replace("2020-10-05", "2020-11-02")
    sent = process_file(file_of(FIRST, SECOND, third.replace("01.0205", "43")), by=specialist)
    bare = process_file(file_of(third), by=specialist)
    assert on_file() == [A, B]
    assert codes_of(bare) == [(2, "CTE601")]
    linked = process_file(fix_file_of(sent).replace(",43,", ",01.0205,"), by=specialist)
    assert on_file() == [A, B, (STUDENT, "2020-11-02", "2.00")]
    assert counts_of(linked) == (1, 0, 1, 0, 0)


def test_a_linked_fix_file_corrects_the_line_that_its_upload_had_mistyped(process_file, specialist, stored):
    sent = process_file(file_of(FIRST, CORRECTED.replace("01.0205", "43")), by=specialist)
    assert on_file() == [A, B]
    linked = process_file(fix_file_of(sent).replace(",43,", ",01.0205,"), by=specialist)
    assert on_file() == [A, (STUDENT, "2020-10-05", "2.50")]
    assert (codes_of(linked), counts_of(linked)) == ([], (1, 0, 1, 1, 0))


def test_a_fix_file_with_too_few_lines_takes_nothing_off_file(process_file, specialist, stored):
    sent = process_file(file_of(CORRECTED), by=specialist)
    again = process_file(fix_file_of(sent), by=specialist)
    assert on_file() == [A, B]
    assert codes_of(again) == [(2, "CTE601")]
    whole = process_file(fix_file_of(again) + f"{FIRST}\n", by=specialist)
    assert on_file() == [A, (STUDENT, "2020-10-05", "2.50")]
    assert codes_of(whole) == []


def test_lines_added_to_a_fix_file_by_hand_are_not_loaded_again(process_file, specialist, stored):
    third, fourth = (SECOND.replace("2020-10-05", day) for day in ("2020-11-02", "2020-12-01"))
    process_file(file_of(FIRST, SECOND, third), by=specialist)
    sent = process_file(file_of(FIRST, fourth), by=specialist)
    assert codes_of(sent) == [(3, "CTE601")]
    fifth = fourth.replace("01.0205", "43")
    whole = process_file(fix_file_of(sent) + f"{FIRST}\n{SECOND}\n{third}\n{fifth}\n", by=specialist)
    assert (codes_of(whole), counts_of(whole)) == ([(6, "CTE403")], (4, 1, 1, 0, 3))
    days = ["2020-09-01", "2020-10-05", "2020-11-02", "2020-12-01"]
    assert [start for _, start, _ in on_file()] == days
    again = process_file(fix_file_of(whole).replace(",43,", ",01.0205,"), by=specialist)
    assert (codes_of(again), counts_of(again)) == ([], (1, 0, 1, 0, 0))
    assert [start for _, start, _ in on_file()] == [*days, "2020-12-01"]


def test_a_fix_file_does_not_bring_back_what_a_later_upload_has_corrected(process_file, specialist, stored):
    third = SECOND.replace("2020-10-05", "2020-11-02")
    sent = process_file(file_of(FIRST, SECOND, third.replace("01.0205", "43")), by=specialist)
    process_file(file_of(FIRST, CORRECTED), by=specialist)
    late = process_file(fix_file_of(sent).replace(",43,", ",01.0205,"), by=specialist)
    assert on_file() == [A, (STUDENT, "2020-10-05", "2.50")]
    assert (codes_of(late), counts_of(late)) == ([(2, "CTE603")], (0, 1, 0, 0, 0))


def test_as_many_lines_as_on_file_correct_one_of_them(process_file, specialist, stored):
    corrected = process_file(file_of(FIRST, CORRECTED), by=specialist)
    assert on_file() == [A, (STUDENT, "2020-10-05", "2.50")]
    assert (codes_of(corrected), counts_of(corrected)) == ([], (2, 0, 1, 1, 1))


def test_of_two_identical_lines_on_file_both_stay_where_the_file_has_one(process_file, specialist):
    process_file(file_of(FIRST, FIRST), by=specialist)
    one = process_file(file_of(FIRST), by=specialist)
    assert on_file() == [A, A]
    assert (codes_of(one), counts_of(one)) == ([], (1, 0, 0, 0, 1))


def test_a_line_that_is_in_the_file_more_often_than_on_file_is_new(process_file, specialist, stored):
    third = SECOND.replace("2020-10-05", "2020-11-02")
    process_file(file_of(FIRST, SECOND, third), by=specialist)
    twice = process_file(file_of(FIRST, FIRST), by=specialist)
    assert len(on_file()) == 3
    assert (codes_of(twice), counts_of(twice)) == ([(3, "CTE601")], (1, 1, 0, 0, 1))


def test_a_bad_row_of_the_group_counts_and_keeps_the_others_back(process_file, specialist, stored):
    bad = CORRECTED.replace("2.50", "x")
    enough = process_file(file_of(CORRECTED.replace("2.50", "3.00"), bad), by=specialist)
    assert codes_of(enough) == [(2, "CTE301"), (3, "CELL105")]
    process_file(file_of(FIRST, SECOND, CORRECTED), by=specialist)
    fewer = process_file(file_of(FIRST, CORRECTED.replace("2.50", "3.00"), bad)[:-1], by=specialist)
    assert codes_of(fewer) == [(2, "CTE301"), (3, "CTE301"), (4, "CELL105")]
    fewer = process_file(file_of(CORRECTED.replace("2.50", "3.00"), bad), by=specialist)
    assert codes_of(fewer) == [(2, "CTE601"), (3, "CELL105")]
    assert len(on_file()) == 3


def test_who_sends_a_row_of_another_sau_is_not_told_what_is_on_file(process_file, specialist, stored):
    other = process_file(file_of(CORRECTED.replace("1000", "2000", 1)), by=specialist)
    assert codes_of(other) == [(2, "ORG201")]
    assert on_file() == [A, B]


def test_an_undone_upload_gives_back_all_lines_and_the_next_file_needs_them(process_file, specialist, stored):
    more = process_file(file_of(FIRST, SECOND, CORRECTED), by=specialist)
    assert codes_of(process_file(file_of(SECOND.replace("2.00", "9")), by=specialist)) == [(2, "CTE601")]
    undo(more, by=specialist)
    assert on_file() == [A, B]
    assert codes_of(process_file(file_of(FIRST, CORRECTED), by=specialist)) == []


LINES = [
    f"1000,2001,{student},1,{code},{day},,{earned},{college}"
    for student in (STUDENT, OTHER)
    for code in ("01.0205", "47.0604")
    for day in ("2020-09-01", "2020-10-05")
    for earned in ("1.5", "2.00")
    for college in ("", "1")
]
BAD = [line.replace(",1.5,", ",x,") for line in LINES[::4]]
BAD += [line.replace(STUDENT, "900000091") for line in LINES[::3]]


def groups_on_file() -> dict[tuple, Counter]:
    groups: dict[tuple, Counter] = {}
    columns = ("start_date", "credits_earned", "postsecondary_credits")
    for student, code, *content in CteRecord.objects.filter(replaced_at__isnull=True).values_list(
        "student_id", "cte_code", *columns
    ):
        groups.setdefault((student, code), Counter())[tuple(content)] += 1
    return groups


@pytest.mark.parametrize("seed", range(2))
def test_random_files_take_nothing_off_file_that_they_do_not_outnumber(
    process_file, specialist, tmp_path, seed, request
):
    chance = Random(seed)
    for number in range(20 if request.config.getoption("--long") else 3):
        before = groups_on_file()
        lines = chance.choices(LINES, k=chance.randrange(1, 12)) + chance.choices(BAD, k=chance.randrange(3))
        chance.shuffle(lines)
        path = tmp_path / "upload.csv"
        path.write_text(file_of(*lines))
        export_reference(tmp_path / str(number))
        told = logs_of_check(path, find("cte"), tmp_path / str(number), tmp_path)
        trial = process_file(path.read_bytes(), by=specialist, check_only=True)
        assert groups_on_file() == before
        upload = process_file(path.read_bytes(), by=specialist)
        assert logs_of_web(upload)[0] == logs_of_web(trial)[0] == told[0]
        assert counts_of(upload) == counts_of(trial)
        in_file = Counter((cells[2], cells[4]) for cells in (line.split(",") for line in lines))
        after = groups_on_file()
        for group, known in before.items():
            assert known <= after[group] or in_file[group] >= known.total()
        added = sum((after[group] - before.get(group, Counter())).total() for group in after)
        gone = sum((before[group] - after[group]).total() for group in before)
        assert (added, gone) == (upload.added_count, upload.replaced_count)
        assert upload.success_count == upload.added_count + upload.unchanged_count
