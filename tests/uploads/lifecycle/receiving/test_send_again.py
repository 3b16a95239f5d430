"""The file of an upload is sent again with a choice: for which rows there is one, and when it comes too late."""

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
from tidegate.core.errors import Conflict, Refusal
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing
from tidegate.uploads.models import Upload
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


def test_a_check_keeps_the_same_choice_for_other_rows(both, specialist):
    one = ended(choose_missing(both(check_only=True), "keep", rows=[2], by=specialist))
    assert codes_of(one) == [(3, "CTE601")]
    assert codes_of(ended(choose_missing(one, "keep", rows=[3], by=specialist))) == []


def test_all_rows_of_one_rule_are_named_where_others_wait_too(both, process_file, specialist):
    upload = both()
    assert (rows_of_code(upload, "CTE604"), rows_of_code(upload, "CTE601")) == ([2], [3])
    alone = process_file(file_of(OF_OTHER[2]), by=specialist)
    assert rows_of_code(alone, "CTE601") is None


@pytest.mark.parametrize("missing", ["keep", "withdraw"])
def test_a_choice_takes_back_nothing_that_a_newer_file_has_loaded(process_file, specialist, missing):
    process_file(file_of(FIRST, SECOND, *OF_OTHER[:2]), by=specialist)
    older = [FIRST, SECOND, OF_OTHER[2]]
    late = process_file(file_of(*older), by=specialist)
    check = process_file(file_of(*older), by=specialist, check_only=True)
    process_file(file_of(FIRST, CORRECTED, *OF_OTHER[:2]), by=specialist)
    before = on_file()
    with pytest.raises(Conflict, match="A newer file was loaded since"):
        choose_missing(late, missing, by=specialist)
    ended(choose_missing(check, missing, by=specialist))
    assert on_file() == before


def test_a_choice_for_the_newest_file_can_be_made_again(process_file, specialist):
    process_file(file_of(*OF_OTHER[:2]), by=specialist)
    late = process_file(file_of(OF_OTHER[2]), by=specialist)
    ended(choose_missing(late, "keep", by=specialist))
    assert codes_of(ended(choose_missing(late, "keep", by=specialist))) == []
