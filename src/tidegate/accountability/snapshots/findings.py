"""The findings of a snapshot that are open: lines that do not fit the rules, as it froze them."""

from dataclasses import dataclass
from typing import NamedTuple

from psycopg import sql

from tidegate.accountability.frozen_lines.cells import Reach, cell, frozen
from tidegate.accountability.frozen_lines.materialize import numbers_of
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR, lines_frozen_by
from tidegate.accountability.models import FrozenFinding, FrozenLine, FrozenWarning, Snapshot
from tidegate.accountability.periods.period import Period, find_period, find_periods
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.stored_lines import StoredLines
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.reference.organization_keys import identifier_of
from tidegate.uploads.models import Misfit

# What was found when the snapshot was taken, and what was found later of lines that it froze. A finding that was put
# right since is of a line that the snapshot has, so it stays open: another snapshot has to be taken.
# A warning of a rule that blocks signing is a finding, too: nobody can explain it away.
_FOUND = sql.SQL("""
    SELECT file_type, version_id, code FROM {findings} WHERE snapshot_id = {snapshot} AND {within} UNION {since}
    UNION SELECT file_type, version_id, code FROM {warnings}
    WHERE snapshot_id = {snapshot} AND code = ANY({blocking}) AND {within}
""")
_WITHIN = sql.SQL("({reach}::text[] IS NULL OR {identifier}::text = ANY({reach}::text[]))")
_RULES = sql.SQL("""
    SELECT file_type, code, count(*) FROM ({found}) found GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2
""")
_LINES = sql.SQL("""
    SELECT count(DISTINCT (file_type, version_id)) FILTER (WHERE code = ANY({blocking})),
        count(DISTINCT (file_type, version_id)) FROM ({found}) found
""")
_SINCE = sql.SQL("""
    SELECT file_type, line_id, code FROM {misfits} misfit
    WHERE file_type = {file_type} AND school_year_id = {year} AND {within} AND EXISTS (
        SELECT FROM {lines} line
        WHERE line.snapshot_id = {snapshot} AND line.table_name = {table} AND line.version_id = misfit.line_id
    )
""")
_NOTE = sql.SQL("""
    SELECT DISTINCT {snapshot}::bigint, misfit.file_type, misfit.line_id, misfit.code,
        coalesce({identifier}::text, '')
    FROM {misfits} misfit JOIN counted ON counted.student = misfit.student_id
    WHERE misfit.school_year_id = {year} AND misfit.file_type = ANY({file_types})
""")
_COUNTED_LINES = sql.SQL("(SELECT count(*) FROM {lines} line WHERE {year} = {school_year})")


class RuleWithOpenLines(NamedTuple):
    """A rule that frozen lines break, and how many do."""

    file_type: str
    code: str
    line_count: int
    is_blocking: bool


@dataclass(frozen=True)
class OpenFindings:
    """What is open: the rules that lines break, and how many lines there are, of the school year.

    `blocking_count` lines break a rule that blocks certifying, `other_count` only others.
    """

    rules: tuple[RuleWithOpenLines, ...]
    blocking_count: int
    other_count: int
    line_count: int


def noted_findings(snapshot_id: int, period: Period, school_year: SchoolYear) -> sql.Composable:
    """Return the query of a snapshot's findings; it joins `counted`, and is part of the statement that freezes."""
    types = [lines.file_type.slug for lines in lines_frozen_by(period)]
    return sql.SQL("INSERT INTO {} (snapshot_id, file_type, version_id, code, identifier) {}").format(
        sql.Identifier(table_of(FrozenFinding)),
        _NOTE.format(
            snapshot=snapshot_id,
            identifier=identifier_of("misfit.organization_id"),
            misfits=sql.Identifier(table_of(Misfit)),
            year=school_year.first,
            file_types=sql.Literal(types),
        ),
    )


def open_findings(snapshot: Snapshot) -> OpenFindings:
    """Return the findings of a snapshot that are open now."""
    period = find_period(snapshot.period)
    query = _LINES.format(found=lines_found(snapshot, period), blocking=sql.Literal(list(period.file.blocking_rules)))
    with raw_cursor() as cursor:
        cursor.execute(query)
        blocks, every = (int(str(count)) for count in cursor.fetchone() or (0, 0))
    return OpenFindings(rules_with_open_lines(snapshot), blocks, every - blocks, lines_counted(snapshot))


def rules_with_open_lines(snapshot: Snapshot, *, reach: Reach = None) -> tuple[RuleWithOpenLines, ...]:
    """Return the rules that frozen lines of some offices break, those of most lines first; none where the state has the
    period no more."""
    period = find_periods().get(snapshot.period)
    if period is None:
        return ()
    with raw_cursor() as cursor:
        cursor.execute(_RULES.format(found=lines_found(snapshot, period, reach=reach)))
        return tuple(
            RuleWithOpenLines(str(slug), str(code), int(str(count)), str(code) in period.file.blocking_rules)
            for slug, code, count in cursor.fetchall()
        )


def lines_counted(snapshot: Snapshot) -> int:
    """Return how many lines of the school year a snapshot has."""
    queries: list[sql.Composable] = [
        _COUNTED_LINES.format(
            lines=frozen(snapshot, table["name"]),
            year=cell(snapshot, table["name"], SCHOOL_YEAR),
            school_year=snapshot.school_year.name,
        )
        for table in snapshot.tables
        if "organizations" in table
    ]
    query = sql.SQL("SELECT {}").format(sql.SQL(" + ").join(queries or [sql.Literal(0)]))
    return sum(count for (count,) in numbers_of(snapshot, query, of="lines of the school year", reach=None))


def lines_found(snapshot: Snapshot, period: Period, *, reach: Reach = None) -> sql.Composed:
    """Return the query of the lines of a snapshot that do not fit, and of the rules: `file_type`, `version_id`,
    `code`; of all offices, or of those of a reach."""
    since = sql.SQL(" UNION ").join(_since(snapshot, lines, reach) for lines in lines_frozen_by(period))
    findings = sql.Identifier(table_of(FrozenFinding))
    return _FOUND.format(
        findings=findings,
        snapshot=snapshot.pk,
        since=since,
        warnings=sql.Identifier(table_of(FrozenWarning)),
        blocking=sql.Literal(list(period.file.blocking_rules)),
        within=_within(reach, sql.Identifier("identifier")),
    )


def _within(reach: Reach, identifier: sql.Composable) -> sql.Composable:
    return _WITHIN.format(reach=sql.Literal(None if reach is None else list(reach)), identifier=identifier)


def _since(snapshot: Snapshot, lines: StoredLines, reach: Reach) -> sql.Composable:
    return _SINCE.format(
        misfits=sql.Identifier(table_of(Misfit)),
        file_type=lines.file_type.slug,
        year=snapshot.school_year.first,
        lines=sql.Identifier(table_of(FrozenLine)),
        snapshot=snapshot.pk,
        table=lines.table.name,
        within=_within(reach, identifier_of("misfit.organization_id")),
    )
