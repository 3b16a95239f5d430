"""The senders of the state with what each has sent: a list of any length, filtered and sorted by the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from tidegate.accounts.roles import ROLES, Permission
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.file_types import FileType
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import WITH_A_FILE, LastFile, Standing

SENDERS_ON_A_PAGE = 100
SENDING_KINDS = sorted(
    {kind for role in ROLES.values() if Permission.SEND_UPLOADS in role.permissions for kind in role.organization_kinds}
)
"""The kinds of organizations that send files by themselves: those at which a role may be held that sends."""


class Order(NamedTuple):
    """An order of the list. By a key it sorts those who have a last file that counts; the others are in order of name.

    Attributes:
        label: What it is called.
        key: What is sorted by, of the last files of a sender together; blank sorts everybody by name.
        counts: Which last files count.
        of_all: Whether the key is of all last files of a sender that has one that counts.
        upwards: Whether the least comes first; then the others come before it.
    """

    label: str
    key: str = ""
    counts: str = ""
    of_all: bool = False
    upwards: bool = False

    @property
    def sorted_by(self) -> str:
        """What the database sorts by."""
        return f"sent.sort_key {'' if self.upwards else 'DESC'}, {_BY_NAME}"

    @property
    def others(self) -> str:
        """The condition that a sender has no last file that counts."""
        return (
            f"NOT EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND {_ASKED} AND {self.counts})"
        )

    def joined(self, *, top: bool) -> str:
        """Return the join with those who have a key; with `top` the first `%(top)s` alone, and whoever is level with
        the last of them."""
        where, having = ("", f"HAVING bool_or({self.counts})") if self.of_all else (f"AND {self.counts}", "")
        first = f"ORDER BY sort_key {'' if self.upwards else 'DESC'} FETCH FIRST %(top)s ROWS WITH TIES"
        return f"""
            JOIN (
                SELECT organization_id, {self.key} AS sort_key FROM uploads_lastfile WHERE {_ASKED} {where}
                GROUP BY organization_id {having} {first if top else ""}
            ) sent ON sent.organization_id = place.id
        """


# What a sender has sent of a file type that is not collected any more is not asked for.
_ASKED = """school_year_id = %(year)s AND (%(file_type)s = '' OR file_type = %(file_type)s)
    AND (%(file_type)s <> '' OR file_type = ANY(%(file_types)s::text[]))"""
_BY_NAME = "place.name, place.id"
SORTS: Mapping[str, Order] = {
    "": Order("Name, A to Z"),
    "silent": Order("Longest silent first", "max(sent_at)", "sent_at IS NOT NULL", upwards=True),
    "newest": Order("Last sent first", "max(sent_at)", "sent_at IS NOT NULL"),
    "errors": Order("Most rows to correct first", "sum(error_count)", "error_count > 0"),
    "rate": Order(
        "Highest error rate first",
        "sum(error_count)::float / nullif(sum(row_count), 0)",
        "error_count > 0",
        of_all=True,
    ),
}
"""The orders of the list."""
_HAS_STANDING = f"""
    EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND {_ASKED} AND standing = %(standing)s)
"""
# Whoever lacks one of the file types is asked for by those who lack none, whom the database finds all at once.
_HAS_NOTHING = """
    place.id NOT IN (SELECT organization_id FROM uploads_lastfile WHERE school_year_id = %(year)s
        AND file_type = ANY(%(file_types)s::text[]) AND standing = ANY(%(with_a_file)s)
        GROUP BY organization_id HAVING count(*) >= cardinality(%(file_types)s::text[]))
"""
_HAS_NOTHING_OF_ONE = """
    NOT EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND school_year_id = %(year)s
        AND file_type = %(file_type)s AND standing = ANY(%(with_a_file)s))
"""
_IS_SILENT = f"""
    NOT EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND {_ASKED} AND sent_at >= %(before)s)
"""
_HAS_SENT = f"""
    place.id IN (SELECT organization_id FROM uploads_lastfile WHERE {_ASKED} AND sent_at >= %(before)s)
