"""The warnings of a snapshot by office, file type and rule, each with the explanation that holds."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, TypeAlias

from django.db.models import Count
from django.utils import timezone
from psycopg import sql

from tidegate.accountability.explanations.holding import explanations_on, holding
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import FrozenWarning, Snapshot, WarningExplanation
from tidegate.accountability.periods.period import find_periods
from tidegate.reference.copy_rows import raw_cursor, table_of

WarningKey: TypeAlias = tuple[str, str, str]
"""The ID of an office, the file type, and the code of the rule."""

# A line that does not fit is counted as such, and a line with several warnings once.
_OPEN_LINES = sql.SQL("""
    SELECT count(*) FROM (
        SELECT file_type, version_id FROM {warnings}
        WHERE snapshot_id = {snapshot} AND (identifier, file_type, code) IN (
            SELECT * FROM unnest({identifiers}::text[], {file_types}::text[], {codes}::text[])
        )
        EXCEPT SELECT file_type, version_id FROM ({found}) found
    ) open
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
    warned = FrozenWarning.objects.filter(snapshot=snapshot).exclude(code__in=period.file.blocking_rules)
    if reach is not None:
        warned = warned.filter(identifier__in=reach)
    counted = warned.values_list("identifier", "file_type", "code").annotate(lines=Count("pk"))
    given = explanations_on(on or timezone.localdate(), period, WarningExplanation.objects)
    found = [
        WarnedLines(identifier, slug, code, count, holding(given.get((identifier, slug, code), ()), period, count))
        for identifier, slug, code, count in counted.order_by("-lines", "identifier", "file_type", "code")
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
    query = _OPEN_LINES.format(
        warnings=sql.Identifier(table_of(FrozenWarning)),
        snapshot=snapshot.pk,
        identifiers=identifiers,
        file_types=file_types,
        codes=codes,
        found=found,
    )
    with raw_cursor() as cursor:
        cursor.execute(query)
        return int(str((cursor.fetchone() or (0,))[0]))
