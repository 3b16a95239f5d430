"""Takes a snapshot: freezes what a period's reports read, in one statement, so as it was at one moment."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib.metadata import version

from django.db import transaction
from django.utils import timezone
from psycopg import sql

from tidegate.accountability.definitions.definition import Definition, find_definition
from tidegate.accountability.frozen_lines.definition import table_of_definition
from tidegate.accountability.frozen_lines.tables import FrozenTable, frozen_tables, students_counted
from tidegate.accountability.models import FrozenLine, Snapshot
from tidegate.accountability.periods.period import Period
from tidegate.accountability.reports import find_reports
from tidegate.accountability.snapshots.content import hash_of, hash_of_description, hash_of_found
from tidegate.accountability.snapshots.findings import noted_findings
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_take_snapshots
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.digest import rule_set_digest
from tidegate.file_types import find
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.copy_rows import raw_cursor, table_of
from tidegate.reference.models import SchoolYear as StoredSchoolYear

TAKEN = "snapshot.taken"
"""The act in the audit log; its details have the hash, and those of what was found and of how lines are read, too."""
# One statement sees one moment of the database: uploads go on beside it, and nobody waits for a lock.
_FREEZE = sql.SQL("""
    WITH counted AS MATERIALIZED ({counted}), noted AS ({noted})
    INSERT INTO {lines} (snapshot_id, table_name, cells, version_id)
    SELECT {snapshot}, frozen.* FROM ({tables}) frozen
""")
# What a statement does not see was written by a transaction that had begun and not ended, or by a later one. Versions
# are stamped while they are written, so not before their transaction began. Of another role's transactions the time
# cannot be read, unless the role may see all.
_OLDEST = sql.SQL("""
    SELECT min(coalesce(xact_start, now())),
        bool_or(usesysid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
            AND NOT pg_has_role('pg_read_all_stats', 'USAGE'))
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
""")
_CLOCK = timedelta(minutes=1)
"""By how much the clock of the database may have been set back since."""


@transaction.atomic
def take_snapshot(
    period: Period, school_year: StoredSchoolYear, *, by: Person | None, on: date | None = None
) -> Snapshot:
    """Freeze what a period counts in a school year, and return the snapshot.

    Args:
        period: The period.
        school_year: The school year.
        by: Who takes it; None is the operator at the command line.
        on: The day on which it is taken; today by default.

    Raises:
        NotAllowed: The person may not take snapshots.
        Conflict: It is outside the window, or the last snapshot is signed.
        NotFound: A report needs the definition of the school year, and there is none.
    """
    # The check takes a while to import, and pages import this module to ask whether a snapshot can be taken.
    from tidegate.accountability.snapshots.note_warnings import note_warnings

    year = school_year.period
    lock_period(period.slug, year.name)
    definition = check_can_be_taken(period, school_year, by=by, on=on or timezone.localdate())
    tables = [*frozen_tables(period, year), *([table_of_definition(definition)] if definition else [])]
    taken = Snapshot.objects.create(
        period=period.slug,
        title=period.title,
        school_year=school_year,
        count_day=period.count_day_in(year),
        taken_by=by,
        tables=[{"name": table.name, "columns": table.columns, **table.roles} for table in tables],
        reports=period.file.reports,
        digests=digests_of(period, year) | ({"definition": definition.digest} if definition else {}),
        app_version=version("tidegate"),
        changes_from=_changes_from(),
    )
    _freeze(taken, tables, students_counted(period, year), noted_findings(taken.pk, period, year))
    note_warnings(taken, period, year)
    taken.sha256, taken.has_noted_warnings = hash_of(taken), True
    taken.save(update_fields=["sha256", "has_noted_warnings"])
    taken.refresh_from_db()
    record_event(
        TAKEN,
        by=by,
        school_year=school_year,
        subject=taken,
        period=period.slug,
        sha256=taken.sha256,
        found_sha256=hash_of_found(taken),
        description_sha256=hash_of_description(taken),
    )
    return taken


def check_can_be_taken(
    period: Period, school_year: StoredSchoolYear, *, by: Person | None, on: date
) -> Definition | None:
    """Refuse a snapshot that cannot be taken on a day, for the reasons of `take_snapshot`. Returns the definition of
    the school year, where a report needs one."""
    if by is not None:
        check_can_take_snapshots(by)
    period.check_is_open(on, school_year.period)
    _refuse_signed(period, school_year)
    return _definition_of(period, school_year.period)


def lock_period(period: str, school_year: str) -> None:
    """Let nobody else take or sign a snapshot of a period and school year until the transaction ends."""
    advisory_lock(f"snapshot {period} {school_year}")


def last_snapshot(period: Period, school_year: StoredSchoolYear) -> Snapshot | None:
    """Return the newest snapshot of a period in a school year."""
    return Snapshot.objects.filter(period=period.slug, school_year=school_year).order_by("-pk").first()


def digests_of(period: Period, school_year: SchoolYear) -> dict[str, str]:
    """Return the SHA-256 of the period's file, and of the rules and layout of each of its file types in the year."""
    types = map(find, period.file.file_types)
    rules = {
        f"rules of {each.slug}": rule_set_digest(each.layout.in_year(school_year), each.rules_by_code().values())
        for each in types
    }
    return {"period": period.digest, **rules}


def _definition_of(period: Period, school_year: SchoolYear) -> Definition | None:
    """Return the definition of the year where a report of the period asks for it."""
    is_needed = any(find_reports()[slug].needs_definition for slug in period.file.reports)
    return find_definition(school_year.name) if is_needed else None


def _refuse_signed(period: Period, school_year: StoredSchoolYear) -> None:
    last = last_snapshot(period, school_year)
    if last is not None and last.is_signed:
        raise Conflict(
            f"Snapshot {last.pk} of {period.title}, {school_year.name}, is {last.get_state_display().lower()}",
            fix="Reopen it with a reason before another one is taken",
            code="SIGNED",
        )


def _changes_from() -> datetime | None:
    """Return from when on versions are stamped that a statement which comes now may not see; None where it cannot be
    known."""
    with raw_cursor() as cursor:
        cursor.execute(_OLDEST)
        oldest, is_hidden = cursor.fetchone() or (None, True)
    return oldest - _CLOCK if isinstance(oldest, datetime) and not is_hidden else None


def _freeze(snapshot: Snapshot, tables: Sequence[FrozenTable], counted: sql.Composable, noted: sql.Composable) -> None:
    name = sql.Identifier(table_of(FrozenLine))
    statement = _FREEZE.format(
        counted=counted,
        noted=noted,
        lines=name,
        snapshot=snapshot.pk,
        tables=sql.SQL(" UNION ALL ").join(table.query for table in tables),
    )
    with raw_cursor() as cursor:
        cursor.execute(statement)
        cursor.execute(sql.SQL("ANALYZE {}").format(name))  # reports join tables of which the planner knows nothing yet