"""
# An organization that closed before the school year began owes nothing.
_IS_SENDER = "place.kind = ANY(%(kinds)s) AND (place.closed_on IS NULL OR place.closed_on >= %(first_day)s)"
_PLACES_PER_PIECE = 500


@dataclass(frozen=True)
class SenderFilter:
    """Which senders are asked for, and in which order; blank asks for all.

    With `file_type` the other filters and the order are about files of this type. `silent_days` asks for those that
    have sent nothing for so many days, or never. `types` are the file types that the state collects.
    """

    school_year: SchoolYear
    types: Mapping[str, FileType]
    text: str = ""
    file_type: str = ""
    standing: str = ""
    silent_days: int = 0
    sort: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether some senders may be left out."""
        return bool(self.text or self.standing or self.silent_days)

    @property
    def shown_types(self) -> list[FileType]:
        """The file types that are asked for."""
        return [each for slug, each in self.types.items() if self.file_type in ("", slug)]


class SenderCell(NamedTuple):
    """Where a sender is with a file type; `upload_id` is the file that says so, the last that has errors if any has."""

    standing: Standing = Standing.NONE
    upload_id: int | None = None
    sent_at: datetime | None = None
    row_count: int = 0
    error_count: int = 0

    @property
    def in_words(self) -> str:
        """What a list shows where no number says more."""
        return self.standing.label


@dataclass(frozen=True)
class Sender:
    """A sender with its cells by the file types that are asked for. Its counts are of the last file of each."""

    organization: Organization
    cells: Mapping[str, SenderCell] = field(default_factory=dict)

    @property
    def sent_at(self) -> datetime | None:
        """When it sent its last file of any of them."""
        return max((cell.sent_at for cell in self.cells.values() if cell.sent_at), default=None)

    @property
    def row_count(self) -> int:
        """How many rows its last files have."""
        return sum(cell.row_count for cell in self.cells.values())

    @property
    def error_count(self) -> int:
        """How many rows it still has to correct."""
        return sum(cell.error_count for cell in self.cells.values())

    @property
    def error_percent(self) -> float | None:
        """How many of a hundred rows are still to be corrected; None where it has sent none."""
        return 100 * self.error_count / self.row_count if self.row_count else None


def count_senders(asked: SenderFilter, *, of: int | None = None) -> int:
    """Return how many senders are asked for. `of` is how many there are in all, where that is known: then those that
    are not silent are counted, which are found by their time."""
    if of is not None and not asked.is_filtered:
        return of
    if of is not None and asked.silent_days and not (asked.text or asked.standing):
        return of - _count(asked, silent=_HAS_SENT)
    return _count(asked)


def _count(asked: SenderFilter, *, joined: str = "", only: str = "", silent: str = _IS_SILENT) -> int:
    query, values = _query(asked, "SELECT count(*)", joined=joined, only=only, silent=silent)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        ((count,),) = cursor.fetchall()
    return int(count)


def find_senders(asked: SenderFilter, *, start: int = 0, limit: int | None = SENDERS_ON_A_PAGE) -> list[Sender]:
    """Return the senders that are asked for from the index `start` on, in order; a limit of None returns all."""
    ids = _ids(asked, start, limit)
    return list(_senders(ids, asked))


def senders_csv(asked: SenderFilter) -> Iterator[bytes]:
    """Yield the senders that are asked for as CSV in UTF-8: a line for each sender and file type."""
    titles = ("OrganizationID", "Organization", "FileType", "Standing", "LastSentAt", "Upload", "Rows", "RowsToCorrect")
    yield csv_lines([titles])
    ids = _ids(asked, 0, None)
    for first in range(0, len(ids), _PLACES_PER_PIECE):
        for sender in _senders(ids[first : first + _PLACES_PER_PIECE], asked):
            yield csv_lines(
                _row(sender, each.name, sender.cells.get(each.slug, SenderCell())) for each in asked.shown_types
            )


def _row(sender: Sender, file_type: str, cell: SenderCell) -> list[object]:
    place = sender.organization
    sent_at = timezone.localtime(cell.sent_at).isoformat(timespec="seconds") if cell.sent_at else ""
    named = (place.identifier, place.name, file_type, cell.in_words)
    return [*named, sent_at, cell.upload_id or "", cell.row_count, cell.error_count]


