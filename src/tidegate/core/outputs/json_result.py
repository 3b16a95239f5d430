"""The result of a check as one object, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tidegate.core.outputs.output import JSON, Form, Output, Print

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from tidegate.core.outputs.source import Source
    from tidegate.core.rules.cause import Cause
    from tidegate.core.rules.rule import Rule


class JsonResult(Output):
    """A JSON object with the counts, the causes and the findings, a line each, for programs."""

    name = "result as JSON"
    forms = (JSON,)
    order = 60
    is_download = False
    printed = Print("json", "one JSON object")

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Yield the object in pieces."""
        pieces = json_result(
            source.findings_in_slices(),
            source.rules,
            causes=source.causes(),
            **source.counts,
            not_checked=source.not_checked,
            plan={"changes": source.changes, **source.left_out},
        )
        return (piece.encode() for piece in pieces)


def as_array(causes: Iterable[Cause], rules: Mapping[str, type[Rule]]) -> str:
    """Return causes as a JSON array, a line each."""
    from tidegate.core.rules.cause import as_object

    lines = [json.dumps(as_object(cause, rules), ensure_ascii=False) for cause in causes]
    return "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"


def json_result(
    findings: Iterable[pl.DataFrame],
    rules: Mapping[str, type[Rule]],
    *,
    causes: Iterable[Cause],
    row_count: int,
    success_count: int,
    error_count: int,
    not_checked: Mapping[str, Sequence[str]] | None = None,
    plan: Mapping[str, Any] | None = None,
) -> Iterator[str]:
    """Yield one JSON object in pieces, with the counts, the causes and the findings, a line each.

    A cause has `code`, `severity`, `text`, `columns`, `values`, `row_count`, `rows` (the first ones),
    `held_back_count`, `who_can_act` and `fix`. A finding has `row` (null for the file as a whole), `column`, `code`,
    `severity`, `value`, `message`, `fix` and `suggestions`.

    Args:
        findings: The findings in slices, in order; they are read as needed.
        rules: All rules by code, which say how to fix a finding.
        causes: The causes, in the order in which they are to be fixed.
        row_count: The number of data rows.
        success_count: The number of rows that are loaded.
        error_count: The number of rows that are not.
        not_checked: The codes of the rules that were not asked, by the name of the file with the
            list that is missing.
        plan: `changes`, null where it is not known what the file changes; else how many lines are new, changed,
            unchanged and withdrawn; then also `missing_count` and `of_others_count`.
    """
    from tidegate.core.rules.cause import fix_in_words
    from tidegate.core.suggestions.suggestion import from_text

    columns = ("row", "column", "code", "severity", "value", "message")
    yield f'{{\n  "row_count": {row_count},\n  "success_count": {success_count},\n'
    yield f'  "error_count": {error_count},\n  "not_checked": {json.dumps(not_checked or {})},\n'
    for name, value in (plan or {"changes": None}).items():
        yield f'  "{name}": {json.dumps(value)},\n'
    yield f'  "causes": {as_array(causes, rules)},\n  "findings": ['
    end = "\n"
    for part in findings:
        for finding in part.select(*columns, "known", "suggestions").iter_rows(named=True):
            suggestions = [suggestion._asdict() for suggestion in from_text(finding["suggestions"])]
            fix = fix_in_words(finding["code"], finding.pop("known"), rules)
            whole = finding | {"fix": fix, "suggestions": suggestions}
            yield f"{end}    {json.dumps(whole, ensure_ascii=False)}"
            end = ",\n"
    yield "\n  ]\n}\n" if end != "\n" else "]\n}\n"
