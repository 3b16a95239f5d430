"""`tidegate snapshot`: freezes what a period counts, and shows and verifies what was frozen."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tidegate.cli.named_paths import refuse_unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.accountability.models import Snapshot

snapshot = typer.Typer(
    name="snapshot",
    help="Freeze what a period counts, and show and verify what was frozen.",
    no_args_is_help=True,
    add_completion=False,
)


class SnapshotFormat(StrEnum):
    """What `show` prints."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    CONTENT = "content"
    INDICATORS = "indicators"


_READINGS = {
    SnapshotFormat.TEXT: "snapshot.viewed",
    SnapshotFormat.JSON: "snapshot.viewed",
    SnapshotFormat.CSV: "snapshot.counts_downloaded",
    SnapshotFormat.INDICATORS: "snapshot.counts_downloaded",
    SnapshotFormat.CONTENT: "snapshot.content_downloaded",
}
"""What the audit log calls the reading of each: the same as where it is had from a page or the API."""
Number = Annotated[int, typer.Argument(help="The number of the snapshot")]


@snapshot.command("take")
def take(
    period: Annotated[str, typer.Argument(help="The period, by the name of its file")],
    school_year: Annotated[str, typer.Option(help="The school year, e.g. 2020-2021")],
) -> None:
    """Freeze what a period counts in a school year, as it is on file now.

    Prints the number of the snapshot and, as its last line, its hash.
    """
    _set_up()
    from tidegate.accountability.periods.period import find_period
    from tidegate.accountability.snapshots.count_ahead import count_ahead
    from tidegate.accountability.snapshots.take import take_snapshot
    from tidegate.reference.find_school_year import find_school_year

    found = find_period(period)
    taken = take_snapshot(found, find_school_year(school_year), by=None)
    typer.echo(f"Snapshot {taken.pk}: {taken.title}, {taken.school_year.name}, counted on {taken.count_day}")
    count_ahead(taken)  # so that nobody waits for it at a page
    typer.echo(taken.sha256)


@snapshot.command("list")
def list_snapshots(
    school_year: Annotated[str, typer.Option(help="Only those of this school year, e.g. 2020-2021")] = "",
) -> None:
    """List the state's periods and the snapshots that were taken of them."""
    _set_up()
    from tidegate.accountability.models import Snapshot
    from tidegate.accountability.periods.period import find_periods
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.core.layouts.state_package import present_package

    periods = find_periods()
    if not periods:
        typer.echo(f"{present_package().state.name} has no periods, so that there is nothing to count")
    for period in periods.values():
        typer.echo(f"{period.slug}: {period.title}")
    taken = Snapshot.objects.select_related("school_year").order_by("pk")
    if school_year:
        taken = taken.filter(school_year=SchoolYear.parse(school_year).first)
    for each in taken:
        at = f"{each.taken_at:%Y-%m-%d}"
        state = each.get_state_display().lower()
        typer.echo(f"{each.pk}  {each.period}  {each.school_year.name}  {state}  {at}  {each.sha256}")
    if not taken:
        typer.echo("No snapshot was taken yet")


@snapshot.command("show")
def show(
    number: Number,
    output_format: Annotated[
        SnapshotFormat,
        typer.Option(
            "--format",
            help="Words, the numbers as CSV or JSON, the indicators as CSV, or the text that the hash is over",
        ),
    ] = SnapshotFormat.TEXT,
    definition: Annotated[
        list[str] | None,
        typer.Option(help="Participants and concentrators by the definition of this school year; may be given twice"),
    ] = None,
) -> None:
    """Show the numbers of a snapshot, or with `--format content` all that was frozen.

    The content has students' data: keep it as safely as the database. Its SHA-256 is the snapshot's hash. With two
    definitions there are two reports, and the difference of each school.
    """
    _set_up()
    if definition:
        _show_participation(number, definition, output_format)
        return
    from tidegate.accountability.outputs.counts import counts_csv
    from tidegate.accountability.outputs.indicator_table import indicators_csv
    from tidegate.accountability.snapshots.content import content_of
    from tidegate.accountability.snapshots.find import find_snapshot

    found = find_snapshot(number)
    _record(_READINGS[output_format], found)
    pieces = {
        SnapshotFormat.CSV: counts_csv,
        SnapshotFormat.INDICATORS: indicators_csv,
        SnapshotFormat.CONTENT: content_of,
        SnapshotFormat.JSON: _in_json,
        SnapshotFormat.TEXT: _in_words,
    }[output_format](found)
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


