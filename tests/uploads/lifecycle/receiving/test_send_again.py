"""The file of an upload is sent again with a choice: for which rows there is one, and when it is only checked."""

import pytest

from tests.uploads.conftest import CTE_CENTER
from tests.uploads.lifecycle.loading.test_lines_stay_on_file import (
    CORRECTED,
    FIRST,
    OTHER,
    SECOND,
    STUDENT,
    codes_of,
    file_of,
    on_file,
)
from tests.uploads.lifecycle.loading.test_planned_changes import COMPLETE, OTHER_CODE, ended
from tests.uploads.outputs import fix_file_chunks
from tidegate.core.errors import Conflict, Refusal
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.receiving.send_again import (
    choose_missing,
    load_checked,
    send_file_again,
    withdraw_missing,
)
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.newer_file import is_superseded
from tidegate.uploads.queries.rows_to_choose import rows_of_code

OF_OTHER = [line.replace(STUDENT, OTHER) for line in (FIRST, SECOND, CORRECTED)]


@pytest.fixture
def both(process_file, specialist, director):
    """Return what sends a file with a row beside another organization's line, and one with fewer lines than on file."""
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    process_file(file_of(FIRST), by=director, organization_id=CTE_CENTER)

    def send(**more) -> Upload:
        content = file_of(FIRST.replace("01.0205", OTHER_CODE), OF_OTHER[2])
        upload = process_file(content, by=specialist, options=COMPLETE, **more)
        assert codes_of(upload) == [(2, "CTE604"), (3, "CTE601")]
        return upload

    return send


def codes_on_file() -> list[str]:
    found = CteRecord.objects.filter(student_id=STUDENT, replaced_at=None)
    return sorted(found.values_list("cte_code", flat=True))


def test_a_row_beside_anothers_line_is_added_by_choice(both, specialist):
    kept = ended(choose_missing(both(), "keep", rows=[2], by=specialist))
    assert (codes_of(kept), codes_on_file()) == ([(3, "CTE601")], ["01.0205", OTHER_CODE])
    assert codes_of(ended(choose_missing(kept, "withdraw", rows=[3], by=specialist))) == []


def test_anothers_line_is_not_withdrawn_by_choice(both, specialist):
    upload = both()
    with pytest.raises(Refusal, match="Nothing can be withdrawn for row 2"):
        choose_missing(upload, "withdraw", rows=[2, 3], by=specialist)
    assert Upload.objects.filter(follows=upload).count() == 0


def test_no_line_is_withdrawn_where_all_are_of_another(both, process_file, specialist):
    both()
    alone = process_file(file_of(FIRST.replace("01.0205", OTHER_CODE)), by=specialist, options=COMPLETE)
    assert codes_of(alone) == [(2, "CTE604")]
    with pytest.raises(Refusal, match="Nothing can be withdrawn: the lines on file are another organization's"):
        choose_missing(alone, "withdraw", by=specialist)
    assert codes_of(ended(choose_missing(alone, "keep", by=specialist))) == []


def test_a_rule_by_which_no_row_waits_is_no_choice(both):
    for code in ("1", "CTE403"):
        with pytest.raises(Refusal, match="It is not said which rows the choice is for"):
            rows_of_code(both(), code)


def test_a_check_keeps_the_same_choice_for_other_rows(both, specialist):
    one = ended(choose_missing(both(check_only=True), "keep", rows=[2], by=specialist))
    assert codes_of(one) == [(3, "CTE601")]
    assert codes_of(ended(choose_missing(one, "keep", rows=[3], by=specialist))) == []


def test_all_rows_of_one_rule_are_named_where_others_wait_too(both, process_file, specialist):
    upload = both()
    assert (rows_of_code(upload, "CTE604"), rows_of_code(upload, "CTE601")) == ([2], [3])
    alone = process_file(file_of(OF_OTHER[2]), by=specialist)
    assert rows_of_code(alone, "CTE601") is None


NEWER = [FIRST, CORRECTED, *OF_OTHER[:2]]


@pytest.fixture
def late(process_file, specialist):
    """Return an upload with a row that waits, and a value that a newer file is about to correct."""
    process_file(file_of(FIRST, SECOND, *OF_OTHER[:2]), by=specialist)
    return process_file(file_of(FIRST, SECOND, OF_OTHER[2]), by=specialist)


