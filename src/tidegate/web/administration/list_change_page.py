"""What the page of a list's change shows."""

from typing import NamedTuple

from tidegate.administration.differences import Difference, DifferenceKind
from tidegate.administration.lists import ReferenceList
from tidegate.administration.preview import Preview, fields_that_differ, parents_in
from tidegate.core.layouts.column_types import Choice
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import Organization
from tidegate.reference.tables.codes import LIST_LAYOUT
from tidegate.reference.tables.organizations import layout_in_words

MAX_ROWS = 200
_TITLES = {
    DifferenceKind.ENDED: "What closes or ends",
    DifferenceKind.REMOVED: "What is removed",
    DifferenceKind.CHANGED: "What changes",
    DifferenceKind.ADDED: "What is new",
}


class ShownRow(NamedTuple):
    """One row of a change: its ID or code, its name or title, and each field that differs."""

    key: str
    name: str
    fields: list[tuple[str, str, str]]


class ShownKind(NamedTuple):
    """The rows to which the same happens, the first of them."""

    title: str
    row_count: int
    rows: list[ShownRow]


def shown_kinds(preview: Preview) -> list[ShownKind]:
    """Return the rows of a change, what ends first."""
    found = [(title, preview.of_kind(kind)) for kind, title in _TITLES.items()]
    shown = [each for _, of_kind in found for each in of_kind[:MAX_ROWS]]
    parents = Organization.objects.filter(pk__in=parents_in(shown))
    names = dict(parents.values_list("pk", "name")) | {
        each.row["id"]: each.row["name"] for each in preview.differences if "parent_id" in each.row
    }
    return [
        ShownKind(title, len(of_kind), [_row(each, names) for each in of_kind[:MAX_ROWS]])
        for title, of_kind in found
        if of_kind
    ]


def _row(difference: Difference, names: dict[int, str]) -> ShownRow:
    row = difference.row
    key, name = str(row.get("identifier") or difference.key), str(row.get("name") or row.get("title") or "")
    shown = [each for each in fields_that_differ(difference, names) if each[1] or each[2]]
    if difference.before is None or difference.after is None:  # the ID and the name have columns of their own
        shown = [each for each in shown if not {key, name} & set(each[1:])]
    return ShownRow(key, name, shown)


def only_name(preview: Preview) -> str:
    """Return the name of the only row of a change, its title or its ID; blank where it has several."""
    if len(preview.differences) != 1:
        return ""
    (row,) = (_row(each, {}) for each in preview.differences)
    return row.name or row.key


class ListColumn(NamedTuple):
    """A column of the file of a list, as the page of its import describes it."""

    name: str
    required: bool
    description: str
    choices: list[str]
    example: str


def columns_of(of: ReferenceList) -> list[ListColumn]:
    """Return the columns of the file of a list, under the state's own names for them."""
    layout = layout_in_words() if of.is_of_organizations else LIST_LAYOUT
    return [
        ListColumn(
            present_state().header(column.name),
            column.required,
            column.description,
            list(column.type.choices) if isinstance(column.type, Choice) else [],
            column.example,
        )
        for column in layout.columns.values()
    ]


def years_in_words(first: int | None, last: int | None) -> str:
    """Return the school years in which a code is valid, as people read them."""
    names = [None if year is None else SchoolYear(year).name for year in (first, last)]
    if names == [None, None]:
        return "all years"
    if names[1] is None:
        return f"from {names[0]}"
    return f"up to {names[1]}" if names[0] is None else f"{names[0]} to {names[1]}"
