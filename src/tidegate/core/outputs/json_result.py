"""The result of a check as one object, for programs."""

import json
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import from_text


def json_result(
    findings: Iterable[pl.DataFrame],
    rules: Mapping[str, type[Rule]],
    *,
    row_count: int,
    success_count: int,
    error_count: int,
) -> Iterator[str]:
    """Yield one JSON object in pieces, with the counts and the findings (`row`, `column`, `code`, `severity`, `value`,
    `message`, `fix`, `suggestions`), a line each.

    `rules` are all rules by code; they say how to fix what was found. `row` is null for the file as a whole.
    """
    fixes = {code: rule.how_to_fix for code, rule in rules.items()}
    fix = pl.col("code").replace_strict(fixes, default="", return_dtype=pl.String).alias("fix")
    columns = ("row", "column", "code", "severity", "value", "message")
    yield f'{{\n  "row_count": {row_count},\n  "success_count": {success_count},\n  "error_count": {error_count},\n'
    yield '  "findings": ['
    end = "\n"
    for part in findings:
        for finding in part.select(*columns, fix, "suggestions").iter_rows(named=True):
            suggestions = [suggestion._asdict() for suggestion in from_text(finding["suggestions"])]
            yield f"{end}    {json.dumps(finding | {'suggestions': suggestions}, ensure_ascii=False)}"
            end = ",\n"
    yield "\n  ]\n}\n" if end != "\n" else "]\n}\n"
