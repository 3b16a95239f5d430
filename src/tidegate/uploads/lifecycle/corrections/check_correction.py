"""Checks a correction by hand: as if the line that it corrects were gone, and as the person has asked for it or not at
all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl
from django.db import transaction
from msgspec.structs import replace

from tidegate.core.checking import CheckResult, LinePlan, without_equals
from tidegate.core.checking.line_plan import CHANGED, CODES, NEW, UNCHANGED
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.core.rules.expressions import ROW
from tidegate.records.changes import is_made_by_hand
from tidegate.records.load_lines import end_lines, lock_current
from tidegate.records.stored_lines import lines_of
from tidegate.reference.copy_rows import current_time
from tidegate.uploads.lifecycle.withdrawals.dependent_lines import with_left_by_correction
from tidegate.uploads.models import Upload


def is_by_hand(upload: Upload) -> bool:
    """Whether the upload is a correction by hand."""
    return is_made_by_hand(upload.pk)


def check_as_asked(upload: Upload, check: Callable[[], CheckResult]) -> CheckResult | None:
    """Return what `check` finds with the line that is corrected gone, and the plan to put the row in its place.

    None where what is on file is not what the person has seen any more: the line has changed since, or others of its
    group have. The students of the line stay locked until the transaction ends.
    """
    ids = list(upload.lines_to_withdraw.values_list("line_id", flat=True))
    with as_if_gone(upload, ids) as are_there:
        checked = check() if are_there else None
    asked = checked and as_asked(checked, ids)
    return asked and with_left_by_correction(upload, asked, ids)


@contextmanager
def as_if_gone(upload: Upload, ids: list[int]) -> Iterator[bool]:
    """Let the block see the records without these lines, and give whether all of them are on file. What it writes then
    does not stay."""
    if not ids:
        # There is nothing to take back, and to do so would let go of the students whom the block has locked.
        yield True
        return
    lines = lines_of(upload.type)
    assert lines is not None
    gone = pl.Series(LINE_ID, ids, pl.Int64)
    are_there = lock_current(lines, gone, school_year=upload.year).len() == len(ids)
    with transaction.atomic():
        if are_there:
            end_lines(lines, gone, upload_id=upload.pk or 0, at=current_time())
        yield are_there
        transaction.set_rollback(True)


def as_asked(checked: CheckResult, ids: list[int]) -> CheckResult | None:
    """Return what was checked with the plan to put the new row in the place of the line that is corrected, if any, and
    to leave all others as they are; None where the rows would change another line, or a line that is added is on file
    already."""
    plan = checked.plan
    if plan is None or checked.is_refused:
        return checked
    new, unchanged = plan.count_of(NEW), plan.count_of(UNCHANGED)
    if plan.count_of(CHANGED) or new > 1 or not (new or checked.error_count) or plan.withdrawn.len():
        return None
    if new and unchanged + new + checked.error_count != checked.row_count:
        return None
    if new and not ids and _is_on_file(checked):
        return None
    left = plan.missing.clear()  # a correction says nothing of other lines
    if not new:
        return replace(checked, plan=replace(plan, missing=left, of_others_count=0))
    return replace(checked, plan=_in_place_of(replace(plan, missing=left, of_others_count=0), ids))


def _is_on_file(checked: CheckResult) -> bool:
    """Whether a line that is added says the same as one of its group: the button was pressed twice. Whoever has two
    alike sends them in a file."""
    on_file = checked.layout.on_file
    assert on_file
    rows = pl.concat(rows.select(ROW, *on_file.columns) for rows in checked.rows_in_slices()).sort(ROW)
    return without_equals(rows.head(1), rows.tail(-1), on=list(on_file.columns)).is_empty()


def _in_place_of(plan: LinePlan, ids: list[int]) -> LinePlan:
    """Return the plan with its new row in the place of the corrected line."""
    if not ids:
        return plan
    at = plan.kinds.to_list().index(CODES[NEW])
    kinds = plan.kinds.to_list()
    kinds[at] = CODES[CHANGED]
    replaced = pl.DataFrame({"at": [at], LINE_ID: ids}, schema=plan.replaced.schema)
    return replace(plan, kinds=pl.Series(kinds, dtype=plan.kinds.dtype), replaced=replaced)
