"""The senders of the state with what each has sent: a list of any length, filtered and sorted by the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from tidegate.accounts.roles import ROLES, Permission
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.file_types import FileType
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import LastFile, Standing

SENDERS_ON_A_PAGE = 100
SENDING_KINDS = sorted(
    {kind for role in ROLES.values() if Permission.SEND_UPLOADS in role.permissions for kind in role.organization_kinds}
)
"""The kinds of organizations that send files by themselves: those at which a role may be held that sends."""
SORTS: Mapping[str, tuple[str, str]] = {
    "": ("Name, A to Z", "place.name, place.id"),
    "silent": ("Longest silent first", "sent.sent_at NULLS FIRST, place.name, place.id"),
    "newest": ("Last sent first", "sent.sent_at DESC NULLS LAST, place.name, place.id"),
    "errors": ("Most rows to correct first", "sent.error_count DESC, place.name, place.id"),
    "rate": (
        "Highest error rate first",
        "coalesce(sent.error_count::float / nullif(sent.row_count, 0), 0) DESC, place.name, place.id",
    ),
}
"""The orders of the list: what each is called, and how the database sorts."""
_SENT = """
    {join} (
        SELECT organization_id, max(sent_at) AS sent_at, sum(row_count) AS row_count, sum(error_count) AS error_count
        FROM uploads_lastfile WHERE school_year_id = %(year)s AND (%(file_type)s = '' OR file_type = %(file_type)s)
            {where}
        GROUP BY organization_id {having}
    ) sent ON sent.organization_id = place.id
"""
_SENT_OF_ALL = _SENT.format(join="LEFT JOIN", where="", having="")
_SENT_WITH_ERRORS: Mapping[str, str] = {
    "errors": _SENT.format(join="JOIN", where="AND error_count > 0", having=""),
    "rate": _SENT.format(join="JOIN", where="", having="HAVING sum(error_count) > 0"),
}
"""The orders in which whoever has rows to correct comes first, and then everybody else by name."""
_HAS_NO_ERRORS = """
    NOT EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND school_year_id = %(year)s
        AND (%(file_type)s = '' OR file_type = %(file_type)s) AND error_count > 0)
"""
_HAS_STANDING = """
    EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND school_year_id = %(year)s
        AND (%(file_type)s = '' OR file_type = %(file_type)s) AND standing = %(standing)s)
"""
_HAS_NOTHING = """
    (SELECT count(*) FROM uploads_lastfile WHERE organization_id = place.id AND school_year_id = %(year)s
        AND file_type = ANY(%(file_types)s::text[]) AND standing <> 'none') < cardinality(%(file_types)s::text[])
"""
_IS_SILENT = """
    NOT EXISTS (SELECT FROM uploads_lastfile WHERE organization_id = place.id AND school_year_id = %(year)s
        AND (%(file_type)s = '' OR file_type = %(file_type)s) AND sent_at >= %(before)s)
"""
_HAS_SENT = """
    place.id IN (SELECT organization_id FROM uploads_lastfile WHERE school_year_id = %(year)s
        AND (%(file_type)s = '' OR file_type = %(file_type)s) AND sent_at >= %(before)s)
