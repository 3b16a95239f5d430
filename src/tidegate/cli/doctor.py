"""`tidegate doctor`: says what is unsafe or unready."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from tidegate.uploads.storage.backup_names import LastBackups

_MIN_FREE_GB = 2
_STUCK_MINUTES = 10
_MAX_BACKUP_AGE_DAYS = 2
_UNSEALED_MINUTES = 5
_MIN_TOKEN_LENGTH = 20


@dataclass(frozen=True)
class HealthCheck:
    """One thing that was looked at, and what to do if it is not well."""

    is_well: bool
    subject: str
    advice: str = ""


def doctor() -> None:
    """Look at the database, the store, the worker and the settings. Exit status 1 if something is unsafe or unready."""
    from rich.console import Console

    from tidegate.cli.setup import set_up

    set_up()
    console = Console()
    answers = [*_database_or_none(), *_store(), *_keys(), *_backups(), *_settings()]
    for answer in answers:
        console.print(
            f"[green]well[/]    {answer.subject}"
            if answer.is_well
            else f"[red]not well[/] {answer.subject}: {answer.advice}"
        )
    raise typer.Exit(int(not all(answer.is_well for answer in answers)))


def _database_or_none() -> list[HealthCheck]:
    from django.db import InterfaceError, OperationalError

    try:
        return [*_database(), *_way_to_database(), *_log_of_database(), *_audit_log(), *_point_in_time(), *_mails()]
    except (InterfaceError, OperationalError):
        advice = "it does not answer: start PostgreSQL, or set TIDEGATE_DATABASE_URL right"
        return [HealthCheck(is_well=False, subject="database", advice=advice)]


def _way_to_database() -> Iterator[HealthCheck]:
    from django.db import connection

    encrypted = """
        SELECT inet_server_addr() IS NULL OR inet_server_addr() <<= ANY (ARRAY['127.0.0.0/8', '::1/128']::inet[])
            OR (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())
    """
    with connection.cursor() as cursor:
        cursor.execute(encrypted)
        advice = "students' data crosses the network in clear: add sslmode=verify-full to TIDEGATE_DATABASE_URL"
        yield HealthCheck(cursor.fetchone()[0], "the way to the database", advice)


def _database() -> Iterator[HealthCheck]:
    from django.conf import settings
    from django.db import connection

    from tidegate.uploads.monitoring.measure import workers_alive
    from tidegate.uploads.notifications.webhook_secrets import has_unreadable_secrets
    from tidegate.uploads.queue import AT_ONCE

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10_000
        yield HealthCheck(version >= 14, f"PostgreSQL {version}", "use PostgreSQL 14 or newer")
        of_release = _release()
        yield of_release
        if not of_release.is_well:
            return
        yield from _models()
        yield from _state()
        yield from _demo()
        yield from _groups()
        seconds = settings.TIDEGATE_STALLED_SECONDS
        alive = f"SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '{seconds} s'"
        cursor.execute(alive)
        count = -(-cursor.fetchone()[0] // len(AT_ONCE))  # the queue counts one for each of its queues
        yield HealthCheck(count > 0, f"workers alive: {count}", "start one: tidegate worker")
        lanes = workers_alive()
        advice = "those of the lane small take no large ones; start another: tidegate worker"
        yield HealthCheck(lanes["all"] > 0 or not lanes["small"], "a worker takes files of every size", advice)
        cursor.execute(
            "SELECT count(*) FROM uploads_upload WHERE state IN ('waiting', 'processing')"
            f" AND sent_at < now() - interval '{_STUCK_MINUTES} minutes'"
        )
        count = cursor.fetchone()[0]
        yield HealthCheck(
            not has_unreadable_secrets(),
            "secrets of webhooks can be read",
            "give all processes the TIDEGATE_SECRET_KEY of before, or replace the secrets on the page Webhooks",
        )
        yield HealthCheck(
            count == 0, f"uploads waiting for over {_STUCK_MINUTES} minutes: {count}", "look at the worker's log"
        )


def _release() -> HealthCheck:
    from tidegate.cli.setup import refuse_pending_migrations
    from tidegate.core.errors import Refusal
    from tidegate.reference.installed_state import OTHER_STATE

    try:
        refuse_pending_migrations()
    except Refusal as refusal:
        if refusal.code == OTHER_STATE:
            return HealthCheck(is_well=False, subject="state", advice=f"{refusal.message}. {refusal.fix}")
        return HealthCheck(is_well=False, subject="migrations", advice=refusal.fix)
    return HealthCheck(is_well=True, subject="migrations")


def _state() -> Iterator[HealthCheck]:
    from tidegate.core.layouts.state_package import present_state
    from tidegate.file_types.code_lists import how_to_import, lists_not_imported
    from tidegate.windows.collection import types_of_open_years

    yield HealthCheck(is_well=True, subject=f"state: {present_state().name}")
    for name, sentence in lists_not_imported(types_of_open_years()).items():
        yield HealthCheck(is_well=False, subject=f"code list {name}", advice=f"{sentence}: {how_to_import(name)}")


def _models() -> Iterator[HealthCheck]:
    from django.core.management import call_command

    from tidegate.records.missing_migrations import problems_of_migrations

    problems = list(problems_of_migrations())
    for problem in problems:
        yield HealthCheck(is_well=False, subject="the state's models and migrations", advice=problem)
    if problems:
        return
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0, interactive=False)
    except SystemExit:  # how this command says that there are changes
        yield HealthCheck(is_well=False, subject="the program's models", advice="tidegate manage makemigrations")
    else:
        yield HealthCheck(is_well=True, subject="every model has its migrations")


def _demo() -> Iterator[HealthCheck]:
    from django.conf import settings

    from tidegate.accounts.models import Person
    from tidegate.demo import find_demo

    demo = find_demo()
    emails = [person.email for person in demo.PEOPLE] if demo else []
    demo_people = Person.objects.filter(email__in=emails, is_active=True)
    is_demo = settings.TIDEGATE_DEMO or demo_people.exists()  # the variable may be set for the demo's process alone
    advice = "everybody knows its passwords: begin with an empty database, and unset TIDEGATE_DEMO"
    yield HealthCheck(not is_demo, "no demo", advice)


def _groups() -> Iterator[HealthCheck]:
    """Say which organizations the groups of the sign-in provider lead to; what could never be a role keeps every
    command from starting."""
    from django.conf import settings

    from tidegate.accounts.provider_groups import places_not_found

    if settings.TIDEGATE_SSO_GROUPS:
        missing = ", ".join(places_not_found())
        advice = f"no organization has the ID {missing}: correct TIDEGATE_SSO_GROUPS, or add the organization"
        yield HealthCheck(not missing, "groups of the sign-in provider lead to organizations on file", advice)


def _log_of_database() -> Iterator[HealthCheck]:
    from django.db import connection

    from tidegate.project.database import QUIET_LOG

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(QUIET_LOG)])
        loud = [name for name, value in cursor.fetchall() if value != QUIET_LOG[name]]
    advice = ", ".join(f"{name} = {QUIET_LOG[name]}" for name in loud)
    yield HealthCheck(not loud, "the database's log holds no values of students", f"set on the database: {advice}")


def _audit_log() -> Iterator[HealthCheck]:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from tidegate.audit.models import Event, Head, Unsealed
    from tidegate.project.grant_rights import changeable_tables

    if Unsealed._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - Django's public API
        return  # the migrations are not up to date, which is said already
    advice = (
        "run tidegate migrate as the owner of your own PostgreSQL, and the program as a role of its own "
        "(TIDEGATE_PROGRAM_ROLE; docs/operating, The audit log). The embedded one has a single role"
    )
    yield HealthCheck(not changeable_tables(), "the program can add to the audit log and not change it", advice)
    first = Unsealed.objects.order_by("event_id").first()
    since = Event.objects.filter(pk=first.event_id).values_list("at", flat=True).first() if first else None
    minutes = (timezone.now() - since).total_seconds() / 60 if since else 0
    subject = f"events of the audit log are sealed: the oldest waits for {minutes:.0f} minutes"
    yield HealthCheck(minutes < _UNSEALED_MINUTES, subject, "look at the worker's log; then run tidegate verify-audit")
    last = Head.objects.order_by("-day").first()
    is_fresh = not last or (timezone.now().date() - last.day).days <= 1
    folder = settings.TIDEGATE_AUDIT_HEADS_DIR
    yield HealthCheck(is_fresh, "the audit log has a signed head of today", f"look at the worker's log and at {folder}")


def _backups() -> Iterator[HealthCheck]:
    from django.conf import settings

    from tidegate.uploads.storage.backup_names import last_backups

    last, most_hours = _last_backup_by_hand(settings.TIDEGATE_DATA_DIR), 24 * _MAX_BACKUP_AGE_DAYS
    if settings.TIDEGATE_BACKUP_DIR:
        last = last_backups(Path(settings.TIDEGATE_BACKUP_DIR))
        most_hours = 2 * settings.TIDEGATE_BACKUP_HOURS
    made_at, failure = last.made_at, last.failure
    hours = (datetime.now(UTC) - made_at).total_seconds() / 3600 if made_at else None
    subject = "backups" if hours is None else f"the last backup is {hours:.0f} hours old"
    advice = (
        f"the last one failed: {failure}" if failure else "set TIDEGATE_BACKUP_DIR, or run tidegate backup every night"
    )
    is_fresh = hours is not None and hours < most_hours and not failure
    yield HealthCheck(is_fresh, subject, f"{advice}; or back the database and the files up yourself")
    if last.from_future:
        named = f"backups from the future: {', '.join(last.from_future)}"
        advice = "a clock was wrong when they were made: correct it, and rename them to when that was, or remove them"
        yield HealthCheck(is_well=False, subject=named, advice=advice)
    if last.gone_count:
        gone = f"files that the store had lost at the last backup: {last.gone_count:,}"
        advice = (
            "copy them from the folder uploads of an earlier backup into the store. Where none has them, backups go on "
            "without them, and tidegate doctor goes on to count them"
        )
        yield HealthCheck(is_well=False, subject=gone, advice=advice)


def _last_backup_by_hand(data_dir: Path) -> "LastBackups":
    from tidegate.cli.backup import LAST_BACKUP
    from tidegate.uploads.storage.backup_names import LastBackups, is_ahead

    stamp = data_dir / LAST_BACKUP
    if not stamp.exists():
        return LastBackups(None, 0, "", [])
    made_at, said = datetime.fromtimestamp(stamp.stat().st_mtime, UTC), stamp.read_text("utf-8").strip()
    if is_ahead(made_at):
        return LastBackups(None, 0, "", [str(stamp)])
    return LastBackups(made_at, int(said) if said.isdigit() else 0, "", [])


def _point_in_time() -> Iterator[HealthCheck]:
    from django.conf import settings
    from django.db import connection

    from tidegate.uploads.storage.backup_names import is_ahead
    from tidegate.uploads.storage.base_backups import HOME, SLOT, bases_in

    if settings.TIDEGATE_POINT_IN_TIME and settings.TIDEGATE_BACKUP_DIR:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s AND active", [SLOT])
            (is_received,) = cursor.fetchone()
        bases = bases_in(Path(settings.TIDEGATE_BACKUP_DIR) / HOME)
        made = [base.made_at for base in bases if not is_ahead(base.made_at)]
        since = f" since {min(made):%Y-%m-%d %H:%M} UTC" if made else ""
        advice = "look at the log of tidegate serve, which runs tidegate keep-point-in-time"
        yield HealthCheck(bool(is_received and made), f"any moment{since} can be brought back", advice)
        if named := ", ".join(base.folder.name for base in bases if is_ahead(base.made_at)):
            advice = "a clock was wrong when they were made: correct it; they go as newer ones are made"
            yield HealthCheck(is_well=False, subject=f"base backups from the future: {named}", advice=advice)


def _store() -> Iterator[HealthCheck]:
    from django.conf import settings

    yield from _object_store() if settings.TIDEGATE_STORE_URL else _folder(settings.TIDEGATE_UPLOADS_DIR)
    yield HealthCheck(
        bool(settings.TIDEGATE_STORE_KEY),
        "uploaded files are encrypted",
        "set TIDEGATE_STORE_KEY (tidegate new-store-key), or keep them on a disk that is encrypted itself",
    )


def _folder(folder: Path) -> Iterator[HealthCheck]:
    from django.db import DatabaseError, InterfaceError

    from tidegate.uploads.storage import store

    try:
        is_there = store.answers() and store.has_last_files()
    except (InterfaceError, DatabaseError):  # it does not answer, or has no tables yet: that is said already
        is_there = store.backend().answers()
    advice = (
        f"{folder} cannot be written to, or lacks the files of the last uploads: is its disk mounted? "
        f"Only where they are lost for good, make the folder {folder / 'arriving'}: they count as lost from the next "
        "upload on"
    )
    yield HealthCheck(is_there, "store of uploaded files", advice)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free // 1_000_000_000
    yield HealthCheck(free >= _MIN_FREE_GB, f"free disk space: {free} GB", "make room for the uploaded files")


def _object_store() -> Iterator[HealthCheck]:
    from obstore.exceptions import BaseError

    from tidegate.uploads.storage import store
    from tidegate.uploads.storage.objects import Objects, is_in_clear
    from tidegate.uploads.storage.probe import probe

    try:
        backend = store.backend()
    except (BaseError, ValueError):
        advice = "set TIDEGATE_STORE_URL right, and the provider's own variables for the address and credentials"
        yield HealthCheck(is_well=False, subject="object store", advice=advice)
        return
    assert isinstance(backend, Objects)
    for tried in probe(backend):
        advice = f"{tried.instead}; use a server that keeps it, or a folder that all machines share"
        yield HealthCheck(tried.is_kept, f"object store: {tried.what}", advice)
    yield HealthCheck(
        not is_in_clear(), "the way to the object store", "the files cross the network in clear: use https"
    )


def _keys() -> Iterator[HealthCheck]:
    from django.conf import settings

    keys = [settings.TIDEGATE_DATA_DIR / name for name in ("secret-key", "receipt-key.pem")]
    open_ones = [str(key) for key in keys if key.exists() and key.stat().st_mode & 0o077]
    yield HealthCheck(not open_ones, "keys are their owner's alone", f"chmod 600 {' '.join(open_ones)}")


def _mails() -> Iterator[HealthCheck]:
    """Say whether mails arrive: not which, and not to whom."""
    from django.conf import settings

    from tidegate.inbox.mail_backlog import mails_given_up, mails_waiting
    from tidegate.project.readiness import is_migrated

    if not settings.TIDEGATE_MAIL_URL or not is_migrated():
        return
    is_public = urlsplit(settings.TIDEGATE_SITE_URL).hostname not in ("localhost", "127.0.0.1", "::1")
    yield HealthCheck(is_public, "links in mails lead here", "set TIDEGATE_SITE_URL to the public address of the site")
    waiting, given_up = mails_waiting(), mails_given_up()
    advice = "the server in TIDEGATE_MAIL_URL does not take them; the table inbox_mail has its last answers"
    yield HealthCheck(not waiting, f"mails waiting for over an hour: {waiting}", advice)
    advice = "people there are not told by mail, only in the inbox; the table inbox_mail has the server's answers"
    yield HealthCheck(not given_up, f"mails given up in the last week: {given_up}", advice)


def _settings() -> Iterator[HealthCheck]:
    from django.conf import settings

    yield HealthCheck(
        len(settings.TIDEGATE_METRICS_TOKEN) >= _MIN_TOKEN_LENGTH or not settings.TIDEGATE_METRICS_TOKEN,
        "the token of the metrics cannot be guessed",
        f"make TIDEGATE_METRICS_TOKEN at least {_MIN_TOKEN_LENGTH} random characters",
    )
    yield HealthCheck(not settings.DEBUG, "debugging is off", "unset TIDEGATE_DEBUG")
    yield HealthCheck(
        "*" not in settings.ALLOWED_HOSTS, "host names are limited", "name them in TIDEGATE_ALLOWED_HOSTS"
    )
    yield HealthCheck(
        settings.TIDEGATE_SECOND_FACTOR_REQUIRED or settings.TIDEGATE_SSO_ONLY,
        "a password alone lets nobody in",
        "set TIDEGATE_SECOND_FACTOR_REQUIRED=yes, or let people in through your provider alone: TIDEGATE_SSO_ONLY=yes",
    )
    yield HealthCheck(
        not settings.TIDEGATE_WEBHOOKS_TO_PRIVATE,
        "webhooks lead to the internet alone",
        "unset TIDEGATE_WEBHOOKS_TO_PRIVATE: a person who adds a webhook can reach your own network with it",
    )
    yield HealthCheck(settings.SECURE_SSL_REDIRECT, "HTTPS only", "put HTTPS in front and set TIDEGATE_HTTPS=yes")
    yield HealthCheck(
        not settings.SECURE_SSL_REDIRECT or settings.TIDEGATE_PROXIES > 0,
        "visitors are told apart behind the proxy",
        "have it add to X-Forwarded-For and set TIDEGATE_PROXIES=1: else anybody can lock anybody out of the sign-in",
    )
