"""The rows of a code list, and which lines on file use its codes."""

from collections import Counter
from collections.abc import Collection, Iterator

from django.db.models import Count, QuerySet

from tidegate.administration.differences import Difference, DifferenceKind, Row
from tidegate.core.layouts.column_types import Code as CodeType
from tidegate.core.layouts.layout import VALUE
from tidegate.records.models import CURRENT, StoredLine
from tidegate.records.stored_lines import StoredField, StoredLines, stored_lines
from tidegate.reference.models import Code

_FIELDS = ("code", "title", "first_year", "last_year")
_CODE = ".code"


def code_rows(list_name: str) -> dict[str, Row]:
    """Return the codes of a list by their codes, in order."""
    found = Code.objects.filter(list_name=list_name).order_by("code").values(*_FIELDS)
    return {row["code"]: dict(row) for row in found}


def write_codes(list_name: str, differences: Collection[Difference]) -> None:
    """Store the codes as they are after the differences."""
    rows = [Code(list_name=list_name, **each.after) for each in differences if each.after is not None]
    Code.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["list_name", "code"],
        update_fields=["title", "first_year", "last_year"],
        batch_size=5_000,
    )
    removed = [each.key for each in differences if each.kind is DifferenceKind.REMOVED]
    Code.objects.filter(list_name=list_name, code__in=removed).delete()


def current_lines(lines: StoredLines) -> "QuerySet[StoredLine]":
    """Return the current lines of a file type, in no order."""
    found: QuerySet[StoredLine] = lines.model._default_manager.filter(CURRENT)  # noqa: SLF001 - Django's documented way
    return found.order_by()


def columns_with(list_name: str) -> Iterator[tuple[StoredLines, StoredField]]:
    """Yield the fields of stored lines that have codes of the list."""
    for lines in stored_lines():
        for row, field in lines.fields.items():
            if row.endswith((VALUE, _CODE)) and _is_of(lines, row, list_name):
                yield lines, field


def _is_of(lines: StoredLines, row: str, list_name: str) -> bool:
    columns = (lines.layout.columns.get(name) for name in lines.layout.read_from(row))
    types = [of for column in columns if column for of in (column.type, *(each.type for each in column.changes))]
    return any(isinstance(of, CodeType) and of.list_name == list_name for of in types)


def uses_of(list_name: str, codes: Collection[str]) -> Iterator[tuple[tuple[str, str], int, str, int]]:
    """Yield how many lines on file use a code.

    Returns:
        What a line is called and several, the year that the school year begins in, the code, and the count.
    """
    for lines, field in columns_with(list_name):
        used = current_lines(lines).filter(**{f"{field.name}__in": codes})
        for year, code, count in used.values_list("school_year_id", field.name).annotate(count=Count("pk")):
            yield lines.table.noun, year, code, count


def uses_in(list_name: str, codes: Collection[str], year: int) -> dict[str, int]:
    """Return how many lines on file of a school year use each of the codes."""
    counts: Counter[str] = Counter()
    for lines, field in columns_with(list_name):
        used = current_lines(lines).filter(**{"school_year": year, f"{field.name}__in": codes})
        counts.update(dict(used.values_list(field.name).annotate(count=Count("pk"))))
    return counts


def touched_by_codes(list_name: str, differences: Collection[Difference]) -> list[str]:
    """Return a sentence for each kind of lines and school year in which codes are no longer valid."""
    known = {each.key: each for each in differences if each.before is not None}
    counts: Counter[tuple[tuple[str, str], int]] = Counter()
    codes: dict[tuple[tuple[str, str], int], set[str]] = {}
    for noun, year, code, count in uses_of(list_name, list(known)):
        if _is_valid_in(known[code].before, year) and not _is_valid_in(known[code].after, year):
            counts[noun, year] += count
            codes.setdefault((noun, year), set()).add(code)
    return [
        f"{count:,} {noun[count != 1]} of {year}-{year + 1} {'use' if count > 1 else 'uses'} "
        f"{_codes_in_words(codes[noun, year])} and would no longer fit"
        for (noun, year), count in sorted(counts.items(), key=lambda each: (-each[0][1], each[0][0]))
    ]


def _codes_in_words(codes: set[str]) -> str:
    return f"code {min(codes)}" if len(codes) == 1 else f"{len(codes):,} of these codes"


def _is_valid_in(row: Row | None, year: int) -> bool:
    if row is None:
        return False
    has_begun = row["first_year"] is None or row["first_year"] <= year
    return has_begun and (row["last_year"] is None or row["last_year"] >= year)
