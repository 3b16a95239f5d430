"""Publishes a snapshot: what the guard lets be seen of its named tables is frozen, for ever."""

import hashlib
import json

import msgspec
from django.db import transaction

from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Publication, Snapshot, SnapshotState
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.periods.publication_settings import PublicationSettings, has_circle, is_indicator
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.draft import Draft, draw_up
from tidegate.accountability.publication.same_count import lock_what_is_told, published_before
from tidegate.accountability.reports import slugs_of
from tidegate.accountability.signed_numbers import refuse_altered
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_publish_snapshots
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.reference.advisory_lock import advisory_lock

PUBLISHED = "snapshot.published"
"""The act in the audit log; its details have the hash of what was published, too."""


def publication_settings_of(snapshot: Snapshot) -> PublicationSettings:
    """Return what the state publishes of a snapshot's period; a Refusal where that is nothing, or not yet."""
    period = find_period(snapshot.period)
    settings = period.file.publication
    if settings is None:
        raise Conflict(
            f"The state publishes nothing of {period.title}",
            fix="Ask the state data team to name the tables in the period's file, under [publication]",
            code="NOTHING_TO_PUBLISH",
        )
    if snapshot.state == SnapshotState.OPEN:
        raise Conflict(
            f"Snapshot {snapshot.pk} was reopened, so another one takes its place",
            fix="Publish the snapshot that was taken after it, or take one first",
            code="SNAPSHOT_STATE",
        )
    _refuse_older(snapshot)
    if not snapshot.is_approved and not settings.before_signing:
        raise Conflict(
            f'Snapshot {snapshot.pk} is "{snapshot.get_state_display()}", and only an approved count is published',
            fix="Let two people sign it first, or let the period's file say before_signing = true",
            code="NOT_APPROVED",
        )
    _refuse_later_report(snapshot, settings)
    _refuse_another_report(snapshot, settings)
    _refuse_circle(snapshot, settings)
    return settings


def _refuse_older(snapshot: Snapshot) -> None:
    """Raise Conflict where another snapshot was taken since: readers would be told that this one is the newer count."""
    of_count = Snapshot.objects.filter(period=snapshot.period, school_year=snapshot.school_year)
    if later := of_count.filter(pk__gt=snapshot.pk).order_by("-pk").first():
        raise Conflict(
            f"Snapshot {later.pk} was taken since, and only the newest is published",
            fix=_instead_of(later),
            code="NOT_NEWEST",
        )


def _instead_of(later: Snapshot) -> str:
    if later.state == SnapshotState.OPEN:
        return f"Snapshot {later.pk} was reopened: take another one, and publish that"
    return f"Publish snapshot {later.pk}"


def _refuse_later_report(snapshot: Snapshot, settings: PublicationSettings) -> None:
    """Raise Conflict where a report came to the period after the snapshot was taken, so that nobody signed it."""
    for name in settings.tables:
        if not is_indicator(name) and name not in slugs_of(snapshot):
            raise Conflict(
                f"Snapshot {snapshot.pk} does not have the report {name}, which came to the period later",
                fix="Reopen the count with the reason and take another snapshot, or publish a report that it has",
                code="LATER_REPORT",
            )


def _refuse_circle(snapshot: Snapshot, settings: PublicationSettings) -> None:
    """Raise Conflict where tables that were published before and those of now are linked in a circle."""
    before = [
        table.dimensions
        for publication in published_before(snapshot, settings.tables)
        for report in published_reports(publication)
        for table in report.tables
        if not report.is_rate
    ]
    if has_circle([*before, *(table for name in settings.tables for table in settings.tables_of(name))]):
        raise Conflict(
            "With the tables that were published before, these are linked in a circle",
            fix="Publish only tables that were published before: a circle could give a small number away",
            code="TABLES_IN_A_CIRCLE",
        )


def _refuse_another_report(snapshot: Snapshot, settings: PublicationSettings) -> None:
    """Raise Conflict where another report of the same count was published: it may count the same students under other
    names, and the guard takes the numbers of one report together."""
    for publication in published_before(snapshot, settings.tables):
        other = {
            report.slug
            for report in published_reports(publication)
            if any(_may_count_the_same(report.slug, name) for name in settings.tables)
        } - settings.tables.keys()
        if other:
            raise Conflict(
                f"Publication {publication.pk} shows {min(other)} of the same students, and together with another"
                " report it could give a small number away",
                fix=f"Publish {min(other)} again; the workbook for the Department has all reports",
                code="ANOTHER_REPORT",
            )


def _may_count_the_same(one: str, other: str) -> bool:
    """Whether two reports or indicators may be of the same students. An indicator of who left before is not of those of
    one of this year."""
    if not (is_indicator(one) and is_indicator(other)):
        return True
    known = find_indicators()
    return one not in known or other not in known or known[one].of_leavers == known[other].of_leavers


def preview_publication(snapshot: Snapshot, *, by: Person | None) -> tuple[PublicationSettings, Draft]:
    """Return what would be published of a snapshot.

    Args:
        snapshot: The snapshot.
        by: Who asks; None is the operator at the command line.

    Returns:
        What the state publishes of the period, and how it would be seen.

    Raises:
        NotAllowed: The person may not publish.
        Conflict: The state publishes nothing of the period, or the snapshot is not approved.
    """
    if by is not None:
        check_can_publish_snapshots(by)
    settings = publication_settings_of(snapshot)
    return settings, draw_up(snapshot, settings)


@transaction.atomic
def publish_snapshot(snapshot: Snapshot, *, by: Person | None, by_token: bool = False) -> Publication:
    """Publish the named tables of a snapshot, and return what is published. It cannot be undone.

    Raises:
        NotAllowed: The person may not publish.
        Conflict: There is nothing to publish, or nothing new, or the snapshot is not approved, or its numbers are not
            those that were signed.
    """
    if by is not None:
        check_can_publish_snapshots(by)
    # The lock of the release before: during an upgrade an old process and a new one publish no count at one moment.
    advisory_lock(f"publication {snapshot.school_year.name} {snapshot.count_day}")
    # Locked and as it is now: nobody reopens it meanwhile.
    found = Snapshot.objects.select_for_update(of=("self",)).select_related("school_year").get(pk=snapshot.pk)
    # One at a time is drawn up: two count days may have students in common, and the indicators of two years, too.
    lock_what_is_told()
    refuse_altered(found, fix="Publish nothing; ask the state data team to find out")
    settings, draft = preview_publication(found, by=by)
    document = {"reports": msgspec.to_builtins(draft.reports)}
    sha256 = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    last = Publication.objects.filter(snapshot=found, sha256=sha256).order_by("-pk").first()
    # What was published as preliminary is published again once it is approved, with the same numbers.
    if last is not None and not (last.is_preliminary and found.is_approved):
        raise Conflict(
            f"Snapshot {found.pk} is published already, with just these numbers, as publication {last.pk}",
            fix="There is nothing to do: what is published is up to date",
            code="PUBLISHED",
        )
    published = Publication.objects.create(
        snapshot=found,
        snapshot_state=found.state,
        smallest=settings.smallest,
        edge_percent=settings.edge_percent,
        document=document,
        sha256=sha256,
        number_count=draft.number_count,
        hidden_count=draft.hidden_count,
        withheld_count=draft.withheld_count,
        published_by=by,
    )
    published.refresh_from_db()
    record_event(
        PUBLISHED,
        by=by,
        school_year=found.school_year,
        subject=found,
        by_token=by_token,
        publication=published.pk,
        sha256=sha256,
        snapshot_state=found.state,
    )
    return published
