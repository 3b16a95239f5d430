"""The causes of an upload's findings: as they were collected or, of uploads from before that, by rule and column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from msgspec import json

from tidegate.core.outputs.first_findings import MAX_FIRST_FINDINGS, SHOWN, FirstFinding
from tidegate.core.rules.cause import Cause, Stage, fill, stage_of
from tidegate.core.rules.rule import Rule, Severity
from tidegate.uploads.models import Finding, FindingCount, Upload, UploadCause
from tidegate.uploads.queries.findings import findings_of_group


@dataclass(frozen=True)
class KeptCause:
    """A cause with its first findings. `number` is its position from 1, in the order of fixing; one that is not stored
    was put together from the counts."""

    number: int
    cause: Cause
    first: Sequence[FirstFinding]
    is_stored: bool = True


def keep_causes(upload: Upload, causes: Sequence[Cause], first: Iterable[Sequence[FirstFinding]]) -> None:
    """Store the causes as the upload's, each with its first findings."""
    UploadCause.objects.bulk_create(
        [
            UploadCause(upload=upload, number=number, first=list(findings), **_fields(cause))
            for number, (cause, findings) in enumerate(zip(causes, first, strict=True), 1)
        ],
        batch_size=500,
    )


def _fields(cause: Cause) -> dict[str, Any]:
    lists = {name: list(getattr(cause, name)) for name in ("columns", "values", "rows")}
    plain = ("code", "severity", "stage", "text", "row_count", "held_back_count")
    return lists | {name: getattr(cause, name) for name in plain}


_ROWS_READ, _FINDINGS_READ = 60, 10
"""Of a cause among many: a page shows fewer."""


class FirstCauses(NamedTuple):
    """The first causes of an upload: those to fix, then the notices, and how many there are to fix."""

    causes: list[KeptCause]
    to_fix_count: int


def first_causes(upload: Upload, *, limit: int, row_count: int) -> FirstCauses:
    """Return up to `limit` causes to fix and as many notices, so that a page does not read a thousand causes with a
    thousand row numbers each. The first of them have their first findings, until those are of `row_count` rows."""
    found = _read(upload, limit, row_count) if upload.has_log else None
    if found and found.causes:
        return found
    every = causes_of(upload)
    to_fix = [each for each in every if not each.cause.is_notice]
    return FirstCauses([*to_fix[:limit], *every[len(to_fix) : len(to_fix) + limit]], len(to_fix))


_FIRST = f"""
SELECT to_fix.count, cause.number, code, severity, stage, text, columns::text, "values"::text, row_count,
    jsonb_path_query_array(rows, '$[0 to {_ROWS_READ - 1}]')::text, held_back_count,
    CASE WHEN coalesce(sum(least(row_count, {_FINDINGS_READ})) OVER before, 0) < %(row_count)s
        THEN jsonb_path_query_array(first, '$[0 to {_FINDINGS_READ - 1}]')::text ELSE '[]' END
FROM uploads_uploadcause cause, (
    SELECT count(*) FROM uploads_uploadcause WHERE upload_id = %(upload)s AND severity <> %(notice)s
) to_fix
WHERE upload_id = %(upload)s AND (
    cause.number <= %(limit)s OR cause.number > to_fix.count AND cause.number <= to_fix.count + %(limit)s
) WINDOW before AS (ORDER BY cause.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY cause.number
"""


def _read(upload: Upload, limit: int, row_count: int) -> FirstCauses:
    """Return stored causes with the first of their rows, and those with a small number with the first of their
    findings. What is to be fixed has the smaller numbers, notices those behind."""
    values: dict[str, Any] = {
        "upload": upload.pk,
        "limit": limit,
        "row_count": row_count,
        "notice": Severity.NOTICE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, values)
        read = cursor.fetchall()
    return FirstCauses([_kept(*fields) for _, *fields in read], read[0][0] if read else 0)


def _kept(number: int, code: str, severity: str, stage: int, *fields: Any) -> KeptCause:
    text, columns, values, row_count, rows, held_back_count, first = fields
    of_columns, of_values, of_rows = (tuple(json.decode(each)) for each in (columns, values, rows))
    cause = Cause(code, severity, Stage(stage), text, of_columns, of_values, row_count, of_rows, held_back_count)
    return KeptCause(number, cause, json.decode(first))


def find_kept_cause(upload: Upload, number: int) -> KeptCause | None:
    """Return a stored cause by its number; None where there is none."""
    found = upload.causes.filter(number=number).first() if upload.has_log else None
    return KeptCause(found.number, found.cause, found.first) if found else None


def causes_of(upload: Upload) -> list[KeptCause]:
    """Return the causes of an upload, in the order in which they are to be fixed."""
    if not upload.has_log:
        return []
    kept = [KeptCause(each.number, each.cause, each.first) for each in upload.causes.all()]
    return kept or list(_by_rule_and_column(upload))


def _by_rule_and_column(upload: Upload) -> Iterator[KeptCause]:
    """Yield what can be said of findings whose causes were not collected: they were counted by rule and column."""
    rules = upload.type.rules_by_code()
    first = findings_of_group(OuterRef("upload"), OuterRef("code"), OuterRef("column")).values("pk")
    counted = list(upload.finding_counts.annotate(first=ArraySubquery(first[:MAX_FIRST_FINDINGS])))
    found = Finding.objects.in_bulk([pk for counts in counted for pk in counts.first])
    both = [(_cause_of(counts, rules, rows := [found[pk] for pk in counts.first]), rows) for counts in counted]
    for number, (cause, rows) in enumerate(sorted(both, key=lambda each: each[0].rank), 1):
        yield KeptCause(number, cause, [{name: getattr(row, name) for name in SHOWN} for row in rows], is_stored=False)


def _cause_of(counts: FindingCount, rules: Mapping[str, type[Rule]], first: Sequence[Finding]) -> Cause:
    rule = rules.get(counts.code)
    has_rows = bool(counts.with_row_count)
    text = (
        fill(rule.message, {"column": counts.column})
        if rule
        else f"A finding of a rule that no longer exists, {counts.code}"
    )
    return Cause(
        counts.code,
        counts.severity,
        stage_of(counts.code, is_of_file=not has_rows),
        text,
        tuple(filter(None, [counts.column])),
        row_count=counts.count if has_rows else 0,
        rows=tuple(finding.row for finding in first if finding.row is not None),
    )
