"""Checks all lines on file under the present rules. No record is changed; what does not fit stands in the list."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from django.db import transaction
from django.db.models import Count, QuerySet
from psycopg import sql

from tidegate.audit.record import record_event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.models import CURRENT
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.copy_rows import read_columns, staged, table_of
from tidegate.uploads.models import Misfit
from tidegate.uploads.queue import drop_waiting, waiting_rechecks
from tidegate.uploads.rechecks.check_lines import are_checked_by_student, errors_of_lines, rules_in_force, years_of
from tidegate.uploads.rechecks.misfits import FOUND, as_listed, close_gone, refresh

# So many students are locked at once while the list is brought up to date: an upload about them waits for that.
_STUDENTS_AT_ONCE = 5_000
_NUMBER = pl.Schema({"number": pl.String})
_DIFFERING = sql.SQL("""
    SELECT DISTINCT line.student_id FROM (
        (SELECT id, code, "column", message FROM {found}
         EXCEPT SELECT line_id, code, "column", message FROM {misfits} WHERE file_type = {file_type})
        UNION ALL
        (SELECT line_id, code, "column", message FROM {misfits} WHERE file_type = {file_type} AND line_id IN ({ids})
         EXCEPT SELECT id, code, "column", message FROM {found})
    ) differing JOIN {table} line USING (id)
""")


class Rechecked(NamedTuple):
    """How many lines on file were checked, and how many of them are on the list."""

    line_count: int
    misfit_count: int


def recheck(school_year: SchoolYear | None = None) -> Rechecked:
    """Check all lines on file, of one school year or of all, and bring the list up to date.

    Nobody is kept from anything meanwhile. Where the list would change, the students are locked and checked once more,
    since an upload may have changed their records in between.
    """
    line_count = 0
    for lines in stored_lines():
        for year in years_of(lines, school_year):
            line_count += QuerySet(lines.model).filter(CURRENT, school_year_id=year.first).count()
            numbers = _differing(lines, year)
            at_once = _STUDENTS_AT_ONCE if are_checked_by_student(lines, year) else max(1, numbers.height)
            for some in numbers.iter_slices(at_once):
                with transaction.atomic():
                    refresh(lines, year, numbers=some)
        with transaction.atomic():
            close_gone(lines)
    found = Rechecked(line_count, misfits_of(school_year).values("file_type", "line_id").distinct().count())
    record_event("records.rechecked", by=None, line_count=found.line_count, misfit_count=found.misfit_count)
    return found


def recheck_for_all_waiting() -> Rechecked:
    """Check all lines on file once for every recheck that waits in the queue by now, which need not run any more."""
    waiting = waiting_rechecks()  # of those that are queued from now on this one may not see what has changed
    found = recheck()
    drop_waiting(waiting)
    return found


def misfits_of(school_year: SchoolYear | None) -> QuerySet[Misfit]:
    """Return the list of one school year, or of all."""
    return Misfit.objects.filter(school_year_id=school_year.first) if school_year else Misfit.objects.all()


class OfRule(NamedTuple):
    """How many lines of a file type and school year do not fit a rule."""

    file_type: str
    school_year: str
    code: str
    line_count: int


def count_by_rule(misfits: QuerySet[Misfit]) -> Iterator[OfRule]:
    """Yield the counts of a list, by file type, school year and rule."""
    by = ("file_type", "school_year__name", "code")
    counted = misfits.order_by(*by).values_list(*by).annotate(lines=Count("line_id", distinct=True))
    return (OfRule(*of_rule) for of_rule in counted)


@transaction.atomic
def _differing(lines: StoredLines, school_year: SchoolYear) -> pl.DataFrame:
    """Return the numbers of the students whose lines are on the list and should not be, or the other way round."""
    rules, differing = rules_in_force(lines, school_year), [_NUMBER.to_frame()]
    for ids, errors in errors_of_lines(lines, school_year):
        with staged(FOUND, as_listed(errors, rules)):
            query = _DIFFERING.format(
                found=sql.Identifier(FOUND),
                misfits=sql.Identifier(table_of(Misfit)),
                file_type=sql.Literal(lines.file_type.slug),
                table=sql.Identifier(table_of(lines.model)),
                ids=ids,
            )
            differing.append(read_columns(query, _NUMBER))
    return pl.concat(differing)
