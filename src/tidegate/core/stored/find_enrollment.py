"""Finds the enrollment that a row rests on, among the student's stored ones."""

import polars as pl

from tidegate.core.layouts.finds import FindEnrollment
from tidegate.core.stored.attach import attach

STUDENT = "student.place"
"""The column in which rows and enrollments name the student by a number of ours, which is faster to compare."""

_FIELDS = ("sau_id", "entry_date", "exit_date")


def join_enrollment(name: str, find: FindEnrollment, rows: pl.DataFrame, enrollments: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with `sau_id`, `entry_date` and `exit_date` of the enrollment that each rests on, null where there
    is none. Of several, one that covers the day is taken, else the one that began last.

    `rows` and `enrollments` have the column STUDENT. Nearly everybody has one enrollment of a kind at a school, so only
    the others' are ranked, row by row.
    """
    on = {STUDENT: STUDENT}
    on |= {f"{find.school}.id": "school_id"} if find.school else {}
    on |= {f"{find.sau}.id": "sau_id"} if find.sau else {}
    if find.enrollment_type:
        enrollments = enrollments.filter(pl.col("enrollment_type") == find.enrollment_type)
    fields = [f"{name}.{field}" for field in _FIELDS]
    candidates = enrollments.select(
        *(pl.col(stored).alias(key) for key, stored in on.items()),
        *(pl.col(field).alias(named) for field, named in zip(_FIELDS, fields, strict=True)),
    )
    only = candidates.unique(list(on), keep="none")
    rows = attach(rows, only, on=list(on))
    if only.height == candidates.height:
        return rows
    several = candidates.join(only, on=list(on), how="anti")
    best = _best(name, rows.select("row", *on, f"{find.covering}:value").join(several, on=list(on), how="inner"), find)
    rows = attach(rows, best.select("row", *(pl.col(field).alias(f"best {field}") for field in fields)), on=["row"])
    chosen = [pl.coalesce(field, f"best {field}").alias(field) for field in fields]
    return rows.with_columns(chosen).drop(f"best {field}" for field in fields)


def _best(name: str, found: pl.DataFrame, find: FindEnrollment) -> pl.DataFrame:
    """Return the best of each row's candidates."""
    day, entry, exit_ = pl.col(f"{find.covering}:value"), pl.col(f"{name}.entry_date"), pl.col(f"{name}.exit_date")
    covers = (entry <= day) & (exit_.is_null() | (exit_ >= day))
    ranked = found.sort(covers.fill_null(False), entry, exit_, descending=True, nulls_last=False)
    return ranked.unique("row", keep="first", maintain_order=True)
