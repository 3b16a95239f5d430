"""The causes of an upload's findings, as its page shows them: with students by name, where the person may see them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from tidegate.accounts.models import Person
from tidegate.core.layouts.column_types import Code
from tidegate.core.outputs.first_findings import SHOWN
from tidegate.core.rules.cause import Cause, affected_in_words, how_to_fix, rows_in_words, who_can_act
from tidegate.file_types import FileType
from tidegate.uploads.models import Finding, Upload
from tidegate.uploads.queries.causes import KeptCause, find_kept_cause, first_causes
from tidegate.web.pages import number_in
from tidegate.web.reach import students_within_reach
from tidegate.web.uploads.finding_groups import MOODS

MAX_CAUSES_SHOWN = 100
_MAX_ROWS_SHOWN, _MAX_ROWS_ON_PAGE = 10, 30
"""Of a cause, and in all: of further causes the page has no rows; each has a page of its own."""
_MAX_FILE_FINDINGS = 200
_LISTS = "4"  # the category of rules: what the lists do not have


@dataclass(frozen=True)
class ShownCause:
    """A cause on the page. `findings` are about its first rows, each with its `student` if the person may see that
    one; those of a cause about the file say what the heading leaves out."""

    number: int
    cause: Cause
    how_to_fix: str
    who_can_act: str
    address: str
    rule_address: str
    codes_address: str = ""
    findings: Sequence[dict[str, Any]] = field(default_factory=list)

    @property
    def mood(self) -> str:
        """How it is coloured."""
        return MOODS[self.cause.severity]

    @property
    def affected(self) -> str:
        """How many rows it affects, in words; blank for the file as a whole."""
        return affected_in_words(self.cause) if self.cause.row_count else ""

    @property
    def rows(self) -> str:
        """The numbers of its first rows, in words."""
        return rows_in_words(self.cause.rows, self.cause.row_count)

    @property
    def has_more_rows(self) -> bool:
        """Whether the page shows only some of its rows."""
        return self.cause.row_count > len({each["row"] for each in self.findings})


class ShownCauses(NamedTuple):
    """The causes on the page: those to fix and the notices, and how many more there are to fix."""

    to_fix: list[ShownCause]
    notices: list[ShownCause]
    more_to_fix: int


def shown_causes(upload: Upload, *, by: Person) -> ShownCauses:
    """Return the causes of the upload as its page shows them, in the order in which they are to be fixed."""
    kept, to_fix_count = first_causes(upload, limit=MAX_CAUSES_SHOWN, row_count=_MAX_ROWS_ON_PAGE)
    about_file = [each.cause for each in kept if not each.cause.row_count]
    of_file = _findings_of_file(upload, about_file)
    headings = {cause.text for cause in about_file}
    first, left = list[list[dict[str, Any]]](), _MAX_ROWS_ON_PAGE
    for each in kept:
        rows = list(each.first[: min(_MAX_ROWS_SHOWN, left)])
        left -= len(rows)
        first.append(rows if each.cause.row_count else _about(each.cause, of_file, headings - {each.cause.text}))
    with_students([finding for findings in first for finding in findings], upload, by=by)
    shown = list(_shown(upload, zip(kept, first, strict=True)))
    to_fix = [each for each in shown if not each.cause.is_notice]
    return ShownCauses(to_fix, shown[len(to_fix) :], to_fix_count - len(to_fix))


def _shown(upload: Upload, kept: Iterable[tuple[KeptCause, Sequence[dict[str, Any]]]]) -> Iterator[ShownCause]:
    """Yield causes as they are shown, each with its findings. The addresses of all are made from one."""
    file_type = upload.type
    rules, of_rules = file_type.rules_by_code(), reverse("rule", args=[file_type.slug, "0"]).removesuffix("0/")
    of_causes = reverse("cause", args=[upload.pk, 0]).removesuffix("0/")
    codes_of = cache(partial(_codes_of, file_type))
    for each, findings in kept:
        cause = each.cause
        address = f"{of_causes}{each.number}/" if each.is_stored else _address_of_group(upload, cause)
        yield ShownCause(
            each.number,
            cause,
            how_to_fix(cause, rules),
            who_can_act(cause, rules),
            address if cause.row_count else "",
            f"{of_rules}{cause.code}/",
            codes_of(cause.columns[0]) if cause.columns and cause.code[-3] == _LISTS else "",
            findings,
        )


def _codes_of(file_type: FileType, column: str) -> str:
    """Return where the list is that has the column's codes; blank where it has none."""
    of = file_type.layout.columns[column].type
    return reverse("codes", args=[file_type.slug, of.list_name]) if isinstance(of, Code) else ""


