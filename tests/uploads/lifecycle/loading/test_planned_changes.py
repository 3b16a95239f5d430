"""What an upload changes is said before it is written, and nothing goes that its sender has not confirmed."""

from random import Random

import pytest
from django.db import connection

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
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.file_types import find
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.models import State, Upload
from tidegate.uploads.queries.plan_differences import moved_lines
from tidegate.uploads.queries.planned_lines import every_planned_line, missing_line_ids

OTHER_CODE = "47.0604"
KEEP, WITHDRAW = SendOptions(missing="keep"), SendOptions(missing="withdraw")
COMPLETE, CONFIRMED = SendOptions(complete=True), SendOptions(complete=True, missing="withdraw")
BETTER = (STUDENT, "2020-10-05", "2.50")


def ended(upload: Upload) -> Upload:
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def planned(upload: Upload) -> list[tuple[str, int | None, list[str]]]:
    return [(line.kind, line.row, line.fields) for line in every_planned_line(upload)]


def changes(upload: Upload) -> tuple[int, ...]:
    assert upload.changes is not None, upload.incident_id
    return tuple(upload.changes.values())


@pytest.fixture
def stored(process_file, specialist):
    """Two lines of one student, school and code are on file."""
    return process_file(file_of(FIRST, SECOND), by=specialist)


def test_the_plan_names_what_is_new_changed_and_unchanged(process_file, specialist, stored):
    third = SECOND.replace("2020-10-05", "2020-11-02")
    upload = process_file(file_of(FIRST, CORRECTED, third), by=specialist)
    assert changes(upload) == (1, 1, 1, 0)
    assert planned(upload) == [("changed", 3, ["CreditsEarned"]), ("new", 4, [])]
    changed = next(line for line in every_planned_line(upload) if line.kind == "changed")
    assert (changed.before["CreditsEarned"], changed.after["CreditsEarned"]) == ("2.00", "2.50")
    assert changed.before["SchoolID"] == changed.after["SchoolID"] == "2001"


def test_a_check_plans_what_the_load_does_then(process_file, specialist, stored):
    check = process_file(file_of(FIRST, CORRECTED), by=specialist, check_only=True)
    assert on_file() == [A, B]
    loaded = ended(load_checked(check, by=specialist))
    assert (loaded.plan_sha256, planned(loaded)) == (check.plan_sha256, planned(check))
    assert on_file() == [A, BETTER]
    assert loaded.follows == check


def test_a_plan_that_grew_old_is_not_loaded_and_made_anew(process_file, specialist, stored):
    check = process_file(file_of(FIRST, CORRECTED), by=specialist, check_only=True)
    process_file(file_of(FIRST, CORRECTED), by=specialist)
    late = ended(load_checked(check, by=specialist))
    assert (late.state, late.check_only, late.plan_has_moved) == (State.FINISHED, True, True)
    assert changes(late) == (0, 0, 2, 0)
    again = ended(load_checked(late, by=specialist))
    assert (again.plan_has_moved, again.check_only) == (False, False)


def test_a_plan_that_grew_old_says_what_moved(process_file, specialist, stored):
    check = process_file(file_of(FIRST, CORRECTED), by=specialist, check_only=True)
    process_file(file_of(FIRST, CORRECTED), by=specialist)
    moved = ended(load_checked(check, by=specialist))
    assert moved.changes_seen == check.changes
    found = moved_lines(moved, count=10)
    assert found is not None
    assert [(line.row, line.then, line.now) for line in found.lines] == [(3, "CreditsEarned 2.00 → 2.50", "Unchanged")]
    assert found.lines[0].cells["CreditsEarned"] == "2.50"
    assert moved_lines(moved, count=0).line_count == 1
    assert moved_lines(check, count=10) is None


def test_withdrawn_lines_that_are_gone_since_are_among_what_moved(process_file, specialist, stored):
    check = process_file(file_of(FIRST), by=specialist, check_only=True, options=CONFIRMED)
    assert changes(check) == (0, 0, 1, 1)
    gone = next(line.line for line in every_planned_line(check) if line.kind == "withdrawn")
    ended(withdraw_missing(process_file(file_of(FIRST), by=specialist), [gone], reason="Not there", by=specialist))
    moved = ended(load_checked(check, by=specialist))
    assert (moved.plan_has_moved, changes(moved)) == (True, (0, 0, 1, 0))
    (line,) = moved_lines(moved, count=10).lines
    assert (line.row, line.line, line.then, line.now) == (None, gone, "Withdrawn", "Not on file any more")


def test_only_a_check_that_has_ended_can_be_loaded(process_file, send, specialist, stored):
    with pytest.raises(Conflict):
        load_checked(stored, by=specialist)
    with pytest.raises(Conflict):
        load_checked(send(file_of(FIRST), by=specialist, check_only=True), by=specialist)


