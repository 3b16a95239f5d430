"""All findings of an upload of one rule about one column, with their fix."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.core.rules.rule import CATEGORIES, Rule
from tidegate.file_types import find_all
from tidegate.uploads.models import Finding, FindingCount, Upload
from tidegate.uploads.queries.findings import findings_of_group

MOODS = {"error": "bad", "warning": "care", "notice": "busy"}


@dataclass(frozen=True)
class FindingGroup:
    """All findings of one rule about one column."""

    code: str
    column: str
    severity: str
    count: int
    title: str
    how_to_fix: str

    @property
    def category(self) -> str:
        """The category, in words."""
        return CATEGORIES[int(self.code[-3])]

    @property
    def mood(self) -> str:
        """How the group is coloured."""
        return MOODS[self.severity]

    @property
    def in_words(self) -> str:
        """How many, of what: `2 errors`."""
        return f"{self.count:,} {self.severity}{'' if self.count == 1 else 's'}"


def find_group(upload: Upload, code: str, column: str) -> FindingGroup | None:
    """Return one group without its rows, None where the upload has no such finding."""
    counts = upload.finding_counts.filter(code=code, column=column).first()
    return _group(upload, counts, list(findings_of_group(upload.pk, code, column)[:1])) if counts else None


def _group(upload: Upload, counts: FindingCount, first: Sequence[Finding]) -> FindingGroup:
    rule = _rules(upload).get(counts.code)
    is_one = counts.count == 1 or not counts.with_row_count
    title = first[0].message if is_one or rule is None else word_pattern(rule, counts.column)
    return FindingGroup(
        code=counts.code,
        column=counts.column,
        severity=counts.severity,
        count=counts.count,
        title=title,
        how_to_fix=rule.how_to_fix if rule else "",
    )


def word_pattern(rule: type[Rule], column: str = "") -> str:
    """Return the rule's message with `…` where each file has its own value."""
    message = rule.message.replace("{column}", column) if column else rule.message
    return re.sub(r"\{[^}]*\}", "…", message)


def _rules(upload: Upload) -> Mapping[str, type[Rule]]:
    file_type = find_all().get(upload.file_type)
    return file_type.rules_by_code() if file_type else {}
