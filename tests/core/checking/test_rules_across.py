"""Rules across rows leave out rows that lack what rows are put together by."""

import polars as pl
import pytest

from tidegate.core.rules.examples import example_rows
from tidegate.core.rules.rule import FileRule
from tidegate.file_types import find_all

RULES = [(kind, rule) for kind in find_all().values() for rule in kind.rules if isinstance(rule, FileRule)]


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[rule.code for _, rule in RULES])
def test_a_row_that_lacks_what_rows_are_put_together_by_breaks_no_rule_across(kind, rule):
    assert rule.partition_by
    for example in rule.bad:
        rows = example_rows(kind.layout, example)
        rows = rows.with_columns(**rule.derived_columns())
        rows = rows.with_columns(pl.lit(None, dtype=rows.schema[name]).alias(name) for name in rule.partition_by)
        concerned = rule.prefilter(rows)
        assert concerned.is_empty() or not concerned.select(rule.broken().fill_null(False)).to_series().any()
