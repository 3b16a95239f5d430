"""What an address asks for: a page of a long list, a text to search for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest

from tidegate.reference.keyset import after_key

ROWS_ON_A_PAGE = 50
MOST_COUNTED = 1_000
"""Rows are counted so far, and pages are found by their numbers so far: both cost more the further one goes."""
LONGEST_TEXT = 100
_LAST_NUMBER = 10**9


@dataclass(frozen=True)
class Page:
    """Some rows of a long list, where they stand in it, and what the addresses of the pages beside it say.

    `count` is None where they are too many to count. `first` and `last` name the rows at its ends.
    """

    object_list: Sequence[Any]
    number: int
    count: int | None
    has_next: bool
    first: str = ""
    last: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)

    @property
    def has_others(self) -> bool:
        """Whether the list has more pages than this one."""
        return self.has_next or self.number > 1

    @property
    def start_index(self) -> int:
        """Where the first row stands in the list, from 1."""
        return (self.number - 1) * ROWS_ON_A_PAGE + 1

    @property
    def end_index(self) -> int:
        """Where the last row stands in the list."""
        return self.start_index + len(self) - 1

    @property
    def previous_number(self) -> int:
        """The number of the page before this one."""
        return self.number - 1

    @property
    def next_number(self) -> int:
        """The number of the page after this one."""
        return self.number + 1

    @property
    def page_count(self) -> int | None:
        """How many pages the list has; None where its rows are too many to count."""
        return None if self.count is None else max(1, -(-self.count // ROWS_ON_A_PAGE))


class LongList(Protocol):
    """A list of any length, of which pages are asked for. Each row has a name, by which an address can speak of it."""

    def rows(self, start: int, count: int) -> Sequence[Any]:
        """Return so many rows, from so far on in the list; it costs more the further that is."""
        ...

    def beside(self, name: str, *, is_before: bool, count: int) -> Sequence[Any] | None:
        """Return so many rows after the one of this name, or before, in the list's order; None where there is none."""
        ...

    def count(self) -> int | None:
        """Return how many rows there are; None where they are too many to count."""
        ...

    def name_of(self, row: Any) -> str:
        """Return what names the row."""
        ...


@dataclass(frozen=True)
class Rows:
    """A list of rows of the database, by `order`: fields that are never null and together tell the rows apart, all of
    them upward or all downward. They go by their IDs. `known_count` saves to count them."""

    found: "QuerySet[Any]"
    order: tuple[str, ...]
    is_downward: bool = False
    known_count: int | None = None

    def rows(self, start: int, count: int) -> list[Any]:
        """Return so many rows, from so far on."""
        return list(self._in_order(self.found)[start : start + count])

    def beside(self, name: str, *, is_before: bool, count: int) -> list[Any] | None:
        """Return so many rows after the one of this ID, or before."""
        place = self.found.filter(pk=number_in(name)).values_list(*self.order).first()
        if place is None:
            return None
        beyond = after_key(self.order, place, is_before=self.is_downward != is_before)
        found = list(self._in_order(self.found.filter(beyond), is_reversed=is_before)[:count])
        return found[::-1] if is_before else found

    def count(self) -> int | None:
        """Return how many rows there are."""
        if self.known_count is not None:
            return self.known_count
        counted = self.found.order_by()[: MOST_COUNTED + 1].count()
        return counted if counted <= MOST_COUNTED else None

    def name_of(self, row: Any) -> str:
        """Return the ID."""
        return str(row.pk)

    def _in_order(self, rows: "QuerySet[Any]", *, is_reversed: bool = False) -> "QuerySet[Any]":
        sign = "-" if self.is_downward != is_reversed else ""
        return rows.order_by(*(f"{sign}{field}" for field in self.order))


def page_of(rows: LongList, request: HttpRequest) -> Page:
    """Return the page that the address asks for, the nearest one where there is no such page.

    What a page costs hangs neither on the length of the list nor on how far on the page stands: it is found from the
    row beside it, with `?page=7&after=<its name>` or `&before=`. Without one, pages are found by their numbers, as far
    as rows are counted.
    """
    number = max(1, min(number_in(request.GET.get("page", "")), _LAST_NUMBER))
    found = _rows_beside(rows, request) if number > 1 else None
    if found is None:
        counted = min(rows.count() or 0, MOST_COUNTED) if number > 1 else 0
        number = min(number, max(1, -(-counted // ROWS_ON_A_PAGE)))
        found = rows.rows((number - 1) * ROWS_ON_A_PAGE, ROWS_ON_A_PAGE + 1)
    shown = found[:ROWS_ON_A_PAGE]
    ends = [rows.name_of(row) for row in (shown[0], shown[-1])] if shown else ["", ""]
    return Page(shown, number, rows.count(), has_next=len(found) > ROWS_ON_A_PAGE, first=ends[0], last=ends[1])


def _rows_beside(rows: LongList, request: HttpRequest) -> Sequence[Any] | None:
    """Return the rows of a page and one more where another page follows; None where no row beside it is named."""
    if name := request.GET.get("after"):
        return rows.beside(name, is_before=False, count=ROWS_ON_A_PAGE + 1) or None
    if name := request.GET.get("before"):
        found = rows.beside(name, is_before=True, count=ROWS_ON_A_PAGE) or ()
        return [*found, None] if len(found) == ROWS_ON_A_PAGE else None
    return None


def number_in(text: str) -> int:
    """Return the number that the text is, 0 where it is none or none of ours."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def text_from(request: HttpRequest, name: str) -> str:
    """Return a text of the address, without what the database cannot hold and not longer than makes sense."""
    return clean_text(request.GET.get(name, ""))


def clean_text(text: str) -> str:
    """Return a text without what the database cannot hold and not longer than makes sense."""
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]
