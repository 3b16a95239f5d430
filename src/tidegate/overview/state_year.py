"""The state's year in numbers: how many senders are where with each file type."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tidegate.file_types import FileType
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import LastFile, Standing

_WITH_A_FILE: list[Standing] = [standing for standing in Standing if standing != Standing.NONE]


@dataclass(frozen=True)
class TypeStandings:
    """How many senders are where with a file type, in the order of `Standing`."""

    file_type: FileType
    counts: Mapping[Standing, int]


def count_standings(
    school_year: SchoolYear, types: Mapping[str, FileType], *, sender_count: int
) -> list[TypeStandings]:
    """Return for each of the file types how many senders are where; those without a file are the rest of all.
    Senders that had closed before the school year began are left out."""
    every = LastFile.objects.filter(school_year=school_year).order_by()
    closed = Organization.objects.filter(closed_on__lt=school_year.first_day).order_by().values("pk")
    known = _count(every)
    known.subtract(_count(every.filter(organization__in=closed)))  # few have closed: all are counted without a look
    return [_of_type(each, known, sender_count) for each in types.values()]


def _count(files: "QuerySet[LastFile]") -> Counter[tuple[str, Standing]]:
    """Return how many have sent a file type and are where. One group for each type takes two thirds of the time of one
    for each standing."""
    numbers = {str(standing): Count("organization", filter=Q(standing=standing)) for standing in _WITH_A_FILE}
    rows = files.values_list("file_type").annotate(**numbers)
    return Counter({(slug, each): n for slug, *counts in rows for each, n in zip(_WITH_A_FILE, counts, strict=True)})


def _of_type(file_type: FileType, known: Counter[tuple[str, Standing]], sender_count: int) -> TypeStandings:
    counts: dict[Standing, int] = {standing: known[file_type.slug, standing] for standing in _WITH_A_FILE}
    return TypeStandings(file_type, {Standing.NONE: max(0, sender_count - sum(counts.values()))} | counts)
