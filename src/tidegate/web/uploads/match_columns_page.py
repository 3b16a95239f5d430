"""The page on which the columns and values of a file are matched: what its form says, and what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.layout import Layout, fold_name
from tidegate.core.layouts.mapping import ColumnMapping, mapping_from
from tidegate.uploads.lifecycle.receiving.match_columns import (
    SAMPLE_ROWS,
    FileColumn,
    FileSample,
    MappingTrial,
    OddValue,
    columns_of,
    missing_in_words,
)
from tidegate.uploads.models import Upload

IGNORED = "-"
"""What is chosen for a column that the state does not collect."""
CHECK, SEND = "check", "send"
_MAX_LINES = 500


@dataclass(frozen=True)
class ColumnLine:
    """A column of the file, and the column of the layout that is chosen for it; `name` is blank where it has its own
    name. `asks` is the question that a suggestion puts."""

    column: FileColumn
    chosen: str

    @property
    def asks(self) -> bool:
        """Whether the choice is a suggestion."""
        return bool(self.column.suggested and self.chosen == self.column.suggested)


@dataclass(frozen=True)
class ValueLine:
    """A value of the file that cannot be read, or that a mapping says something of, and what it stands for."""

    number: int
    odd: OddValue
    meant: str
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class MatchingPage:
    """What the page shows."""

    upload: Upload
    columns: Sequence[ColumnLine]
    values: Sequence[ValueLine]
    tried: MappingTrial
    sample: FileSample
    lead: str
    mood: str
    choices: Sequence[str]
    is_saved: bool = True

    @property
    def is_good(self) -> bool:
        """Whether nothing of the first rows is wrong any more."""
        return self.mood == "good"


def mapping_in(post: QueryDict, layout: Layout, before: ColumnMapping) -> ColumnMapping:
    """Return what the form says, with what the mapping before says of names that the file does not have. Raises a
    Refusal where it cannot be.

    Args:
        post: The form: `column-<n>` is the name in the file and `is-<n>` the choice for it; `of-<n>`, `value-<n>` and
            `means-<n>` a column, its value and what that stands for.
        layout: The layout, of all years.
        before: The mapping that the upload was read by, or that was suggested.
    """
    chosen = {post.get(f"column-{number}", ""): post.get(f"is-{number}", "") for number in _numbers(post, "column-")}
    said = {fold_name(name) for name in chosen}
    columns = {name: column for name, column in before.columns.items() if fold_name(name) not in said}
    columns |= {name: column for name, column in chosen.items() if column not in ("", IGNORED)}
    ignored = [name for name in before.ignored if fold_name(name) not in said]
    ignored += [name for name, column in chosen.items() if column == IGNORED]
    values = {column: dict(pairs) for column, pairs in before.values.items()}
    for number in _numbers(post, "value-"):
        column, value = post.get(f"of-{number}", ""), post.get(f"value-{number}", "")
        meant = post.get(f"means-{number}", "").strip()
        if meant:
            values.setdefault(column, {})[value] = meant
        else:
            values.get(column, {}).pop(value, None)
    said_now = {"columns": columns, "values": {name: of for name, of in values.items() if of}, "ignored": ignored}
    return mapping_from(said_now, layout)


def _numbers(post: QueryDict, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in post if name.startswith(prefix)][:_MAX_LINES]


def matching_page(upload: Upload, sample: FileSample, mapping: ColumnMapping, tried: MappingTrial) -> MatchingPage:
    """Return the page for a mapping that was tried."""
    layout = upload.type.layout.in_year(upload.year)
    by_name = {fold_name(name): column for name, column in mapping.columns.items()}
    ignored = {fold_name(name) for name in mapping.ignored}
    lines = [
        ColumnLine(each, by_name.get(fold_name(each.name), IGNORED if fold_name(each.name) in ignored else ""))
        for each in columns_of(sample, layout)
    ]
    lead, mood = _verdict(tried, sample)
    return MatchingPage(
        upload, lines, _value_lines(mapping, tried, layout), tried, sample, lead, mood, list(layout.columns)
    )


def _value_lines(mapping: ColumnMapping, tried: MappingTrial, layout: Layout) -> list[ValueLine]:
    shown = {(each.column, each.value): each for each in tried.odd}
    for column, pairs in mapping.values.items():
        for value in pairs:
            shown.setdefault((column, value), OddValue(column, value, 0))
    return [
        ValueLine(number, odd, mapping.values.get(odd.column, {}).get(odd.value, ""), _choices(layout, odd.column))
        for number, odd in enumerate(shown.values(), 1)
    ]


def _choices(layout: Layout, column: str) -> list[tuple[str, str]]:
    of = layout.columns[column].type if column in layout.columns else None
    found: Mapping[str, str] = of.choices if isinstance(of, Choice) else {}
    return list(found.items())


def _verdict(tried: MappingTrial, sample: FileSample) -> tuple[str, str]:
    """Return what the mapping makes of the file, and how that is coloured."""
    if tried.refusal:
        return missing_in_words(tried.missing) or tried.refusal, "bad"
    if tried.row_count == 1:
        can = "can" if tried.is_good else "cannot"
        return f"All columns are matched; the only row {can} be read", "good" if tried.is_good else "care"
    count = tried.row_count if sample.is_whole else min(SAMPLE_ROWS, tried.row_count)
    rows = f"the {count:,} rows" if sample.is_whole else f"the first {count:,} rows"
    if tried.is_good:
        return f"All columns are matched, and every value of {rows} can be read", "good"
    return f"All columns are matched, and {tried.readable_count:,} of {rows} can be read", "care"
