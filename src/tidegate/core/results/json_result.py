"""The result of a check as one object, for programs."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from tidegate.core.rules.rule import Rule
from tidegate.core.suggestions.suggestion import from_text


def json_result(
    findings: pl.DataFrame, rules: Mapping[str, type[Rule]], *, row_count: int, success_count: int, error_count: int
) -> dict[str, Any]:
    """Return the counts and the findings (`row`, `column`, `code`, `severity`, `value`, `message`, `fix`,
    `suggestions`).

    `rules` are all rules by code; they say how to fix what was found. `row` is null for the file as a whole.
    """
    fixes = {code: rule.how_to_fix for code, rule in rules.items()}
    fix = pl.col("code").replace_strict(fixes, default="", return_dtype=pl.String).alias("fix")
    columns = ("row", "column", "code", "severity", "value", "message")
    return {
        "row_count": row_count,
        "success_count": success_count,
        "error_count": error_count,
        "findings": [
            finding | {"suggestions": [suggestion._asdict() for suggestion in from_text(finding["suggestions"])]}
            for finding in findings.select(*columns, fix, "suggestions").iter_rows(named=True)
        ],
    }
