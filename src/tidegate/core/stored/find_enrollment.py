"""Finds the enrollment that a row rests on, among the student's stored ones."""

import polars as pl

from tidegate.core.layouts.finds import FindEnrollment


def find_enrollment(name: str, find: FindEnrollment, rows: pl.DataFrame, enrollments: pl.DataFrame) -> pl.DataFrame:
    """Return one line per key of the rows that has an enrollment: the key, `sau_id`, `entry_date`, `exit_date`.

    Of several, one that covers the day is taken, else the one that began last.
    """
    student, day = f"{find.student}:value", f"{find.covering}:value"
    on = {student: "student_number"}
    on |= {f"{find.school}.id": "school_id"} if find.school else {}
    on |= {f"{find.sau}.id": "sau_id"} if find.sau else {}
    keys = [*on, day]
    if find.enrollment_type:
        enrollments = enrollments.filter(pl.col("enrollment_type") == find.enrollment_type)
    candidates = enrollments.select(
        *(pl.col(stored).alias(key) for key, stored in on.items()),
        *(pl.col(field).alias(f"{name}.{field}") for field in ("sau_id", "entry_date", "exit_date")),
    )
    found = rows.select(keys).unique().join(candidates, on=list(on), how="inner")
    entry, exit_ = pl.col(f"{name}.entry_date"), pl.col(f"{name}.exit_date")
    covers = (entry <= pl.col(day)) & (exit_.is_null() | (exit_ >= pl.col(day)))
    ranked = found.sort(covers.fill_null(False), entry, exit_, descending=True, nulls_last=False)
    return ranked.unique(keys, keep="first", maintain_order=True)