def test_who_may_not_send_can_decide_nothing(process_file, specialist, viewer, stored):
    check = process_file(file_of(FIRST), by=specialist, check_only=True)
    for decide in (
        lambda: load_checked(check, by=viewer),
        lambda: choose_missing(check, "keep", by=viewer),
        lambda: withdraw_missing(check, None, reason="No", by=viewer),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert Upload.objects.count() == 2


def test_a_new_line_beside_those_on_file_is_kept_by_choice(process_file, specialist, stored):
    alone = process_file(file_of(CORRECTED), by=specialist)
    assert codes_of(alone) == [(2, "CTE601")]
    kept = ended(choose_missing(alone, "keep", by=specialist))
    assert on_file() == [A, B, BETTER]
    assert (codes_of(kept), changes(kept)) == ([], (1, 0, 0, 0))


def test_lines_on_file_are_withdrawn_by_choice(process_file, specialist, stored):
    alone = process_file(file_of(CORRECTED), by=specialist)
    withdrawn = ended(choose_missing(alone, "withdraw", by=specialist))
    assert on_file() == [BETTER]
    assert changes(withdrawn) == (0, 1, 0, 1)
    undo(withdrawn, by=specialist)
    assert on_file() == [A, B]


def test_a_choice_for_one_row_leaves_the_other_groups_waiting(process_file, specialist, stored):
    theirs = [line.replace(STUDENT, OTHER) for line in (FIRST, SECOND)]
    process_file(file_of(*theirs), by=specialist)
    alone = process_file(file_of(CORRECTED, CORRECTED.replace(STUDENT, OTHER)), by=specialist)
    chosen = ended(choose_missing(alone, "withdraw", rows=[2], by=specialist))
    assert codes_of(chosen) == [(3, "CTE601")]
    assert [line for line in on_file() if line[0] == STUDENT] == [BETTER]
    assert len([line for line in on_file() if line[0] == OTHER]) == 2


@pytest.mark.parametrize(("column", "text"), [(2, "90000001x"), (1, "43"), (4, "43")])
def test_what_a_damaged_row_may_be_about_is_not_withdrawn(process_file, specialist, stored, column, text):
    cells = SECOND.split(",")
    cells[column] = text
    upload = process_file(file_of(FIRST.replace("1.50", "1.75"), ",".join(cells)), by=specialist, options=WITHDRAW)
    assert on_file() == [A, B]
    assert (2, "CTE601") in codes_of(upload)
    assert upload.findings.get(code="CTE601").message.endswith(". Row 3 may be one of them")


def test_a_changed_code_in_a_complete_file_does_not_double_the_line(process_file, specialist, stored):
    recoded = [line.replace("01.0205", OTHER_CODE) for line in (FIRST, SECOND)]
    upload = process_file(file_of(*recoded), by=specialist, options=COMPLETE)
    assert changes(upload) == (0, 2, 0, 0)
    assert {fields[0] for _, _, fields in planned(upload)} == {"CTECode"}
    assert on_file() == [A, B]
    assert set(CteRecord.objects.filter(replaced_at=None).values_list("cte_code", flat=True)) == {OTHER_CODE}


def test_what_a_complete_file_leaves_out_goes_only_with_the_yes(process_file, specialist, stored):
    process_file(file_of(FIRST.replace(STUDENT, OTHER)), by=specialist)
    upload = process_file(file_of(FIRST, SECOND), by=specialist, options=COMPLETE)
    assert (upload.missing_count, changes(upload)) == (1, (0, 0, 2, 0))
    assert len(on_file()) == 3
    confirmed = process_file(file_of(FIRST, SECOND), by=specialist, options=CONFIRMED)
    assert changes(confirmed) == (0, 0, 2, 1)
    assert on_file() == [A, B]


def test_what_is_left_out_is_withdrawn_by_one_click(process_file, specialist, stored):
    recoded = process_file(file_of(FIRST.replace("01.0205", OTHER_CODE)), by=specialist)
    assert recoded.missing_count == 2  # said without a word of the sender, too
    withdrawal = ended(withdraw_missing(recoded, None, reason="Another program", by=specialist))
    assert (withdrawal.state, withdrawal.withdrawn_count) == (State.FINISHED, 2)
    assert on_file() == [A]
    undo(withdrawal, by=specialist)
    assert len(on_file()) == 3


def test_a_withdrawal_needs_lines_and_a_reason_and_takes_only_what_was_named(process_file, specialist, stored):
    upload = process_file(file_of(FIRST.replace("01.0205", OTHER_CODE)), by=specialist)
    first, _ = missing_line_ids(upload)
    for lines, reason, refusal in (([], "x", Refusal), ([first], "  ", Refusal), ([first, 10**9], "x", NotFound)):
        with pytest.raises(refusal):
            withdraw_missing(upload, lines, reason=reason, by=specialist)
    ended(withdraw_missing(upload, [first], reason="Moved away", by=specialist))
    with pytest.raises(Conflict):
        withdraw_missing(upload, [first], reason="Once more", by=specialist)


def test_lines_that_go_meanwhile_are_not_withdrawn_half(process_file, specialist, stored):
    upload = process_file(file_of(FIRST.replace("01.0205", OTHER_CODE)), by=specialist)
    late = withdraw_missing(upload, None, reason="Moved away", by=specialist)
    process_file(file_of(FIRST, CORRECTED), by=specialist)
    ended(late)
    assert (late.state, late.findings.get().code) == (State.FAILED, "FILE043")
    assert BETTER in on_file()


def test_lines_of_another_organization_are_counted_and_never_withdrawn(process_file, specialist, director):
    process_file(file_of(SECOND), by=director, organization_id=2001)
    upload = process_file(file_of(FIRST.replace("01.0205", OTHER_CODE)), by=specialist, options=CONFIRMED)
    assert (upload.of_others_count, upload.missing_count, upload.withdrawn_count) == (1, 0, 0)
    assert B in on_file()


def test_an_imported_line_of_another_organization_is_never_withdrawn(process_file, specialist):
    header = ",".join(find("student-enrollment").layout.columns)
    cells = dict.fromkeys(find("student-enrollment").layout.columns, "")
    cells |= {"SAUID": "1000", "SchoolID": "2001", "StateStudentID": OTHER, "EnrollmentType": "C"}
    row = ",".join((cells | {"EntryDate": "2021-01-11"}).values())
    imported = Enrollment.objects.filter(school_id=2001, replaced_at=None)
    before = set(imported.values_list("pk", flat=True))
    assert before
    upload = process_file(f"{header}\n{row}\n", by=specialist, file_type="student-enrollment", options=CONFIRMED)
    assert (upload.withdrawn_count, upload.missing_count) == (0, 0)
    assert upload.of_others_count >= 1
    assert before <= set(imported.values_list("pk", flat=True))


def test_a_complete_file_leaves_out_no_line_of_a_student_with_an_error(process_file, specialist, stored):
    upload = process_file(file_of(FIRST.replace("01.0205", "43")), by=specialist, options=CONFIRMED)
    assert (upload.missing_count, upload.withdrawn_count, on_file()) == (0, 0, [A, B])


def test_a_fix_file_needs_no_choice(process_file, specialist, stored):
    sent = process_file(file_of(FIRST, CORRECTED.replace("01.0205", "43")), by=specialist)
    linked = process_file(fix_file_of(sent).replace(",43,", ",01.0205,"), by=specialist)
    assert (codes_of(linked), changes(linked), linked.missing_count) == ([], (0, 1, 0, 0), 0)


def test_a_choice_that_there_is_not_is_refused(process_file, specialist, stored):
    with pytest.raises(Refusal):
        process_file(file_of(FIRST), by=specialist, options=SendOptions(missing="drop"))


def _line(random: Random) -> str:
    student, code = random.choice([STUDENT, OTHER, "90000001x"]), random.choice(["01.0205", OTHER_CODE, "43"])
    day, earned = random.choice(["2020-09-01", "2020-10-05"]), random.choice(["1.00", "2.00"])
    return f"1000,2001,{student},0012,{code},{day},,{earned},"


@pytest.mark.parametrize("seed", range(2))
def test_random_files_withdraw_nothing_without_a_yes_and_a_check_says_it_all(process_file, specialist, seed):
    random = Random(seed)
    options = [SendOptions(), KEEP, COMPLETE, WITHDRAW, CONFIRMED]
    for _ in range(6):
        text = file_of(*(_line(random) for _ in range(random.randint(1, 5))))
        said = random.choice(options)
        before = _current()
        check = process_file(text, by=specialist, options=said, check_only=True)
        assert _current() == before
        upload = process_file(text, by=specialist, options=said)
        assert (upload.plan_sha256, planned(upload)) == (check.plan_sha256, planned(check))
        gone, come = before - _current(), _current() - before
        assert len(gone) == upload.replaced_count
        assert len(come) == upload.added_count
        assert sum(changes(upload)[:3]) == upload.success_count
        if said.missing != "withdraw":
            assert upload.withdrawn_count == 0
        again = process_file(text, by=specialist, options=said)
        assert (again.added_count, again.withdrawn_count) == (0, 0) or said.missing == "keep"


def _current() -> set[int]:
    return set(CteRecord.objects.filter(replaced_at=None).values_list("pk", flat=True))


def test_a_plan_is_written_with_few_statements(process_file, specialist, stored, django_assert_max_num_queries):
    assert connection.vendor == "postgresql"
    upload = process_file(file_of(FIRST, CORRECTED), by=specialist)
    with django_assert_max_num_queries(5):
        list(every_planned_line(upload))
