"""The warnings of a snapshot by office, file type and rule, each with the explanation that holds."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, TypeAlias

from django.utils import timezone
from psycopg import sql

from tidegate.accountability.explanations.holding import explanations_on, holding
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.materialize import numbers_of
from tidegate.accountability.models import FrozenWarning, Snapshot, WarningExplanation
from tidegate.accountability.periods.period import find_periods
from tidegate.reference.copy_rows import raw_cursor, table_of

WarningKey: TypeAlias = tuple[str, str, str]
"""The ID of an office, the file type, and the code of the rule."""

# A line that does not fit is counted as such, and a line with several warnings once.
_WARNED = sql.SQL("""
    SELECT identifier, file_type, code, count(*) FROM {warnings} WHERE snapshot_id = {snapshot}
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, identifier COLLATE "C", file_type COLLATE "C", code COLLATE "C"
""")
_OPEN = sql.SQL("""
    SELECT file_type, version_id FROM {warnings} WHERE snapshot_id = {snapshot} AND (identifier, file_type, code) IN (
        SELECT * FROM unnest({identifiers}::text[], {file_types}::text[], {codes}::text[])
    )
""")
_LINES = sql.SQL("SELECT count(*) FROM (SELECT DISTINCT file_type, version_id FROM ({open}) warning) line")
_LINES_FOUND = sql.SQL("""
    SELECT count(*) FROM (SELECT DISTINCT file_type, version_id FROM ({found}) found) line
    WHERE (file_type, version_id) IN ({open})
""")


class WarnedLines(NamedTuple):
    """How many lines of an office and file type a rule warns of. They are open until somebody explains them, or
    another snapshot is taken of corrected ones."""

    identifier: str
    file_type: str
    code: str
    line_count: int
    explanation: WarningExplanation | None

    @property
    def key(self) -> WarningKey:
        """What is explained at once."""
        return self.identifier, self.file_type, self.code


def warned_lines(snapshot: Snapshot, *, reach: Reach = None, on: date | None = None) -> list[WarnedLines]:
    """Return the warnings of a snapshot by office, file type and rule, those first that are open.

    A rule that blocks signing is left out: its lines are findings that nobody can explain.

    Args:
        snapshot: The snapshot.
        reach: The IDs of the offices that are asked for; None is all.
        on: The day on which an explanation must hold; today by default.
    """
    period = find_periods().get(snapshot.period)
    if period is None:
        return []
    query = _WARNED.format(warnings=sql.Identifier(table_of(FrozenWarning)), snapshot=snapshot.pk)
    # Of the whole state, of which each reach has a part.
    counted = numbers_of(snapshot, query, of="warnings", reach=None)
    blocking = set(period.file.blocking_rules)
    given = explanations_on(on or timezone.localdate(), period, WarningExplanation.objects)
    found = [
        WarnedLines(identifier, slug, code, count, holding(given.get((identifier, slug, code), ()), period, count))
        for identifier, slug, code, count in counted
        if code not in blocking and (reach is None or identifier in reach)
    ]
    return sorted(found, key=lambda each: each.explanation is not None)


def lines_with_open_warnings(snapshot: Snapshot, warned: Collection[WarnedLines], found: sql.Composable) -> int:
    """Return how many lines have a warning that nobody has explained.

    Args:
        snapshot: The snapshot.
        warned: Its warnings.
        found: The query of the lines that do not fit the rules (`file_type`, `version_id`), which are counted as such.
    """
    still_open = [each.key for each in warned if each.explanation is None]
    if not still_open:
        return 0
    identifiers, file_types, codes = (sql.Literal(list(column)) for column in zip(*still_open, strict=True))
    open_warnings = _OPEN.format(
        warnings=sql.Identifier(table_of(FrozenWarning)),
        snapshot=snapshot.pk,
        identifiers=identifiers,
        file_types=file_types,
        codes=codes,
    )
    # What was warned of never changes, so is stored; what is found of lines does.
    ((every,),) = numbers_of(snapshot, _LINES.format(open=open_warnings), of="lines with open warnings", reach=None)
    with raw_cursor() as cursor:
        cursor.execute(_LINES_FOUND.format(found=found, open=open_warnings))
        return int(every) - int(str((cursor.fetchone() or (0,))[0]))