def _ids(asked: SenderFilter, start: int, limit: int | None) -> list[int]:
    order = SORTS[asked.sort]
    if not order.key:
        return _ask(asked, start, limit)
    parts = [partial(_ask_by_key, asked), partial(_ask, asked, only=order.others)]
    first, second = reversed(parts) if order.upwards else parts
    found = first(start, limit)
    if len(found) == limit:
        return found
    of_first = {"only": order.others} if order.upwards else {"joined": order.joined(top=False)}
    first_count = _count(asked, **of_first) if start > 0 and not found else start + len(found)
    return found + second(max(0, start - first_count), None if limit is None else limit - len(found))


def _ask_by_key(asked: SenderFilter, start: int, limit: int | None) -> list[int]:
    """Return the IDs of senders who have a key, in its order."""
    order = SORTS[asked.sort]
    if limit is not None and not asked.is_filtered:
        # Few are looked up. Where one of them is no sender, as it has closed, the page is not full.
        found = _ask(asked, start, limit, joined=order.joined(top=True), order=order.sorted_by)
        if len(found) == limit:
            return found
    return _ask(asked, start, limit, joined=order.joined(top=False), order=order.sorted_by)


def _ask(
    asked: SenderFilter, start: int, limit: int | None, *, joined: str = "", only: str = "", order: str = _BY_NAME
) -> list[int]:
    """Return the IDs of senders in order.

    Args:
        asked: Which senders.
        start: The index of the first one.
        limit: How many at most; None is all.
        joined: What the order needs.
        only: One more condition.
        order: How the database sorts.
    """
    query, values = _query(asked, "SELECT place.id", joined=joined, only=only)
    values |= {"limit": limit, "start": start, "top": start + (limit or 0)}
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY {order} LIMIT %(limit)s OFFSET %(start)s", values)
        return [pk for (pk,) in cursor.fetchall()]


def _query(
    asked: SenderFilter, selected: str, *, joined: str = "", only: str = "", silent: str = _IS_SILENT
) -> tuple[str, dict[str, Any]]:
    """Return the SQL that asks for senders, and the values of its parameters.

    Args:
        asked: Which senders.
        selected: What is told of each.
        joined: What their order or `selected` needs.
        only: One more condition.
        silent: Which are silent, where that is asked for.
    """
    conditions = [_IS_SENDER, *([only] if only else [])]
    values: dict[str, Any] = {
        "kinds": SENDING_KINDS,
        "year": asked.school_year.first,
        "first_day": asked.school_year.first_day,
        "file_type": asked.file_type,
        "file_types": [each.slug for each in asked.shown_types],
        "standing": asked.standing,
        "with_a_file": WITH_A_FILE,
    }
    if asked.text:
        # Without letters outside of ASCII the names are compared as in C, by a quarter of the time.
        name = 'place.name COLLATE "C"' if asked.text.isascii() else "place.name"
        conditions.append(f"({name} ILIKE %(text)s OR place.identifier = %(exactly)s)")
        values |= {"text": f"%{_as_is(asked.text)}%", "exactly": asked.text}
    if asked.standing:
        has_nothing = _HAS_NOTHING_OF_ONE if asked.file_type else _HAS_NOTHING
        conditions.append(has_nothing if asked.standing == Standing.NONE else _HAS_STANDING)
    if asked.silent_days:
        conditions.append(silent)
        values["before"] = timezone.now() - timedelta(days=asked.silent_days)
    query = f"{selected} FROM reference_organization place {joined} WHERE {' AND '.join(conditions)}"
    return query, values


def _as_is(text: str) -> str:
    """Return a text in which no sign means any other to LIKE."""
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return text


def _senders(ids: Sequence[int], asked: SenderFilter) -> Iterator[Sender]:
    places = Organization.objects.in_bulk(ids)
    cells: dict[int, dict[str, SenderCell]] = {pk: {} for pk in ids}
    types = [each.slug for each in asked.shown_types]
    known = LastFile.objects.filter(organization__in=ids, school_year=asked.school_year, file_type__in=types)
    wanted = ("organization_id", "file_type", "standing", "upload_id", "sent_at", "row_count", "error_count")
    for pk, file_type, standing, *rest in known.values_list(*wanted):
        cells[pk][file_type] = SenderCell(Standing(standing), *rest)
    return (Sender(places[pk], cells[pk]) for pk in ids)
