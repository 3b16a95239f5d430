"""What a change of a list means, in sentences: how many rows, which stored records, and what looks like a mistake."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Count
from django.utils import timezone

from tidegate.administration.changes import counts_of
from tidegate.administration.differences import Difference, DifferenceKind, Row, read_differences
from tidegate.administration.lists import find_list
from tidegate.administration.models import ListChange, ListChangeAct
from tidegate.core.format_day import format_day
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.models import Code

_VERBS: dict[DifferenceKind, tuple[str, str]] = {
    DifferenceKind.ADDED: ("is new", "are new"),
    DifferenceKind.CHANGED: ("changes", "change"),
    DifferenceKind.ENDED: ("ends", "end"),
    DifferenceKind.REMOVED: ("is removed", "are removed"),
}
_CLOSES = ("closes", "close")
_FIELDS = {
    "title": "Title",
    "first_year": "First year",
    "last_year": "Last year",
    "identifier": "ID",
    "name": "Name",
    "kind": "Kind",
    "parent_id": "Belongs to",
    "local_id": "Local ID",
    "closed_on": "Closed on",
}


class Preview:
    """A change of a list as people read it, before and after it was made."""

    def __init__(self, change: ListChange) -> None:
        self.change = change
        self.list = find_list(change.list_name)
        self.differences = read_differences(change.differences)

    def counts(self) -> list[str]:
        """Return `3 codes end`, and what stays as it is."""
        said = []
        for kind, count in counts_of(self.differences).items():
            verbs = _CLOSES if kind is DifferenceKind.ENDED and self.list.is_of_organizations else _VERBS[kind]
            said.append(f"{count:,} {self.list.noun[count != 1]} {verbs[count != 1]}")
        if unchanged := self.change.unchanged_count:
            said.append(f"{unchanged:,} {'is' if unchanged == 1 else 'are'} as on file")
        return said

    def touched(self) -> list[str]:
        """Return which stored records, people and uploads the change touches, a sentence each."""
        return self.list.touched(self.differences)

    def missing(self) -> str:
        """Return the sentence about rows that the file does not have and that stay; blank where there are none."""
        count = self.change.missing_count
        if not count:
            return ""
        noun = self.list.noun[count != 1]
        stays = "is not in the file and stays as it is" if count == 1 else "are not in the file and stay as they are"
        return f"{count:,} {noun} on file {stays}"

    def warnings(self) -> list[str]:
        """Return what looks like the wrong file, a sentence each."""
        is_import = self.change.act == ListChangeAct.IMPORT
        return list(_warnings(self)) if is_import and self.differences else []

    def of_kind(self, kind: DifferenceKind) -> list[Difference]:
        """Return the differences of one kind."""
        return [each for each in self.differences if each.kind is kind]


def _warnings(preview: Preview) -> Iterator[str]:
    change = preview.change
    made = ListChange.objects.filter(list_name=change.list_name, made_at__isnull=False)
    same = made.filter(file_sha256=change.file_sha256).exclude(pk=change.pk).exclude(file_sha256="").first()
    if same and same.made_at:
        yield f"This very file was imported on {format_day(timezone.localdate(same.made_at))}: is it last year's?"
    elif back := _taken_back(preview.differences, made.exclude(pk=change.pk)):
        yield (
            f"The file puts {back:,} {preview.list.noun[back != 1]} back to what an earlier change has changed: is it "
            "last year's?"
        )
    if other := _looks_like(preview):
        yield f"No code of the file is in this list, and all of them are in {other}: is it the file of that list?"


def _taken_back(differences: Iterable[Difference], made: Iterable[ListChange]) -> int:
    """Return how many rows would be again what they were before a change that was made."""
    were = {(each.key, _as_key(each.before)) for change in made for each in read_differences(change.differences)}
    return sum((each.key, _as_key(each.after)) in were for each in differences if each.before is not None)


def _as_key(row: Row | None) -> tuple[tuple[str, object], ...] | None:
    return None if row is None else tuple(sorted(row.items()))


def _looks_like(preview: Preview) -> str:
    """Return the name of another code list that has all codes of a file of which this list has none; blank is none."""
    keys = [each.key for each in preview.differences if each.kind is DifferenceKind.ADDED]
    is_all_new = len(keys) == len(preview.differences) and not preview.change.unchanged_count
    if preview.list.is_of_organizations or not is_all_new or not preview.change.missing_count:
        return ""
    others = Code.objects.exclude(list_name=preview.list.name).filter(code__in=keys)
    counts = others.order_by("list_name").values_list("list_name").annotate(count=Count("pk"))
    return next((name for name, count in counts if count == len(keys)), "")


def fields_that_differ(difference: Difference, names: dict[int, str]) -> list[tuple[str, str, str]]:
    """Return each field that differs: what it is called, what it was and what it will be. `names` has those of
    organizations."""
    before, after = difference.before or {}, difference.after or {}
    return [
        (said, _in_words(field, before.get(field), names), _in_words(field, after.get(field), names))
        for field, said in _FIELDS.items()
        if before.get(field) != after.get(field)
    ]


def _in_words(field: str, value: object, names: dict[int, str]) -> str:
    if value is None or value == "":
        return ""
    if field in ("first_year", "last_year"):
        return SchoolYear(int(str(value))).name
    if field == "parent_id":
        return names.get(int(str(value)), str(value))
    return str(value)


def parents_in(differences: Sequence[Difference]) -> set[int]:
    """Return the keys of the organizations that the rows belong to, before and after."""
    rows = [row for each in differences for row in (each.before, each.after) if row is not None]
    return {row["parent_id"] for row in rows if row.get("parent_id") is not None}
