"""Which rows another version of the rules would stop or let pass."""

import polars as pl

from tidegate.uploads.lifecycle.exports.rehearse import PASSES, STOPPED, VERDICT, compare_verdicts


def verdict(*rows: tuple[int | None, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=VERDICT, orient="row")


def changed(now: pl.DataFrame, then: pl.DataFrame) -> list[tuple]:
    return compare_verdicts(now, then).rows()


def test_same_verdicts_change_nothing():
    same = verdict((2, "CELL101"), (2, "CTE403"), (9, "CTE403"))
    assert changed(same, same) == []


def test_a_new_rule_stops_only_rows_without_an_error_now():
    now, then = verdict((2, "CELL101")), verdict((2, "CELL101"), (2, "NEW201"), (3, "NEW201"))
    assert changed(now, then) == [(3, "NEW201", STOPPED)]


def test_a_row_passes_once_no_rule_stops_it():
    now, then = verdict((2, "CTE201"), (3, "CTE201"), (3, "CTE403")), verdict((3, "CTE403"))
    assert changed(now, then) == [(2, "CTE201", PASSES)]


def test_every_rule_that_stopped_a_passing_row_is_named():
    assert changed(verdict((2, "CTE201"), (2, "CTE403")), verdict()) == [(2, "CTE201", PASSES), (2, "CTE403", PASSES)]


def test_a_row_that_two_slices_name_is_named_once():
    assert changed(verdict(), verdict((2, "CTE201"), (2, "CTE201"))) == [(2, "CTE201", STOPPED)]


def test_rows_of_a_refused_file_are_not_compared():
    now, then = verdict((2, "CTE201"), (3, "CTE201")), verdict((None, "FILE010"))
    assert changed(now, then) == [(None, "FILE010", STOPPED)]
    assert changed(then, now) == [(None, "FILE010", PASSES)]