def _address_of_group(upload: Upload, cause: Cause) -> str:
    column = urlencode({"column": cause.columns[0] if cause.columns else ""})
    return f"{reverse('findings', args=[upload.pk, cause.code])}?{column}"


def find_cause(upload: Upload, number: int) -> ShownCause | None:
    """Return one cause without its rows, None where the upload has no such cause."""
    kept = find_kept_cause(upload, number)
    return next(_shown(upload, [(kept, ())])) if kept else None


def findings_of_cause(upload: Upload, cause: Cause, rows: Collection[int]) -> list[dict[str, Any]]:
    """Return the findings of a cause about some of its rows."""
    found = Finding.objects.filter(upload=upload, code=cause.code, row__in=rows)
    return list(found.filter(column__in=cause.columns or ("",)).order_by("pk").values(*SHOWN))


@dataclass(frozen=True)
class RowNumbers:
    """The numbers of rows as a long list (see `tidegate.web.pages`); the cursor of a row is its number."""

    numbers: Sequence[int]

    def rows(self, start: int, count: int) -> Sequence[int]:
        """Return up to `count` numbers from the index `start` on."""
        return self.numbers[start : start + count]

    def page_after(self, cursor: str, *, count: int) -> Sequence[int]:
        """Return up to `count` numbers after this one."""
        return self.rows(bisect_right(self.numbers, number_in(cursor)), count)

    def page_before(self, cursor: str, *, count: int) -> Sequence[int]:
        """Return up to `count` numbers before this one."""
        end = bisect_left(self.numbers, number_in(cursor))
        return self.numbers[max(0, end - count) : end]

    def count(self) -> int:
        """Return how many there are."""
        return len(self.numbers)

    def cursor_of(self, row: int) -> str:
        """Return the number."""
        return str(row)


def _findings_of_file(upload: Upload, causes: Iterable[Cause]) -> list[dict[str, Any]]:
    """Return the findings about the file as a whole or its header."""
    codes = {cause.code for cause in causes}
    if not codes:
        return []
    found = Finding.objects.filter(upload=upload, code__in=codes).order_by("code", "column", "pk")
    return list(found.values("code", *SHOWN)[:_MAX_FILE_FINDINGS])


def _about(cause: Cause, findings: Iterable[dict[str, Any]], others: Collection[str]) -> list[dict[str, Any]]:
    """Return the findings of a cause about the file that say more than its heading. `others` are the other headings."""
    of_rule = [each for each in findings if each["code"] == cause.code and each["column"] in (*cause.columns, "")]
    own = [each for each in of_rule if each["message"] not in others]
    return [dict(each) for each in own if each["message"] != cause.text or each["suggestions"] or each.get("known")]


def with_students(findings: Sequence[dict[str, Any]], upload: Upload, *, by: Person) -> None:
    """Put the `student` of each finding beside it, where the person may see that one."""
    numbers = {finding["student_number"] for finding in findings} - {""}
    known = students_within_reach(numbers, by, upload.school_year) if numbers else {}
    for finding in findings:
        finding["student"] = known.get(finding["student_number"])
