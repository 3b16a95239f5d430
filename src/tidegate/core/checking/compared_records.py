"""Sets rows beside the lines on file of their students, for the rules that compare both."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from tidegate.core.checking.line_plan import PlanCandidate
from tidegate.core.checking.line_planner import LinePlanner
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Layout
from tidegate.core.reference.stored_lines import LINE_ID
from tidegate.core.rules.expressions import AT, HAS_CHANGED, MAY_BE_ANOTHERS, MOVES, ROW, before_column
from tidegate.core.rules.rule import FileRule


class RowsOfPartition(NamedTuple):
    """The rows of a partition with stored records below them.

    `ended` has the keys of stored records that end although no row has them, each with the row that changes it (AT) or
    null; it is None where there are none.
    """

    rows: pl.DataFrame
    ended: pl.DataFrame | None = None


def with_compared_records(
    kept: pl.DataFrame,
    records: pl.DataFrame,
    candidate: PlanCandidate,
    *,
    layout: Layout,
    rules: Sequence[FileRule],
    planner: LinePlanner | None,
) -> RowsOfPartition:
    """Return rows as the rules compare them with the lines on file.

    Args:
        kept: The rows of a partition.
        records: All lines on file of their students.
        candidate: The plan of the partition if no further row has an error.
        layout: The layout of the school year.
        rules: The rules across rows.
        planner: Plans what the rows do to the lines on file; None where nobody asked.
    """
    moves = pl.col(LINE_ID).is_in(candidate.corrected[LINE_ID].implode()).alias(MOVES)
    marked = records if candidate.corrected.is_empty() else records.with_columns(moves)
    together = _with_more_on_file(kept, marked, layout=layout, rules=rules, planner=planner)
    if not candidate.may_be_anothers.is_empty():
        together = together.with_columns(pl.col(AT).is_in(candidate.may_be_anothers.implode()).alias(MAY_BE_ANOTHERS))
    stored = layout.stored_records
    if stored is None or candidate.ended.is_empty():
        return RowsOfPartition(together)
    ended = candidate.ended.join(records, on=LINE_ID, how="inner").select(AT, *stored.key)
    return RowsOfPartition(together, ended.cast({name: kept.schema[name] for name in stored.key}))


def _with_more_on_file(
    kept: pl.DataFrame,
    records: pl.DataFrame,
    *,
    layout: Layout,
    rules: Sequence[FileRule],
    planner: LinePlanner | None,
) -> pl.DataFrame:
    """Return the rows with stored records below them: of each group that has changed, and of each group with more
    records than rows while the sender has not chosen what becomes of the others.

    Args:
        kept: The rows of a partition.
        records: All lines on file of their students.
        layout: The layout of the school year.
        rules: The rules across rows.
        planner: Plans what the rows do to the lines on file; None where nobody asked.
    """
    group = list(layout.group)
    if not group:
        return kept
    rows = kept.lazy().filter(pl.col(ROW).is_not_null()).drop_nulls(group)
    has_choice = pl.lit(False) if planner is None else planner.options.is_chosen()
    counted = rows.group_by(group).agg(pl.len().alias("in_file"), has_choice.alias("has_choice")).collect()
    waits = ~pl.col("has_choice")
    if planner is not None:
        records, waits = planner.may_belong(records), waits | planner.is_doubtful
    records = _shaped_as(kept, records, rules).join(counted, on=group, how="inner")
    is_more = ((pl.len().over(group) > pl.col("in_file")) & waits) | pl.col(HAS_CHANGED)
    more = records.filter(is_more).drop("in_file", "has_choice")
    return kept if more.is_empty() else pl.concat([kept, more], how="diagonal")


def _shaped_as(kept: pl.DataFrame, records: pl.DataFrame, rules: Sequence[FileRule]) -> pl.DataFrame:
    """Return records with the derived columns of the rules, in the types of the rows."""
    derived = {name: expression for rule in rules for name, expression in rule.derived_columns().items()}
    has = set(records.columns)
    known = {name: each for name, each in derived.items() if has.issuperset(each.meta.root_names())}
    records = records.with_columns(**known)
    return records.cast({name: kept.schema[name] for name in records.columns if name in kept.columns})


def as_texts(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return rows whose texts, kept as numbers and categories, are texts again, as in the examples of a rule."""
    numbers = {
        named: column.type
        for name, column in layout.columns.items()
        if isinstance(column.type, Digits)
        for named in (f"{name}:value", before_column(f"{name}:value"))
        if named in rows.columns and rows.schema[named].is_integer()
    }
    return rows.with_columns(
        pl.col(pl.Categorical).cast(pl.String), *(of.digits(pl.col(name)) for name, of in numbers.items())
    )
