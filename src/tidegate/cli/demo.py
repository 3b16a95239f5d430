"""`tidegate demo`: the guide's walk with an invented state, from an empty folder to the Result Logs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tidegate.demo import DemoFile
    from tidegate.uploads.models import Upload

_PATIENCE_SECONDS = 120


def demo(
    serve: Annotated[bool, typer.Option(help="Serve the site after the walk, until Ctrl-C")] = True,
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on")] = 8000,
) -> None:
    """Fill in an invented state, walk the guide once, print what happened, and serve the site."""
    os.environ.setdefault("TIDEGATE_DATA_DIR", "demo-data")
    os.environ["TIDEGATE_DEMO"] = "yes"
    os.environ.setdefault("TIDEGATE_HOLD_PERCENT", "50")
    os.environ.setdefault("TIDEGATE_HOLD_COUNT", "10")
    from tidegate.cli.migrate import migrate_database
    from tidegate.cli.setup import set_up
    from tidegate.cli.supervise import supervise
    from tidegate.cli.web import refuse_taken_port
    from tidegate.demo import demo_of_state
    from tidegate.project.database import revive

    demo_of_state()  # whose package has none is refused before anything is made
    if serve:
        refuse_taken_port(host, port)
    typer.echo("Setting up an invented state. No student, number or organization ID in it is real.")
    set_up()
    migrate_database()
    _fill()
    with _worker():
        _show(_walk())
    _say_who_can_sign_in(f"http://{host}:{port}" if serve else "")
    if serve:
        from django.db import connections

        connections.close_all()
        web = ["web", "--host", host, "--port", str(port)]
        supervise([web, ["worker"], ["worker", "--lane", "small"]], look_after=revive)


def _fill() -> None:
    from django.utils import timezone

    from tidegate.accounts.demo_people import fill_people
    from tidegate.demo import demo_of_state, fill_demo

    fill_demo(today=timezone.localdate())
    demo = demo_of_state()
    fill_people(demo.PEOPLE, password=demo.PASSWORD, period=demo.SCHOOL_YEAR)


@contextmanager
def _worker() -> Iterator[None]:
    """Run a worker, as a process of its own, for as long as the walk takes."""
    process = subprocess.Popen([sys.executable, "-m", "tidegate.cli.main", "worker"], start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _walk() -> "list[Upload]":
    """Send the demo's files in the guide's order, and return the uploads once they have ended."""
    from tidegate.accounts.models import Person
    from tidegate.demo import demo_of_state
    from tidegate.project.database import data_dir
    from tidegate.uploads.models import Upload

    files = demo_of_state().write_files(data_dir() / "demo-files")
    typer.echo(f"The files to send are in {data_dir() / 'demo-files'}")
    by = Person.objects.get(email=demo_of_state().SENDER)
    sent = [_send(file, by) for file in files]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        uploads = list(Upload.objects.filter(pk__in=[upload.pk for upload in sent]).order_by("pk"))
        if not any(upload.is_busy for upload in uploads):
            return uploads
        if time.monotonic() > deadline:
            raise TimeoutError("The worker has not finished the demo's uploads")
        time.sleep(0.2)


def _send(sent: "DemoFile", by: object) -> "Upload":
    from tidegate.accounts.focus import focus_of
    from tidegate.reference.find_school_year import find_school_year
    from tidegate.uploads.lifecycle.receiving.receive import receive

    focus = focus_of(by)  # type: ignore[arg-type]
    assert focus is not None
    year = find_school_year(sent.school_year.name) if sent.school_year else focus.school_year
    with sent.path.open("rb") as file:
        return receive(
            file=file,
            file_name=sent.path.name,
            file_type=sent.file_type,
            school_year=year,
            organization=focus.organization,
            by=by,  # type: ignore[arg-type]
        )


def _show(uploads: "list[Upload]") -> None:
    """Print the status table and every Result Log."""
    from rich.console import Console
    from rich.table import Table

    from tidegate.core.outputs.catalogue import find_output
    from tidegate.uploads.models import State
    from tidegate.uploads.queries.upload_source import UploadSource

    table = Table(title="State Reporting Status")
    for name in ("File Type", "File Name", "State"):
        table.add_column(name)
    for name in ("Row Count", "Success Count", "Error"):
        table.add_column(name, justify="right")
    for upload in uploads:
        counts = (upload.row_count, upload.success_count, upload.error_count)
        state = State(upload.state).label
        table.add_row(upload.type.name, upload.file_name, state, *("" if c is None else str(c) for c in counts))
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(table)
    for upload in uploads:
        log = b"".join(find_output("result-log").content(UploadSource(upload))).decode()
        console.print(f"\n[bold]Result Log of {upload.file_name}[/]")
        console.print(log, markup=False, highlight=False, soft_wrap=True, end="")


def _say_who_can_sign_in(address: str) -> None:
    from tidegate.demo import demo_of_state

    demo = demo_of_state()
    typer.echo("\nWho can sign in" + (f" on {address}" if address else "") + f" (password: {demo.PASSWORD})")
    for person in demo.PEOPLE:
        organization = f", {person.organization_name}" if person.organization_name else ""
        typer.echo(f"  {person.email:24} {person.role.display_name}{organization}")
