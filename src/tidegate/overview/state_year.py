"""The state's year in numbers: how many senders are where with each file type, and which rules are broken most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from tidegate.core.rules.rule import Rule
from tidegate.file_types import FileType, find_all
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import LastFile, RuleDay, Standing

RULE_DAYS = 30
"""The rules that are broken most are those of so many days, today included."""


@dataclass(frozen=True)
class TypeStandings:
    """How many senders are where with a file type, in the order of `Standing`."""

    file_type: FileType
    counts: Mapping[Standing, int]


@dataclass(frozen=True)
class BrokenRule:
    """A rule that was broken, and how often: `finding_count` times in `upload_count` files."""

    file_type: FileType | None
    slug: str
    code: str
    summary: str
    severity: str
    upload_count: int
    finding_count: int


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


def rules_since() -> date:
    """Return the first of the days whose rules are counted."""
    return timezone.localdate() - timedelta(days=RULE_DAYS - 1)


def rules_broken_most(school_year: SchoolYear, *, at_most: int) -> Sequence[BrokenRule]:
    """Return the rules with the most errors and warnings of the last days, the most frequent first."""
    of_days = RuleDay.objects.filter(school_year=school_year, day__gte=rules_since()).exclude(severity="notice")
    by = ("file_type", "code", "severity")
    counted = of_days.order_by().values(*by).annotate(uploads=Sum("upload_count"), findings=Sum("finding_count"))
    types, rules = find_all(), _Summaries()
    return [
        BrokenRule(
            file_type=types.get(each["file_type"]),
            slug=each["file_type"],
            code=each["code"],
            summary=rules.of(each["file_type"], each["code"]),
            severity=each["severity"],
            upload_count=each["uploads"],
            finding_count=each["findings"],
        )
        for each in counted.order_by("-findings", *by)[:at_most]
    ]


class _Summaries:
    """What rules are about, in a sentence; those of each file type are read once."""

    def __init__(self) -> None:
        self._of_types: dict[str, dict[str, type[Rule]]] = {}

    def of(self, slug: str, code: str) -> str:
        if slug not in self._of_types:
            found = find_all().get(slug)
            self._of_types[slug] = found.rules_by_code() if found else {}
        rule = self._of_types[slug].get(code)
        return rule.summary.removesuffix(".") if rule else ""
