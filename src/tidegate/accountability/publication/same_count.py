"""Which publications and certificates count the same, so that both together say more than each alone."""

from collections.abc import Collection

from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Certificate, Publication, Snapshot
from tidegate.accountability.publication.document import published_reports
from tidegate.core.errors import NotFound
from tidegate.reference.advisory_lock import advisory_lock

_OF_A_DAY = ("student-count",)
_BY_DEFINITION = ("participation",)
"""The reports whose definition says whether they count who was enrolled on a day, or in the school year."""


def lock_what_is_told() -> None:
    """Let one transaction at a time publish or certify, until it ends: each looks at what the other has told, and of
    two at one moment neither would see the other. Whoever takes it holds the snapshot's row and has counted nothing
    yet: so everybody takes the locks in one order."""
    advisory_lock("publication of any year")


def published_before(snapshot: Snapshot, names: Collection[str]) -> list[Publication]:
    """Return what was published before and may count the same students as some reports or indicators of a snapshot, the
    oldest first: all of the same count day, and what counts the school year as these do, whatever its count day is."""
    of_year = Publication.objects.filter(snapshot__school_year=snapshot.school_year)
    found = of_year.select_related("snapshot", "snapshot__school_year").order_by("pk")
    return [each for each in found if counts_the_same(each, snapshot, names)]


def counts_the_same(publication: Publication, snapshot: Snapshot, names: Collection[str]) -> bool:
    """Whether a publication of the same school year may count the same students as some reports or indicators of a
    snapshot."""
    return _is_same_count(snapshot, names, publication.snapshot, names_in(publication))


def certificates_of_same(snapshot: Snapshot, name: str) -> list[Certificate]:
    """Return the certificates that may say a report or an indicator of the same students as a snapshot has, its own
    among them, the oldest first: a certificate is told of for ever, also after its count was reopened."""
    of_year = Certificate.objects.filter(snapshot__school_year=snapshot.school_year)
    found = of_year.select_related("snapshot", "snapshot__school_year").order_by("pk")
    return [each for each in found if _is_same_count(snapshot, [name], each.snapshot, [name])]


def _is_same_count(snapshot: Snapshot, names: Collection[str], other: Snapshot, others: Collection[str]) -> bool:
    if other.count_day == snapshot.count_day:
        return True
    return not _is_of_a_day(snapshot, names) and not _is_of_a_day(other, others)


def names_in(publication: Publication) -> list[str]:
    """Return the reports or indicators of a publication."""
    return [report.slug for report in published_reports(publication)]


def _is_of_a_day(snapshot: Snapshot, names: Collection[str]) -> bool:
    """Whether one of some reports or indicators counts who is there on the count day. What is not known to do so is
    taken to count the school year: it is then guarded beside more."""
    return any(name in _OF_A_DAY or (name in _BY_DEFINITION and _has_day(snapshot)) for name in names)


def _has_day(snapshot: Snapshot) -> bool:
    try:
        return definition_of(snapshot).file.base == "count-day"
    except NotFound:
        return False
