"""`tidegate web`: serves the pages."""

import socket
from typing import Annotated

import typer

from tidegate.core.errors import Refusal


def web(
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on")] = 8000,
    processes: Annotated[int, typer.Option(help="How many web processes")] = 1,
) -> None:
    """Serve the pages. A worker has to run beside it, here or on another machine."""
    from tidegate.cli.setup import refuse_pending_migrations, set_up

    set_up()
    refuse_pending_migrations()
    refuse_taken_port(host, port)
    from django.db import connections

    connections.close_all()  # the web processes are made from this one
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "tidegate.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=8,
        log_access=False,
    )
    server.serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise a Refusal where something listens on the port already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0:  # noqa: S104 - it is asked about, not bound
            raise Refusal(
                "Something listens on this port already", fix="Stop it, or choose another with --port", code="PORT"
            )
