"""What an act on windows would do, before it is done: the act is carried out, looked at and rolled back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tidegate.core.format_day import format_day
from tidegate.file_types import FileType, find
from tidegate.overview.senders import SENDING_KINDS
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.models.organization import open_in
from tidegate.uploads.models import LastFile, Standing, State, Upload
from tidegate.windows.collection import CAN_SEND, Collection, Windows
from tidegate.windows.describe_window import describe_window

MAX_NAMED = 10
_UNDER_WAY = (State.WAITING, State.PROCESSING, State.ON_HOLD)


@dataclass(frozen=True)
class NamedOrganizations:
    """Organizations: how many there are, and the first by name."""

    count: int
    first: Sequence[Organization] = ()

    @property
    def in_words(self) -> str:
        """Their names with IDs, and how many more there are."""
        names = [f"{each.name} ({each.identifier})" for each in self.first]
        more = self.count - len(names)
        return ", ".join([*names, *([f"and {more:,} more"] if more else [])])


@dataclass(frozen=True)
class WindowChange:
    """What would become of the collection of a file type.

    Attributes:
        file_type: The file type.
        organization: For whom; None is everybody.
        before: How it is collected now.
        after: How it would be collected then.
        today: The day in the state's time zone.
        senders: Who is concerned.
        own: Who has a window of their own, so that nothing changes there.
        silent: Who of the senders has sent nothing.
        standings: How many of the senders are where.
        received: When the files were received that are not finished.
        late_count: The late allowances that stay as they are.
    """

    file_type: FileType
    organization: Organization | None
    before: Collection
    after: Collection
    today: date
    senders: NamedOrganizations
    own: NamedOrganizations
    silent: NamedOrganizations
    standings: Mapping[str, int]
    received: Sequence[datetime]
    late_count: int

    @property
    def now(self) -> str:
        """What it says today, as people read it."""
        return _in_words(self.before, self.today)

    @property
    def then(self) -> str:
        """What it would say today."""
        return _in_words(self.after, self.today)

    @property
    def opens(self) -> bool:
        """Whether files can be loaded then that cannot be now."""
        return self._can(self.after) and not self._can(self.before)

    @property
    def closes(self) -> bool:
        """Whether files can be loaded now that cannot be then."""
        return self._can(self.before) and not self._can(self.after)

    def _can(self, collection: Collection) -> bool:
        return collection.state_on(self.today) in CAN_SEND

    def sentences(self) -> list[str]:
        """Return what it means, most important first."""
        return [*self._today(), *self._whom(), *self._sent(), *self._under_way(), *self._late()]

    def _today(self) -> Iterator[str]:
        day = f"Today is {format_day(self.today)} in the state's time zone ({settings.TIME_ZONE})"
        if self.opens:
            yield f"{day}: files are loaded from now on"
        elif self.closes:
            yield f"{day}: from now on no file is loaded, corrected or undone; it can only be checked"
        elif self._can(self.after):
            yield f"{day}: files are loaded today, as they are now"
        else:
            yield f"{day}: no file is loaded today, as it is now"

    def _whom(self) -> Iterator[str]:
        if self.organization is not None:
            schools = self.organization.schools.count()
            its = f" and its {_count(schools, 'school', 'schools')}" if schools else ""
            yield f"It counts for {self.organization.name}{its}"
        else:
            yield f"It counts for {_count(self.senders.count, 'sender', 'senders')}"
        if self.own.count:
            said = "organization has a window of its own", "organizations have windows of their own"
            yield f"{_count(self.own.count, *said)}, where nothing changes: {self.own.in_words}"

    def _sent(self) -> Iterator[str]:
        if self.silent.count:
            have = "has" if self.silent.count == 1 else "have"
            yield f"{self.silent.count:,} {have} sent nothing for {self.after.school_year.name}: {self.silent.in_words}"
        if wrong := self.standings.get(Standing.ERRORS, 0):
            yield f"{_count(wrong, 'has', 'have')} rows to correct"
        if done := self.standings.get(Standing.CLEAN, 0) + self.standings.get(Standing.NOTHING, 0):
            yield f"{_count(done, 'has', 'have')} nothing left to do; what is on file stays"

    def _under_way(self) -> Iterator[str]:
        count, window = len(self.received), self.after.window
        if not count:
            return
        outside = [at for at in self.received if window and not window.opens <= timezone.localdate(at) <= window.closes]
        said = "file was received and is not finished", "files were received and are not finished"
        which = "" if count == 1 else f"{len(outside):,} of {count:,} "
        of_them = f", {which}outside of the new days" if outside else ""
        yield f"{_count(count, *said)}{of_them}: it was open when they came, so they are loaded all the same"

    def _late(self) -> Iterator[str]:
        if self.late_count:
            yield _count(self.late_count, "late allowance stays as it is", "late allowances stay as they are")


def preview_window_change(
    act: Callable[[], object], school_year: SchoolYear, *, slugs: Iterable[str], organization: Organization | None
) -> list[WindowChange]:
    """Return what an act would change, of these file types; a Refusal where it is declined.

    Args:
        act: The act: it is carried out and rolled back, so that what is shown is what is done.
        school_year: The school year whose windows it changes.
        slugs: The file types that it may change.
        organization: For whom; None is everybody.
    """
    with transaction.atomic():
        before = Windows.of(school_year)
        act()
        after = Windows.of(SchoolYear.objects.get(pk=school_year.pk))
        transaction.set_rollback(True)
    pairs = [(before.find(slug, organization), after.find(slug, organization)) for slug in slugs]
    changed = [(old, new) for old, new in pairs if _said(old) != _said(new)]
    return [_change(old, new, organization, before=before, after=after) for old, new in changed]


def version_of(found: Collection) -> str:
    """Return what tells whether somebody has changed a collection since it was shown."""
    return "-".join(str(each.pk) if each else "" for each in (found.window, found.allowance))


def _said(found: Collection) -> tuple[object, ...]:
    window, allowance = found.window, found.allowance
    days = (window.opens, window.due, window.closes) if window else None
    return days, allowance.until if allowance else None, found.is_collected, found.school_year.closed_at


def _change(
    old: Collection, new: Collection, organization: Organization | None, *, before: Windows, after: Windows
) -> WindowChange:
    slug, year = new.file_type, new.school_year
    is_by_window = old.is_collected and new.is_collected
    own_ids = [pk for of, pk in after.windows if of == slug and pk is not None] if is_by_window else []
    senders = _senders(year, organization)
    own = Organization.objects.none()
    if organization is None:
        senders = senders.exclude(Q(pk__in=own_ids) | Q(parent__in=own_ids, parent__isnull=False))
        own = Organization.objects.filter(pk__in=own_ids)
    known = LastFile.objects.filter(school_year=year, file_type=slug, organization__in=senders.order_by().values("pk"))
    standings = dict(known.order_by().values_list("standing").annotate(number=Count("pk")))
    silent = senders.exclude(pk__in=known.exclude(standing=Standing.NONE).values("organization"))
    uploads = Upload.objects.filter(school_year=year, file_type=slug, check_only=False, state__in=_UNDER_WAY)
    if organization is not None:
        uploads = uploads.filter(Q(organization=organization) | Q(organization__parent=organization))
    return WindowChange(
        file_type=find(slug),
        organization=organization,
        before=old,
        after=new,
        today=timezone.localdate(),
        senders=NamedOrganizations(senders.count()),
        own=_named(own),
        silent=_named(silent),
        standings=standings,
        received=list(uploads.order_by("sent_at").values_list("sent_at", flat=True)),
        late_count=_count_late(slug, organization, before=before, after=after),
    )


def _count_late(slug: str, organization: Organization | None, *, before: Windows, after: Windows) -> int:
    """Return how many late allowances of a file type go on as before, of all or of an organization with its schools.

    What the act ends or replaces is not among them, although it is on file again: the act was rolled back.
    """
    stay = [
        owner
        for (of, owner), each in after.allowances.items()
        if of == slug and each.until >= timezone.localdate() and each == before.allowances.get((of, owner))
    ]
    if organization is None or not stay:
        return len(stay)
    schools = set(organization.schools.filter(pk__in=stay).values_list("pk", flat=True))
    return sum(owner == organization.pk or owner in schools for owner in stay)


def _senders(school_year: SchoolYear, organization: Organization | None) -> "QuerySet[Organization]":
    """Return who sends files for the school year, of all or of an organization with its schools."""
    found = Organization.objects.filter(open_in(school_year.period), kind__in=SENDING_KINDS)
    return found if organization is None else found.filter(Q(pk=organization.pk) | Q(parent=organization))


def _named(found: "QuerySet[Organization]") -> NamedOrganizations:
    first = list(found.order_by("name", "pk")[: MAX_NAMED + 1])
    if len(first) <= MAX_NAMED:
        return NamedOrganizations(len(first), first)
    return NamedOrganizations(found.count(), first[:MAX_NAMED])


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _in_words(found: Collection, day: date) -> str:
    label = found.state_on(day).label
    said = describe_window(found, day=day)
    if not said:
        return f"{label}, without an end"
    return said if said.startswith(label) else f"{label}. {said}"
