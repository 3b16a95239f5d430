"""Rows that were not loaded are corrected on the page: checked at once, and loaded as an upload of their own."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.uploads.lifecycle.corrections.test_fix_file import fix_file_of
from tests.uploads.outputs import receipt_of, write_result_log
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, NotFound, Refusal
from tidegate.file_types import find
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.correct_rows import (
    CorrectedRows,
    check_rows,
    corrected_cells,
    rows_as_sent,
    send_rows,
)
from tidegate.uploads.lifecycle.corrections.remaining_rows import RowsToGo, first_upload
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing
from tidegate.uploads.lifecycle.retention import apply_retention
from tidegate.uploads.models import LastFile, State
from tidegate.uploads.storage.store import remove

HEADER = ",".join(find("cte").layout.columns)
LINE = "1000,2001,900000001,0012,01.0205,2020-09-01,,1.50,"
BAD = LINE.replace("01.0205", "43")
CODE = 4


def file_of(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def cells_of(line: str) -> list[str]:
    return line.split(",")


def with_credits(line: str, earned: str) -> str:
    return line.replace("1.50", earned)


def current_credits() -> list[tuple[str, float]]:
    current = CteRecord.objects.filter(replaced_at__isnull=True)
    return sorted((code, float(earned)) for code, earned in current.values_list("cte_code", "credits_earned"))


def corrected_by(upload):
    upload.refresh_from_db()
    return upload.corrected_by_id if upload.is_corrected_later else None


def owed_by(upload) -> int:
    return LastFile.objects.get(organization=upload.organization, file_type="cte").error_count


def check(first, rows, **more):
    to_go = RowsToGo.of(first)
    corrected = CorrectedRows({row: cells_of(line) for row, line in rows.items()}, **more)
    return check_rows(to_go, corrected, rows_as_sent(to_go, sorted(rows)))


@pytest.fixture
def correct(specialist):
    """Send corrected rows and process them, as a worker does."""

    def send_and_process(first, rows, *, by=specialist, **more):
        corrected = CorrectedRows({row: cells_of(line) for row, line in rows.items()}, **more)
        sent = send_rows(first, corrected, by=by)
        process(upload_id=sent.pk)
        sent.refresh_from_db()
        return sent

    return send_and_process


def test_corrected_rows_join_what_the_first_upload_has_loaded(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    assert list(RowsToGo.of(first).rows()) == [3, 4]
    sent = correct(first, {3: with_credits(LINE, "2.00"), 4: with_credits(BAD, "3.00")})
    assert (sent.follows_id, sent.row_count, sent.success_count, sent.error_count) == (first.pk, 2, 1, 1)
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]
    to_go = RowsToGo.of(first)
    assert (to_go.in_count, to_go.row_count, to_go.to_go_count, list(to_go.rows())) == (2, 3, 1, [4])
    correct(first_upload(sent), {4: with_credits(LINE, "3.00")})
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0), ("01.0205", 3.0)]
    to_go = RowsToGo.of(first)
    assert (to_go.in_count, to_go.to_go_count) == (3, 0)


def test_a_carriage_return_within_a_cell_moves_no_row(process_file, specialist, correct):
    quoted = with_credits(BAD, "2.00").replace("0012", '"00\r12"')
    first = process_file(file_of(LINE, quoted, "", with_credits(BAD, "3.00")), by=specialist)
    assert list(RowsToGo.of(first).rows()) == [3, 5]
    sent = correct(first, {3: with_credits(LINE, "2.00").replace("0012", "00\r12"), 5: with_credits(BAD, "3.00")})
    assert (sent.row_count, sent.success_count, list(RowsToGo.of(first).rows())) == (2, 1, [5])
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]


def test_every_log_has_the_row_numbers_of_the_first_file(process_file, specialist, correct, tmp_path):
    first = process_file("\n\nA title\n" + file_of(LINE, "", with_credits(BAD, "2.00")), by=specialist)
    assert list(RowsToGo.of(first).rows()) == [7]
    sent = correct(first, {7: with_credits(BAD, "2.50")})
    with (tmp_path / "log").open("w+") as log:
        write_result_log(sent, log)
        log.seek(0)
        assert log.read().splitlines()[1].startswith("7,1000,2001,900000001,")


def test_a_check_says_what_a_load_does_and_stores_nothing(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00")), by=specialist)
    rows = {3: with_credits(LINE, "2.00")}
    checked = check(first, rows)
    assert checked is not None
    assert (checked.row_count, checked.error_count) == (1, 0)
    assert checked.plan is not None
    assert checked.plan.counts == {"new": 1, "changed": 0, "unchanged": 0, "withdrawn": 0}
    assert current_credits() == [("01.0205", 1.5)]
    sent = correct(first, rows, plan_sha256=checked.plan.sha256)
    assert sent.plan_sha256 == checked.plan.sha256
    assert sent.changes == checked.plan.counts


def test_nothing_is_loaded_if_what_is_on_file_has_moved_since_the_check(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00")), by=specialist)
    rows = {3: with_credits(LINE, "2.00")}
    checked = check(first, rows)
    process_file(file_of(LINE, with_credits(LINE, "2.00")), by=specialist)
    sent = correct(first, rows, plan_sha256=checked.plan.sha256)
    assert sent.plan_has_moved
    assert sent.check_only
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]
    assert RowsToGo.of(first).to_go_count == 1


def test_a_row_that_is_left_out_is_neither_sent_nor_to_go(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    rows = {3: with_credits(LINE, "2.00"), 4: with_credits(BAD, "3.00")}
    sent = correct(first, rows, left_out=frozenset({4}))
    to_go = RowsToGo.of(first)
    assert (sent.row_count, to_go.in_count, to_go.left_out_count, to_go.to_go_count) == (1, 2, 1, 0)


def test_a_row_without_any_value_is_not_sent_and_stays_to_go(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    sent = correct(first, {3: with_credits(LINE, "2.00"), 4: ",,,,,,,,"})
    assert (sent.row_count, list(RowsToGo.of(first).rows())) == (1, [4])


def test_a_row_that_cannot_be_read_is_shown_as_it_is_written_and_entered_again(process_file, specialist, correct):
    broken = '1000,2001,"900000001,0012,01.0205,2020-09-01,,2.00,'
    first = process_file(file_of(LINE, broken), by=specialist)
    to_go = RowsToGo.of(first)
    assert rows_as_sent(to_go, [3]).rows[3].text == broken
    assert correct(first, {3: with_credits(LINE, "2.00")}).error_count == 0
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]


def test_each_corrected_cell_is_in_the_history_and_no_value_in_the_audit_log(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    one = correct(first, {3: with_credits(LINE, "2.00"), 4: with_credits(BAD, "3.00").replace("43", "44")})
    two = correct(first, {4: with_credits(LINE, "3.25")})
    said = [
        [(cell.row, cell.column, cell.before, cell.after) for cell in corrected_cells(each.row_correction)]
        for each in (one, two)
    ]
    assert said == [
        [(3, "CTECode", "43", "01.0205"), (4, "CTECode", "43", "44")],
        [(4, "CTECode", "44", "01.0205"), (4, "CreditsEarned", "3.00", "3.25")],
    ]
    event = Event.objects.get(act="upload.rows_corrected", subject_id=str(one.pk))
    assert event.person_email == specialist.email
    assert event.details == {"of_upload": first.pk, "row_count": 2, "left_out_count": 0, "cell_count": 2}


def test_somebody_who_is_slower_is_told_that_the_row_is_in(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), BAD), by=specialist)
    correct(first, {3: with_credits(LINE, "2.00")})
    with pytest.raises(Conflict, match="Row 3 is not to be corrected any more"):
        correct(first, {3: with_credits(LINE, "2.25")})


def test_rows_are_not_corrected_while_the_last_correction_has_not_ended(process_file, specialist):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), BAD), by=specialist)
    send_rows(first, CorrectedRows({3: cells_of(LINE)}), by=specialist)
    with pytest.raises(Conflict, match="has not ended yet"):
        send_rows(first, CorrectedRows({4: cells_of(LINE)}), by=specialist)


def test_an_undone_correction_gives_its_rows_back_with_what_was_typed(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00")), by=specialist)
    sent = correct(first, {3: with_credits(LINE, "2.25")})
    undo(sent, by=specialist)
    to_go = RowsToGo.of(first)
    assert list(to_go.rows()) == [3]
    assert rows_as_sent(to_go, [3]).rows[3].cells[CODE] == "01.0205"
    correct(first, {3: with_credits(LINE, "2.50")})
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.5)]


def test_a_correction_that_waits_for_a_choice_is_chosen_for_and_counted_once(process_file, specialist, correct):
    process_file(file_of(with_credits(LINE, "7.00"), with_credits(LINE, "8.00")), by=specialist)
    other = LINE.replace("01.0205", "47.0604")
    first = process_file(file_of(other, BAD), by=specialist)
    sent = correct(first, {3: LINE})
    assert sent.error_count == 1
    chosen = choose_missing(sent, "keep", by=specialist)
    process(upload_id=chosen.pk)
    to_go = RowsToGo.of(first)
    assert (to_go.in_count, to_go.to_go_count) == (2, 0)
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 7.0), ("01.0205", 8.0), ("47.0604", 1.5)]


def test_the_file_that_retention_has_deleted_is_said_in_a_sentence(process_file, specialist, settings):
    first = process_file(file_of(LINE, BAD), by=specialist)
    settings.TIDEGATE_KEEP_FILES_DAYS = 1
    type(first).objects.filter(pk=first.pk).update(sent_at=timezone.now() - timedelta(days=3))
    apply_retention()
    first.refresh_from_db()
    with pytest.raises(Conflict, match="We no longer keep the file of upload"):
        send_rows(first, CorrectedRows({3: cells_of(LINE)}), by=specialist)


def test_nobody_corrects_rows_of_others(process_file, specialist, other_specialist, viewer):
    first = process_file(file_of(LINE, BAD), by=specialist)
    for person, refusal in ((other_specialist, NotFound), (viewer, NotAllowed)):
        with pytest.raises(refusal):
            send_rows(first, CorrectedRows({3: cells_of(LINE)}), by=person)


def test_what_cannot_be_sent_is_declined_in_a_sentence(process_file, specialist):
    first = process_file(file_of(LINE, BAD), by=specialist)
    for rows, sentence in (
        ({}, "no row to send"),
        ({3: cells_of(BAD.replace("43", "x" * 40_000))}, "more than 32,767 characters"),
    ):
        with pytest.raises(Refusal, match=sentence):
            send_rows(first, CorrectedRows(rows), by=specialist)
    checked = process_file(file_of(LINE, BAD), by=specialist, check_only=True)
    with pytest.raises(Conflict, match="once the file has been loaded"):
        send_rows(checked, CorrectedRows({3: cells_of(LINE)}), by=specialist)
    assert first.state == State.FINISHED


def test_a_row_that_is_left_out_is_not_owed_and_the_first_file_is_calm(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    sent = correct(first, {3: with_credits(LINE, "2.00"), 4: BAD}, left_out=frozenset({4}))
    assert (corrected_by(first), owed_by(first)) == (sent.pk, 0)


def test_rows_corrected_in_two_goes_leave_the_first_file_calm(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    both = correct(first, {3: with_credits(LINE, "2.00"), 4: with_credits(BAD, "3.00")})
    assert (corrected_by(first), owed_by(first)) == (None, 1)
    last = correct(first, {4: with_credits(LINE, "3.00")})
    assert (corrected_by(first), corrected_by(both), owed_by(first)) == (last.pk, last.pk, 0)


def test_rows_that_are_all_left_out_are_taken_without_a_file(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    rows = {3: BAD, 4: ",,,,,,,,"}
    sent = correct(first, rows, left_out=frozenset({3}))
    assert (sent.state, sent.sha256, sent.row_count, corrected_cells(sent.row_correction)) == (
        State.FINISHED,
        "",
        0,
        [],
    )
    assert (list(RowsToGo.of(first).rows()), corrected_by(first), owed_by(first)) == ([4], None, 1)
    last = correct(first, {4: BAD}, left_out=frozenset({4}))
    assert (RowsToGo.of(first).left_out_count, corrected_by(first), owed_by(first)) == (2, last.pk, 0)
    assert b'"row_count": 0' in receipt_of(last)
    with pytest.raises(Conflict, match="its rows were left out for good"):
        undo(last, by=specialist)


def test_a_row_corrected_after_others_were_left_out_replaces_nothing(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    correct(first, {}, left_out=frozenset({4}))
    rows = {3: with_credits(LINE, "2.00")}
    assert check(first, rows).plan.counts == {"new": 1, "changed": 0, "unchanged": 0, "withdrawn": 0}
    correct(first, rows)
    assert current_credits() == [("01.0205", 1.5), ("01.0205", 2.0)]


def test_a_fix_file_after_rows_were_left_out_replaces_nothing(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), with_credits(BAD, "3.00")), by=specialist)
    correct(first, {}, left_out=frozenset({4}))
    sent = process_file(fix_file_of(first).replace(",43,", ",01.0205,"), by=specialist)
    assert (sent.follows_id, sent.error_count) == (first.pk, 0)
    assert ("01.0205", 1.5) in current_credits()


def test_an_undone_correction_has_the_first_file_ask_for_its_rows_again(process_file, specialist, correct):
    other = with_credits(BAD, "3.00").replace("900000001", "900000002")
    first = process_file(file_of(LINE, with_credits(BAD, "2.00"), other), by=specialist)
    one = correct(first, {3: with_credits(LINE, "2.00")})
    two = correct(first, {4: other}, left_out=frozenset({4}))
    assert corrected_by(first) == two.pk
    undo(one, by=specialist)
    assert (list(RowsToGo.of(first).rows()), corrected_by(first), owed_by(first)) == ([3], None, 1)


CODES = ("01.0205", "13.1210", "47.0604")


def with_code(code: str, earned: str = "2.00") -> str:
    return with_credits(LINE, earned).replace("01.0205", code)


def fixed(rows: list[str]) -> str:
    return "".join(rows).replace(",x,", ",2.00,")


@pytest.mark.parametrize("is_page_first", [True, False])
def test_a_fix_file_and_the_page_together_leave_the_first_file_calm(is_page_first, process_file, specialist, correct):
    first = process_file(file_of(*(with_code(code, "x") for code in CODES)), by=specialist)
    header, *rows = fix_file_of(first).splitlines(keepends=True)
    if is_page_first:
        correct(first, {2: with_code(CODES[0])})
    sent = process_file(fixed([header, *rows[1:]]), by=specialist)
    assert (sent.follows_id, corrected_by(first)) == (first.pk, sent.pk if is_page_first else None)
    last = sent if is_page_first else correct(first, {2: with_code(CODES[0])})
    assert (corrected_by(first), owed_by(first)) == (last.pk, 0)


def test_rows_that_a_fix_file_has_loaded_stand_for_no_others(process_file, specialist, correct):
    first = process_file(file_of(*(with_code(code, "x") for code in CODES)), by=specialist)
    header, *rows = fix_file_of(first).splitlines(keepends=True)
    process_file(fixed([header, *rows[1:]]), by=specialist)
    assert correct(first, {3: with_code(CODES[1])}).error_count == 0
    assert corrected_by(first) is None


def test_fix_files_in_two_goes_leave_the_first_file_calm(process_file, specialist):
    first = process_file(file_of(*(with_code(code, "x") for code in CODES)), by=specialist)
    header, *rows = fix_file_of(first).splitlines(keepends=True)
    one = process_file(fixed([header, rows[0]]) + rows[1], by=specialist)
    header, again = fix_file_of(one).splitlines(keepends=True)
    two = process_file(fixed([header, again]), by=specialist)
    assert ([one.follows_id, two.follows_id], corrected_by(first)) == ([first.pk, one.pk], None)
    header, *rows = fix_file_of(first).splitlines(keepends=True)
    last = process_file(fixed([header, rows[2]]), by=specialist)
    assert (last.follows_id, corrected_by(first), owed_by(first)) == (first.pk, last.pk, 0)


def test_rows_left_out_of_an_old_file_put_no_newer_one_right(process_file, specialist, correct):
    first = process_file(file_of(*(with_code(code, "x") for code in CODES)), by=specialist)
    content = file_of(*(with_code(code, "y") for code in CODES))
    newer = process_file(content, by=specialist, options=SendOptions(follows_id=first.pk))
    assert (newer.error_count, newer.is_fix_file) == (3, False)
    last = correct(first, {}, left_out=frozenset({2, 3, 4}))
    assert (corrected_by(first), corrected_by(newer)) == (last.pk, None)


@pytest.fixture
def corrected_again(process_file, specialist, correct):
    """Return an upload whose rows a fix file and the page have loaded, that fix file, and one with other rows."""
    first = process_file(file_of(*(with_code(code, "x") for code in CODES)), by=specialist)
    header, *rows = fix_file_of(first).splitlines(keepends=True)
    fix_file = process_file(fixed([header, *rows[1:]]), by=specialist)
    more = file_of(LINE.replace("900000001", "900000002"))
    other = process_file(more, by=specialist, options=SendOptions(follows_id=first.pk))
    last = correct(first, {2: with_code(CODES[0])})
    assert corrected_by(first) == last.pk
    return first, fix_file, other


def test_an_undo_leaves_a_mark_where_a_fix_file_is_gone(corrected_again, specialist):
    first, fix_file, other = corrected_again
    remove(fix_file.stored_as)
    undo(other, by=specialist)
    assert corrected_by(first) is not None


def test_an_undo_needs_no_store(corrected_again, specialist, settings, tmp_path):
    first, _, other = corrected_again
    settings.TIDEGATE_UPLOADS_DIR = str(tmp_path / "not-mounted")
    undo(other, by=specialist)
    assert corrected_by(first) is not None


def test_what_is_followed_is_locked_before_an_upload_ends(process_file, specialist, correct):
    first = process_file(file_of(LINE, with_code(CODES[1], "x")), by=specialist)
    with CaptureQueriesContext(connection) as asked:
        sent = correct(first, {3: with_code(CODES[1])})
    with CaptureQueriesContext(connection) as asked_to_undo:
        undo(sent, by=specialist)
    for queries, state in ((asked, "finished"), (asked_to_undo, "undone")):
        said = [each["sql"] for each in queries]
        ends = next(place for place, sql in enumerate(said) if sql.startswith("UPDATE") and f"'{state}'" in sql)
        last = [sql for sql in said[:ends] if "FOR NO KEY UPDATE" in sql and '"uploads_upload"' in sql][-1]
        assert f"IN ({first.pk})" in last
