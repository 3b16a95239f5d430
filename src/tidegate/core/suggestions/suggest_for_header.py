"""Finds the columns that a refused header may have meant."""

from collections.abc import Sequence

from msgspec.structs import replace

from tidegate.core.layouts.layout import Layout
from tidegate.core.reading.header import missing_columns
from tidegate.core.reading.issue import ReadingIssue, show_text
from tidegate.core.suggestions.suggest_columns import missing_names, suggest_columns

_MISSING, _UNKNOWN = "FILE005", "FILE006"


def pair_columns(issues: Sequence[ReadingIssue], names: Sequence[str], layout: Layout) -> list[ReadingIssue]:
    """Return the issues of a refused file, with one issue for a column that is not known and the missing one that is
    probably meant by it.

    Args:
        issues: The issues of the file.
        names: The names in its header.
        layout: The layout of the school year.
    """
    missing = next((issue for issue in issues if issue.code == _MISSING), None)
    if missing is None or missing.row is None:
        return list(issues)
    pairs = {show_text(each.reason.removeprefix("for ")): each.value for each in suggest_columns(names, layout)}
    paired = [_with_meant(issue, pairs) for issue in issues if issue is not missing]
    meant = {issue.words.get("meant") for issue in paired}
    lacking = [name for name in missing_names(names, layout) if name not in meant]
    return [*missing_columns(lacking, row=missing.row), *paired]


def _with_meant(issue: ReadingIssue, pairs: dict[str, str]) -> ReadingIssue:
    if issue.code != _UNKNOWN or issue.value not in pairs:
        return issue
    return replace(issue, words={**issue.words, "meant": pairs[issue.value]})
