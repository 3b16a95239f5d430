"""The rows of the list of organizations, and what of the records and the people each touches."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Count, ProtectedError, Q
from django.utils import timezone

from tidegate.accounts.models import Membership
from tidegate.administration.codes import current_lines
from tidegate.administration.differences import Difference, DifferenceKind, Row
from tidegate.core.errors import Conflict
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_state
from tidegate.records.stored_lines import organization_fields, stored_lines
from tidegate.reference.models import Organization
from tidegate.reference.models import SchoolYear as StoredYear
from tidegate.uploads.models import State, Upload
from tidegate.windows.collection import CURRENT
from tidegate.windows.models import CollectionWindow, LateAllowance

ORGANIZATIONS = "organizations"
"""The name of the list, beside those of the code lists."""
_FIELDS = ("id", "identifier", "name", "kind", "parent_id", "local_id", "closed_on")
_UNDER_WAY = (State.WAITING, State.PROCESSING, State.ON_HOLD)


def organization_rows() -> dict[str, Row]:
    """Return every organization by its key, in order."""
    found = Organization.objects.order_by("pk").values(*_FIELDS)
    return {str(row["id"]): as_row(row) for row in found}


def row_of(organization: Organization) -> Row:
    """Return an organization as its row."""
    return as_row({name: getattr(organization, name) for name in _FIELDS})


def as_row(values: Row) -> Row:
    """Return the row of these values, days as JSON has them."""
    closed_on = values.get("closed_on")
    return {**values, "closed_on": closed_on.isoformat() if isinstance(closed_on, date) else closed_on}


def write_organizations(differences: Collection[Difference]) -> None:
    """Store the organizations as they are after the differences. A Conflict where one that goes is in use."""
    rows = [Organization(**_as_fields(each.after)) for each in differences if each.after is not None]
    Organization.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["identifier", "name", "kind", "parent", "local_id", "closed_on"],
        batch_size=5_000,
    )
    removed = [each for each in differences if each.kind is DifferenceKind.REMOVED]
    try:
        for is_sau in (False, True):
            keys = [each.row["id"] for each in removed if (each.row["parent_id"] is None) == is_sau]
            Organization.objects.filter(pk__in=keys).delete()
    except ProtectedError as error:
        raise Conflict(
            "An organization that this would remove has people, uploads or records by now",
            fix="Close it instead, which keeps everything that is on file",
        ) from error


def _as_fields(row: Row) -> Row:
    return {**row, "closed_on": date.fromisoformat(row["closed_on"]) if row["closed_on"] else None}


def touched_organizations(differences: Collection[Difference]) -> list[str]:
    """Return a sentence for each thing that the differences of organizations touch."""
    return [
        *_touched_by_closing([each for each in differences if each.kind is DifferenceKind.ENDED]),
        *_touched_by_moving([each for each in differences if _is_moved(each)]),
        *_renumbered(differences),
    ]


def _is_moved(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    return before is not None and after is not None and before["parent_id"] != after["parent_id"]


def _touched_by_closing(closed: list[Difference]) -> Iterator[str]:
    if not closed:
        return
    keys = [each.row["id"] for each in closed]
    below = Organization.objects.filter(parent__in=keys, closed_on__isnull=True).exclude(pk__in=keys).count()
    yield from _count(
        below, "school below it stays open: close or move it, too", "schools below stay open: close or move them, too"
    )
    later = _lines_in_later_years({each.row["id"]: date.fromisoformat(each.row["closed_on"]) for each in closed})
    yield from _count(
        later,
        "line of a school year after the close stays on file",
        "lines of school years after the close stay on file",
    )
    yield from _touched_of_collection(keys)
    people = Membership.objects.filter(organization__in=keys).values("person").distinct().count()
    yield from _count(
        people,
        "person has a role here, and keeps it for earlier school years",
        "people have a role here, and keep it for earlier school years",
    )
    # The district sends the rows of its schools.
    senders = {*keys, *(each.row["parent_id"] for each in closed)} - {None}
    busy = Upload.objects.filter(organization__in=senders, state__in=_UNDER_WAY).count()
    where = f"under way here or at the {present_state().word('sau')} that it belongs to, and will be finished"
    yield from _count(busy, f"upload is {where}", f"uploads are {where}")


def _touched_of_collection(keys: list[int]) -> Iterator[str]:
    """Yield how many windows and late allowances these organizations have of their own, of school years still open."""
    own = {"organization__in": keys, "school_year__closed_at": None}
    yield from _count(
        CollectionWindow.objects.filter(CURRENT, **own).count(),
        "collection window of its own stays, and counts for school years before the close",
        "collection windows of their own stay, and count for school years before the close",
    )
    yield from _count(
        LateAllowance.objects.filter(CURRENT, until__gte=timezone.localdate(), **own).count(),
        "late allowance stays: end it if nothing more is to come",
        "late allowances stay: end them if nothing more is to come",
    )


def _count(number: int, one: str, several: str) -> Iterator[str]:
    """Yield the sentence with its count, where there is anything to count."""
    if number:
        yield f"{number:,} {one if number == 1 else several}"


def _lines_in_later_years(closed: dict[int, date]) -> int:
    count = 0
    for lines in stored_lines():
        for field in organization_fields(lines.model):
            found = current_lines(lines).filter(**{f"{field}__in": list(closed)})
            for key, year, number in found.values_list(f"{field}_id", "school_year_id").annotate(number=Count("pk")):
                count += number if SchoolYear(year).first_day > closed[key] else 0
    return count


def _touched_by_moving(moved: list[Difference]) -> Iterator[str]:
    if not moved:
        return
    sau = present_state().word("sau")
    schools = [each.row["id"] for each in moved]
    left = {each.before["parent_id"] for each in moved if each.before}
    yield (
        f"It counts for every school year, earlier ones, too: a school belongs to one {sau} at a time. Snapshots keep "
        f"the {sau} with which they were taken"
    )
    for year, count in _lines_by_year(schools, left):
        is_closed = ", which is closed," if year.closed_at else ""
        yield from _count(
            count,
            f"line of {year.name}{is_closed} names the {sau} of before: it stays, and no longer fits",
            f"lines of {year.name}{is_closed} name the {sau} of before: they stay, and no longer fit",
        )
    lose, gain = _people_of(left), _people_of({each.row["parent_id"] for each in moved})
    yield from _count(
        lose,
        f"person of the {sau} of before will no longer reach the school",
        f"people of the {sau} of before will no longer reach the school",
    )
    yield from _count(
        gain,
        f"person of the {sau} that it moves to will reach it",
        f"people of the {sau} that it moves to will reach it",
    )
    busy = Upload.objects.filter(Q(organization__in=left) | Q(organization__in=schools), state__in=_UNDER_WAY).count()
    yield from _count(
        busy,
        "upload is under way here: what is checked after the move follows it",
        "uploads are under way here: what is checked after the move follows it",
    )


def _lines_by_year(schools: list[int], saus: set[int]) -> Iterator[tuple[StoredYear, int]]:
    """Yield the school years, the newest first, with how many current lines name one of the schools with one of the
    districts."""
    both = [lines for lines in stored_lines() if {"school", "sau"} <= set(organization_fields(lines.model))]
    counts: Counter[int] = Counter()
    wanted, year_of = {"school__in": schools, "sau__in": saus}, "school_year"
    for lines in both:
        years = current_lines(lines).filter(**wanted).order_by().values_list(year_of)
        counts.update(dict(years.annotate(number=Count("pk"))))
    for year in StoredYear.objects.filter(pk__in=counts).order_by("-first"):
        yield year, counts[year.pk]


def _people_of(organizations: set[int | None]) -> int:
    return Membership.objects.filter(organization__in=organizations - {None}).values("person").distinct().count()


def _renumbered(differences: Collection[Difference]) -> Iterator[str]:
    pairs = [(each.before, each.after) for each in differences]
    count = sum(bool(old and new and old["identifier"] != new["identifier"]) for old, new in pairs)
    yield from _count(
        count,
        "organization is written with another ID from now on",
        "organizations are written with other IDs from now on",
    )