"""
# An organization that closed before the school year began owes nothing.
_IS_SENDER = "place.kind = ANY(%(kinds)s) AND (place.closed_on IS NULL OR place.closed_on >= %(first_day)s)"
_PLACES_PER_PIECE = 500


@dataclass(frozen=True)
class Asked:
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


class Cell(NamedTuple):
    """Where a sender is with a file type; `upload_id` is its last file."""

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
    """A sender with its cells by file type. Its counts are of the last file of each type."""

    organization: Organization
    cells: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def sent_at(self) -> datetime | None:
        """When it sent its last file of any type."""
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


def count_senders(asked: Asked, *, of: int | None = None) -> int:
    """Return how many senders are asked for. `of` is how many there are in all, where that is known: then those that
    are not silent are counted, which are found by their time."""
    if of is not None and not asked.is_filtered:
        return of
    if of is not None and asked.silent_days and not (asked.text or asked.standing):
        return of - _count(asked, silent=_HAS_SENT)
    return _count(asked)


def _count(asked: Asked, *, joined: str = "", silent: str = _IS_SILENT) -> int:
    query, values = _query(asked, "SELECT count(*)", joined=joined, silent=silent)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        ((count,),) = cursor.fetchall()
    return int(count)


def find_senders(asked: Asked, *, start: int = 0, limit: int | None = SENDERS_ON_A_PAGE) -> list[Sender]:
    """Return the senders that are asked for from the index `start` on, in order; a limit of None returns all."""
    ids = _ids(asked, start, limit)
    return list(_senders(ids, asked.school_year))


def senders_csv(asked: Asked) -> Iterator[bytes]:
    """Yield the senders that are asked for as CSV in UTF-8: a line for each sender and file type."""
    titles = ("OrganizationID", "Organization", "FileType", "Standing", "LastSentAt", "Upload", "Rows", "RowsToCorrect")
    yield csv_lines([titles])
    ids = _ids(asked, 0, None)
    for first in range(0, len(ids), _PLACES_PER_PIECE):
        for sender in _senders(ids[first : first + _PLACES_PER_PIECE], asked.school_year):
            yield csv_lines(_row(sender, each.name, sender.cells.get(each.slug, Cell())) for each in asked.shown_types)


def _row(sender: Sender, file_type: str, cell: Cell) -> list[object]:
    place = sender.organization
    sent_at = timezone.localtime(cell.sent_at).isoformat(timespec="seconds") if cell.sent_at else ""
    named = (place.identifier, place.name, file_type, cell.in_words)
    return [*named, sent_at, cell.upload_id or "", cell.row_count, cell.error_count]


def _ids(asked: Asked, start: int, limit: int | None) -> list[int]:
    if asked.sort not in _SENT_WITH_ERRORS:
        return _ask(asked, start, limit, joined=_SENT_OF_ALL if asked.sort else "", order=SORTS[asked.sort][1])
    with_errors = _SENT_WITH_ERRORS[asked.sort]
    found = _ask(asked, start, limit, joined=with_errors, order=SORTS[asked.sort][1])
    if len(found) == limit:
        return found
    is_beyond = start > 0 and not found
    wrong_count = _count(asked, joined=with_errors) if is_beyond else start + len(found)
    left = None if limit is None else limit - len(found)
    return found + _ask(asked, max(0, start - wrong_count), left, only=_HAS_NO_ERRORS, order=SORTS[""][1])


def _ask(asked: Asked, start: int, limit: int | None, *, joined: str = "", only: str = "", order: str) -> list[int]:
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
    with connection.cursor() as cursor:
        cursor.execute(
            f"{query} ORDER BY {order} LIMIT %(limit)s OFFSET %(start)s", values | {"limit": limit, "start": start}
        )
        return [pk for (pk,) in cursor.fetchall()]


def _query(
    asked: Asked, selected: str, *, joined: str = "", only: str = "", silent: str = _IS_SILENT
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
    }
    if asked.text:
        conditions.append("(place.name ILIKE %(text)s OR place.identifier = %(exactly)s)")
        values |= {"text": f"%{_as_is(asked.text)}%", "exactly": asked.text}
    if asked.standing:
        conditions.append(_HAS_NOTHING if asked.standing == Standing.NONE else _HAS_STANDING)
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


def _senders(ids: Sequence[int], school_year: SchoolYear) -> Iterator[Sender]:
    places = Organization.objects.in_bulk(ids)
    cells: dict[int, dict[str, Cell]] = {pk: {} for pk in ids}
    known = LastFile.objects.filter(organization__in=ids, school_year=school_year)
    wanted = ("organization_id", "file_type", "standing", "upload_id", "sent_at", "row_count", "error_count")
    for pk, file_type, standing, *rest in known.values_list(*wanted):
        cells[pk][file_type] = Cell(Standing(standing), *rest)
    return (Sender(places[pk], cells[pk]) for pk in ids)
