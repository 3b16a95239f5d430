"""The state's year in numbers: how many senders are where with each file type."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from tidegate.file_types import FileType
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import WITH_A_FILE, LastFile, Standing

# Each standing is a constant, so that the index of the standings is read, and nothing else.
_COUNTS = f"""
SELECT slug, {
    ", ".join(
        f"(SELECT count(*) FROM uploads_lastfile WHERE school_year_id = %(year)s AND file_type = slug AND "
        f"standing = '{standing}')"
        for standing in WITH_A_FILE
    )
} FROM unnest(%(types)s::text[]) slug
"""


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
    closed = LastFile.objects.filter(school_year=school_year, organization__closed_on__lt=school_year.first_day)
    known = _count_all(school_year, types)
    known.subtract(
        Counter((slug, Standing(standing)) for slug, standing in closed.values_list("file_type", "standing"))
    )
    return [_of_type(each, known, sender_count) for each in types.values()]


def _count_all(school_year: SchoolYear, types: Mapping[str, FileType]) -> Counter[tuple[str, Standing]]:
    """Return how many have sent a file type and are where, closed ones, too: few have closed, so that all are counted
    without a look at them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"year": school_year.pk, "types": list(types)})
        return Counter(
            {(slug, Standing(each)): n for slug, *counts in cursor for each, n in zip(WITH_A_FILE, counts, strict=True)}
        )


def _of_type(file_type: FileType, known: Counter[tuple[str, Standing]], sender_count: int) -> TypeStandings:
    counts: dict[Standing, int] = {standing: known[file_type.slug, standing] for standing in map(Standing, WITH_A_FILE)}
    return TypeStandings(file_type, {Standing.NONE: max(0, sender_count - sum(counts.values()))} | counts)
