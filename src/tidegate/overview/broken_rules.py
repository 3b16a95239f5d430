"""Which rules are broken most, and how many rows that left out: in the state or of a district, in a span of days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from tidegate.core.rules.rule import Rule
from tidegate.file_types import FileType, find_all
from tidegate.overview.loaded_files import loaded_uploads
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import FindingCount, RuleDay, Upload, UploadDay

RULE_DAYS = 30
"""Unless other days are asked for, the rules that are broken most are those of so many days, today included."""


@dataclass(frozen=True)
class Span:
    """The files of a school year that were loaded on these days, both included, for these organizations; `places` of
    None is the whole state."""

    school_year: SchoolYear
    first: date
    last: date
    places: Collection[int] | None = None

    @classmethod
    def of_last_days(cls, school_year: SchoolYear, places: Collection[int] | None = None) -> "Span":
        """Return the span that is shown unless another is asked for."""
        today = timezone.localdate()
        return cls(school_year, today - timedelta(days=RULE_DAYS - 1), today, places)


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


class LoadedRows(NamedTuple):
    """How many files were loaded, and how many of their rows were and were not."""

    upload_count: int
    loaded_count: int
    left_count: int

    @property
    def row_count(self) -> int:
        """How many rows the files have."""
        return self.loaded_count + self.left_count

    @property
    def error_percent(self) -> float | None:
        """How many of a hundred rows were not loaded; None where there were none."""
        return 100 * self.left_count / self.row_count if self.row_count else None


def count_rows(span: Span) -> LoadedRows:
    """Return how many rows were loaded and not loaded."""
    sums = {"uploads": Sum("upload_count"), "loaded": Sum("loaded_count"), "left": Sum("left_count")}
    if span.places is None:
        days = UploadDay.objects.filter(school_year=span.school_year, day__range=(span.first, span.last))
        counted = days.aggregate(**sums)
    else:
        counted = _uploads(span).aggregate(
            uploads=Count("pk"), loaded=Sum(F("success_count")), left=Sum(F("error_count"))
        )
    return LoadedRows(*(counted[name] or 0 for name in sums))


def rules_broken_most(span: Span, *, at_most: int) -> Sequence[BrokenRule]:
    """Return the rules with the most errors and warnings, the most frequent first."""
    types, rules = find_all(), _Summaries()
    return [
        BrokenRule(
            file_type=types.get(slug),
            slug=slug,
            code=code,
            summary=rules.of(slug, code),
            severity=severity,
            upload_count=uploads,
            finding_count=findings,
        )
        for slug, code, severity, uploads, findings in _counted(span)[:at_most]
    ]


def _counted(span: Span) -> "QuerySet[Any, Any]":
    if span.places is None:
        days = RuleDay.objects.filter(school_year=span.school_year, day__range=(span.first, span.last))
        by = ("file_type", "code", "severity")
        found: QuerySet[Any, Any] = days.exclude(severity="notice").order_by().values_list(*by)
        found = found.annotate(uploads=Sum("upload_count"), findings=Sum("finding_count"))
        return found.order_by("-findings", *by)
    by = ("upload__file_type", "code", "severity")
    kept = FindingCount.objects.filter(upload__in=_uploads(span).values("pk")).exclude(severity="notice")
    found = kept.order_by().values_list(*by)
    return found.annotate(uploads=Count("upload", distinct=True), findings=Sum("count")).order_by("-findings", *by)


def _uploads(span: Span) -> "QuerySet[Upload]":
    assert span.places is not None
    loaded = loaded_uploads(span.places, span.school_year)
    return loaded.filter(finished_at__gte=_start_of(span.first), finished_at__lt=_start_of(span.last, next_day=True))


def _start_of(day: date, *, next_day: bool = False) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=next_day), time.min))


class _Summaries:
    """What rules are about, in a sentence; those of each file type are read once."""

    def __init__(self) -> None:
        self._of_types: dict[str, Mapping[str, type[Rule]]] = {}

    def of(self, slug: str, code: str) -> str:
        if slug not in self._of_types:
            found = find_all().get(slug)
            self._of_types[slug] = found.rules_by_code() if found else {}
        rule = self._of_types[slug].get(code)
        return rule.summary.removesuffix(".") if rule else ""