def corrected_file(process_file, late, by):
    process_file(file_of(*NEWER), by=by, options=SendOptions(follows_id=late.pk))


def loaded_after_a_check(process_file, late, by):
    ended(load_checked(process_file(file_of(*NEWER), by=by, check_only=True), by=by))


def new_file(process_file, late, by):
    process_file(file_of(*NEWER), by=by)


@pytest.mark.parametrize("missing", ["keep", "withdraw"])
@pytest.mark.parametrize("send_newer", [new_file, corrected_file, loaded_after_a_check])
def test_a_choice_after_a_newer_file_is_seen_before_it_loads(process_file, specialist, late, send_newer, missing):
    send_newer(process_file, late, specialist)
    before = on_file()
    chosen = ended(choose_missing(late, missing, by=specialist))
    assert (chosen.check_only, on_file()) == (True, before)
    assert chosen.changes["changed"]
    loaded = ended(load_checked(chosen, by=specialist))
    assert (loaded.check_only, loaded.changes) == (False, chosen.changes)
    assert on_file() != before


def test_values_matched_after_a_newer_file_are_only_checked(process_file, specialist, late):
    corrected_file(process_file, late, specialist)
    before = on_file()
    matched = ended(send_file_again(late, mapping={"values": {"CTECode": {"AGRI": "01.0205"}}}, by=specialist))
    assert (matched.check_only, on_file()) == (True, before)


def test_a_file_that_loaded_nothing_supersedes_none(process_file, specialist, late):
    nothing = process_file(file_of(FIRST.replace(STUDENT, "999999999")), by=specialist)
    assert (nothing.state, nothing.success_count) == ("finished", 0)
    assert not ended(choose_missing(late, "keep", by=specialist)).check_only


def test_a_fix_file_of_some_rows_supersedes_none(process_file, specialist):
    bad = FIRST.replace("01.0205", "43")
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    late = process_file(file_of(OF_OTHER[2], bad), by=specialist)
    header, *rows = b"".join(fix_file_chunks(late)).decode("utf-8-sig").splitlines()
    fixed = process_file(f"{header}\n{rows[-1].replace(',43,', ',01.0205,')}\n", by=specialist)
    assert (fixed.is_fix_file, fixed.success_count) == (True, 1)
    assert not is_superseded(late)


def test_a_choice_for_a_check_stays_a_check(process_file, specialist):
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    check = process_file(file_of(OF_OTHER[2]), by=specialist, check_only=True)
    before = on_file()
    assert ended(choose_missing(check, "withdraw", by=specialist)).check_only
    assert on_file() == before


def test_a_choice_for_the_newest_file_can_be_made_again(process_file, specialist):
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    late = process_file(file_of(OF_OTHER[2]), by=specialist)
    ended(choose_missing(late, "keep", by=specialist))
    assert codes_of(ended(choose_missing(late, "keep", by=specialist))) == []


OLD, MORE = file_of(FIRST.replace("01.0205", OTHER_CODE)), file_of(FIRST, *OF_OTHER[:2])


@pytest.fixture
def leaves_out(process_file, specialist):
    """Return an upload that leaves out a line on file."""
    process_file(file_of(FIRST), by=specialist)
    return process_file(OLD, by=specialist)


@pytest.mark.parametrize("its_state", ["waiting", "processing", "on_hold"])
def test_nothing_is_withdrawn_while_a_newer_file_may_have_it(send, specialist, leaves_out, its_state):
    newer = send(MORE, by=specialist)
    Upload.objects.filter(pk=newer.pk).update(state=its_state)
    with pytest.raises(Conflict, match=f"A newer file was sent since, upload {newer.pk}, and may have these lines"):
        withdraw_missing(leaves_out, None, reason="Moved away", by=specialist)


def test_lines_are_withdrawn_on_a_check_after_a_newer_file(process_file, specialist, leaves_out):
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    with pytest.raises(Conflict, match="A newer file was sent since"):
        withdraw_missing(leaves_out, None, reason="Moved away", by=specialist)
    check = process_file(OLD, by=specialist, check_only=True)
    assert ended(withdraw_missing(check, None, reason="Moved away", by=specialist)).withdrawn_count == 1
