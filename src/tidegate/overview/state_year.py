"""The state's year in numbers: how many senders are where with each file type."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from tidegate.file_types import FileType
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import LastFile, Standing


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
    known: dict[str, dict[str, int]] = {}
    closed = Organization.objects.filter(closed_on__lt=school_year.first_day).order_by().values("pk")
    of_senders = LastFile.objects.filter(school_year=school_year).exclude(organization__in=closed).order_by()
    counted = of_senders.values_list("file_type", "standing")
    for slug, standing, count in counted.annotate(senders=Count("*")):
        known.setdefault(slug, {})[standing] = count
    return [_of_type(each, known.get(slug, {}), sender_count) for slug, each in types.items()]


def _of_type(file_type: FileType, known: Mapping[str, int], sender_count: int) -> TypeStandings:
    counts = {standing: known.get(standing, 0) for standing in Standing}
    counts[Standing.NONE] = max(0, sender_count - sum(counts.values()) + counts[Standing.NONE])
    return TypeStandings(file_type, counts)