class CertificateFormat(StrEnum):
    """What `certificate` writes."""

    JSON = "json"
    PDF = "pdf"


@snapshot.command("certificate")
def certificate(
    number: Number,
    output_format: Annotated[
        CertificateFormat, typer.Option("--format", help="The certificate as a document for programs or for people")
    ] = CertificateFormat.JSON,
) -> None:
    """Write the certificate of a snapshot that two people have signed to standard output.

    `tidegate verify-receipt` checks it, with the published key and no network.
    """
    _set_up()
    from tidegate.accountability.certification.certificate import certificate_json, find_certificate
    from tidegate.accountability.certification.certificate_pdf import certificate_pdf
    from tidegate.accountability.snapshots.find import find_snapshot

    of = find_snapshot(number)
    found = find_certificate(of)
    _record("snapshot.certificate_downloaded", of)
    written = certificate_pdf(found) if output_format == CertificateFormat.PDF else certificate_json(found)
    sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()


@snapshot.command("department")
def department(
    number: Number,
    output: Annotated[Path, typer.Option(help="The file that the workbook is written to")],
) -> None:
    """Make the workbook for the Department: exact numbers of the whole state, not for publication.

    Prints the workbook's hash, which the audit log keeps. Where a total is not the sum of its parts it is refused.
    """
    refuse_unwritable(output)
    _set_up()
    from tidegate.accountability.department.make import make_workbook
    from tidegate.accountability.snapshots.find import find_snapshot

    made = make_workbook(find_snapshot(number), by=None)
    output.write_bytes(made.content)
    typer.echo(made.sha256)


@snapshot.command("changes")
def changes(number: Number) -> None:
    """Say what has changed on file since a snapshot was taken, by file type and school."""
    _set_up()
    from tidegate.accountability.snapshots.changes_since import changes_since
    from tidegate.accountability.snapshots.find import find_snapshot

    of = find_snapshot(number)
    _record("snapshot.viewed", of)
    found = changes_since(of)
    for each in found:
        counts = f"{each.added_count:,} added, {each.changed_count:,} changed, {each.withdrawn_count:,} withdrawn"
        typer.echo(f"{each.file_type}  {each.name or 'no school'}: {counts}")
    if not found:
        typer.echo("Nothing has changed")


@snapshot.command("findings")
def findings(number: Number) -> None:
    """Say what stands in the way of signing a snapshot: lines that do not fit, warnings, and unusual numbers.

    Exit status: 0 it may be signed, 1 something stands in the way, 2 refused.
    """
    _set_up()
    from tidegate.accountability.certification.evidence import evidence_of
    from tidegate.accountability.snapshots.find import find_snapshot

    found = find_snapshot(number)
    _record("snapshot.viewed", found)
    evidence = evidence_of(found)
    for rule in evidence.findings.rules:
        blocks = ", which blocks signing" if rule.is_blocking else ""
        typer.echo(f"{rule.file_type}  {rule.code}: {_lines(rule.line_count)}{blocks}")
    for warned in evidence.warned:
        state = "explained" if warned.explanation else "open"
        of = f"{warned.file_type}  {warned.code} of {warned.identifier or 'the state'}"
        typer.echo(f"{of}: {_lines(warned.line_count)} with a warning, {state}")
    for each in evidence.unusual:
        of = f"{each.by} {', '.join(each.names)}".strip()
        state = "explained" if each.explanation else "open"
        typer.echo(f"{of}: {each.last_year:,} last year, {each.now:,} now, {state}")
    for school in evidence.without_lines:
        said = "nothing to report" if school.said_nothing_to_report else "sent nothing"
        typer.echo(f"{school.file_type}  {school.name}: {said}")
    allowed = f"{evidence.allowed_percent.normalize():f}"
    typer.echo(f"{evidence.percent} percent of the lines are open, of at most {allowed}")
    raise typer.Exit(int(not evidence.may_be_signed))


