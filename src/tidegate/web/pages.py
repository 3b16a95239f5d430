"""What an address asks for: a page of a long list, a text to search for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from tidegate.reference.keyset import after_key

ROWS_ON_A_PAGE = 50
MAX_COUNTED_ROWS = 1_000
"""Lists longer than this show no total and no numbered pages: counting and OFFSET get slower with depth."""
MAX_TEXT_LENGTH = 100
_MAX_PAGE_NUMBER = 10**9
_MAX_UNCOUNTED_PAGE_NUMBER = 10_000


@dataclass(frozen=True)
class Page:
    """Some rows of a long list, and their position in it.

    `count` is None where the list is too long to count. `first` and `last` are the cursors of the
    first and the last row: the addresses of the previous and the next page begin from them. `size` is how many rows a
    whole page has.
    """

    object_list: Sequence[Any]
    number: int
    count: int | None
    has_next: bool
    size: int
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
        """The position of the first row in the list, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def end_index(self) -> int:
        """The position of the last row in the list."""
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
        return None if self.count is None else max(1, -(-self.count // self.size))


class LongList(Protocol):
    """A list of any length, shown page by page. Each row has a cursor: a text in an address that stands for it."""

    def rows(self, start: int, count: int) -> Sequence[Any]:
        """Return up to `count` rows from the index `start` on; the larger the index, the slower."""
        ...

    def page_after(self, cursor: str, *, count: int) -> Sequence[Any] | None:
        """Return up to `count` rows after the cursor's row, in the list's order; None where there is no such row."""
        ...

    def page_before(self, cursor: str, *, count: int) -> Sequence[Any] | None:
        """Return up to `count` rows before the cursor's row, in the list's order; None where there is no such row."""
        ...

    def count(self) -> int | None:
        """Return how many rows there are; None where they are too many to count."""
        ...

    def cursor_of(self, row: Any) -> str:
        """Return the cursor of the row."""
        ...


@dataclass(frozen=True)
class Rows:
    """Rows of the database in the order of the fields `order`; the cursor of a row is its ID.

    The fields are never null, together they are unique, and they are sorted all upward or all downward. Where
    `known_count` is given, the rows are not counted. Where a row may move while a person goes from page to page
    (`may_move`), since the first of the fields, an annotation, changes, its cursor also has the value that was shown.
    """

    found: "QuerySet[Any]"
    order: tuple[str, ...]
    is_downward: bool = False
    known_count: int | None = None
    may_move: bool = False

    def rows(self, start: int, count: int) -> list[Any]:
        """Return up to `count` rows from the index `start` on."""
        return list(self._in_order(self.found)[start : start + count])

    def page_after(self, cursor: str, *, count: int) -> list[Any] | None:
        """Return up to `count` rows after the row of this ID."""
        return self._page(cursor, count=count, is_before=False)

    def page_before(self, cursor: str, *, count: int) -> list[Any] | None:
        """Return up to `count` rows before the row of this ID."""
        return self._page(cursor, count=count, is_before=True)

    def _page(self, cursor: str, *, count: int, is_before: bool) -> list[Any] | None:
        number, _, shown = clean_text(cursor).partition("-")
        key = self.found.filter(pk=number_in(number)).values_list(*self.order).first()
        if key is None:
            return None
        if self.may_move and shown:
            try:
                key = (self.found.query.annotations[self.order[0]].output_field.to_python(shown), *key[1:])
            except ValidationError:
                return None
        beyond = after_key(self.order, key, is_before=self.is_downward != is_before)
        found = list(self._in_order(self.found.filter(beyond), is_reversed=is_before)[:count])
        return found[::-1] if is_before else found

    def count(self) -> int | None:
        """Return how many rows there are."""
        if self.known_count is not None:
            return self.known_count
        counted = self.found.order_by()[: MAX_COUNTED_ROWS + 1].count()
        return counted if counted <= MAX_COUNTED_ROWS else None

    def cursor_of(self, row: Any) -> str:
        """Return the ID, and the value of the first field where that may change."""
        return f"{row.pk}-{getattr(row, self.order[0])}" if self.may_move else f"{row.pk}"

    def _in_order(self, rows: "QuerySet[Any]", *, is_reversed: bool = False) -> "QuerySet[Any]":
        sign = "-" if self.is_downward != is_reversed else ""
        return rows.order_by(*(f"{sign}{field}" for field in self.order))


def page_of(rows: LongList, request: HttpRequest) -> Page:
    """Return the page that the address asks for, or the nearest page that there is.

    With `?page=7&after=<cursor>` or `&before=<cursor>` the page is found from that row, at the same cost anywhere in a
    list of any length. Without a cursor it is found by its number, within the first MAX_COUNTED_ROWS rows.
    """
    number = max(1, min(number_in(request.GET.get("page", "")), _MAX_PAGE_NUMBER))
    found = _rows_by_cursor(rows, request) if number > 1 else None
    if found is None:
        counted = min(rows.count() or 0, MAX_COUNTED_ROWS) if number > 1 else 0
        number = min(number, max(1, -(-counted // ROWS_ON_A_PAGE)))
        found = rows.rows((number - 1) * ROWS_ON_A_PAGE, ROWS_ON_A_PAGE + 1)
    shown = found[:ROWS_ON_A_PAGE]
    ends = [rows.cursor_of(row) for row in (shown[0], shown[-1])] if shown else ["", ""]
    has_next = len(found) > ROWS_ON_A_PAGE
    return Page(shown, number, rows.count(), has_next, ROWS_ON_A_PAGE, first=ends[0], last=ends[1])


def page_by_number(find: Callable[[int, int], Sequence[Any]], request: HttpRequest) -> Page:
    """Return the page of the number in the address, of a list that is not counted and has no cursors.

    `find` takes how many rows come before, and returns at most as many rows as its second argument says.
    """
    number = max(1, min(number_in(request.GET.get("page", "")), _MAX_UNCOUNTED_PAGE_NUMBER))
    found = find((number - 1) * ROWS_ON_A_PAGE, ROWS_ON_A_PAGE + 1)
    return Page(found[:ROWS_ON_A_PAGE], number, None, len(found) > ROWS_ON_A_PAGE, ROWS_ON_A_PAGE)


def _rows_by_cursor(rows: LongList, request: HttpRequest) -> Sequence[Any] | None:
    """Return the rows of a page, and one more where another page follows; None where the address has no good cursor."""
    if cursor := request.GET.get("after"):
        return rows.page_after(cursor, count=ROWS_ON_A_PAGE + 1) or None
    if cursor := request.GET.get("before"):
        found = rows.page_before(cursor, count=ROWS_ON_A_PAGE) or ()
        return [*found, None] if len(found) == ROWS_ON_A_PAGE else None
    return None


def number_in(text: str) -> int:
    """Return the number that the text is; 0 where it is none, or longer than any ID."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def text_from(request: HttpRequest, name: str) -> str:
    """Return the text that the address has under this name, cleaned."""
    return clean_text(request.GET.get(name, ""))


def clean_text(text: str) -> str:
    """Return the text without NUL characters, which PostgreSQL cannot store, and cut to MAX_TEXT_LENGTH."""
    return text.replace("\x00", "").strip()[:MAX_TEXT_LENGTH]