@snapshot.command("verify")
def verify(
    number: Annotated[int | None, typer.Argument(help="The number of the snapshot; default: all of them")] = None,
) -> None:
    """Recompute the hash of a snapshot, and compare it with what was kept and what the audit log says.

    What is stored of its numbers and warnings is counted anew, and what is stored otherwise is named. Of a signed
    snapshot it also says whether the numbers of its reports, and of its indicators where it has a definition, are still
    those that were signed.

    Exit status: 0 it is what was frozen, 1 something was altered or counted otherwise, 2 refused.
    """
    _set_up()
    from tidegate.accountability.certification.verify_snapshot import verify_snapshot
    from tidegate.accountability.snapshots.verify import find_to_verify

    found = find_to_verify(number)
    problems = {each.pk: problem for each in found if (problem := verify_snapshot(each))}
    for each in found:
        typer.echo(f"{problems.get(each.pk) or f'Snapshot {each.pk} is what was frozen: {each.sha256}'}.")
    if not found:
        typer.echo("No snapshot was taken yet.")
    raise typer.Exit(int(bool(problems)))


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def _show_participation(number: int, named: list[str], output_format: SnapshotFormat) -> None:
    from tidegate.accountability.frozen_lines.definition import definition_of
    from tidegate.accountability.outputs.participation_table import participation_csv
    from tidegate.accountability.outputs.participation_text import participation_json, participation_text
    from tidegate.accountability.snapshots.find import find_snapshot
    from tidegate.core.errors import Refusal

    if output_format in (SnapshotFormat.CONTENT, SnapshotFormat.INDICATORS) or len(named) > 2:
        raise Refusal(
            "Content and indicators are shown by the snapshot's own definition"
            if len(named) <= 2
            else "At most two definitions can be compared",
            fix="Name one or two definitions, and another format",
        )
    found = find_snapshot(number)
    _record(_READINGS[output_format], found)
    written = {
        SnapshotFormat.TEXT: participation_text,
        SnapshotFormat.CSV: participation_csv,
        SnapshotFormat.JSON: participation_json,
    }[output_format]
    for piece in written(found, [definition_of(found, each) for each in named]):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _set_up() -> None:
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()


def _record(act: str, found: "Snapshot") -> None:
    from tidegate.audit.record import record_event

    record_event(act, by=None, school_year=found.school_year, subject=found)


def _in_words(found: "Snapshot") -> "Iterator[bytes]":
    from tidegate.accountability.outputs.counts import counts_of

    yield (
        f"Snapshot {found.pk}: {found.title}, {found.school_year.name}\n"
        f"Counted on {found.count_day}, taken {found.taken_at:%Y-%m-%d %H:%M}Z, {found.get_state_display().lower()}\n"
        f"{found.sha256}\n"
    ).encode()
    for _, table in counts_of(found):
        yield f"\n{table.by}\n".encode()
        for count in table.counts:
            yield f"  {', '.join(count.names) or 'All'}: {count.student_count:,}\n".encode()


def _in_json(found: "Snapshot") -> "Iterator[bytes]":
    from tidegate.accountability.outputs.counts import counts_of

    counts: list[dict[str, Any]] = [
        {"report": slug, "by": count.by, "keys": count.keys, "names": count.names, "students": count.student_count}
        for slug, table in counts_of(found)
        for count in table.counts
    ]
    head = {
        "number": found.pk,
        "period": found.period,
        "school_year": found.school_year.name,
        "count_day": found.count_day.isoformat(),
        "state": found.state,
        "taken_at": found.taken_at.isoformat(),
        "sha256": found.sha256,
    }
    yield json.dumps(head | {"counts": counts}, ensure_ascii=False).encode() + b"\n"
