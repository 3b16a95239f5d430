"""`tidegate web`: serves the pages."""

import os
import resource
import signal
import socket
import tempfile
from typing import Annotated, Any

import typer
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from tidegate.core.errors import Refusal

# How many connections a web process holds open; more wait in the kernel.
_MAX_CONNECTIONS = 2_000
# How long a connection may take to send the head of a request, and be idle between two.
_MAX_HEAD_MILLISECONDS = 15_000
_MAX_BUFFER_BYTES = 1 << 18
# How long requests may go on after the server gets the signal to stop.
_MAX_SHUTDOWN_SECONDS = 20


def web(
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on")] = 8000,
    processes: Annotated[int, typer.Option(help="How many web processes")] = 1,
) -> None:
    """Serve the pages. A worker has to run beside it, here or on another machine.

    It may start before `tidegate migrate` of its release has run: until then it sends everybody away, and `/readyz`
    says why.
    """
    from tidegate.cli.setup import set_up
    from tidegate.cli.supervise import end_with_supervisor

    end_with_supervisor(signal.SIGKILL)
    set_up()
    refuse_taken_port(host, port)
    _open_enough_files()
    typer.echo(f"tidegate web listens on http://{host}:{port}")
    with tempfile.TemporaryDirectory(prefix="tidegate-counts-") as counts:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before a web process loads the library that reads it
        _server(host, port, processes).serve()


def _server(host: str, port: int, processes: int) -> MPServer:
    """Return the web server. HTTP/1.1 alone, as proxies speak it: its bounds are the ones that are tested."""
    return MPServer(
        "tidegate.project.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        respawn_failed_workers=True,  # one that is killed, or needs too much memory, does not end the others
        backlog=_MAX_CONNECTIONS,
        backpressure=_MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_MAX_HEAD_MILLISECONDS, max_buffer_size=_MAX_BUFFER_BYTES),
        workers_kill_timeout=_MAX_SHUTDOWN_SECONDS,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=_log_of_server(),
    )


def _log_of_server() -> dict[str, Any]:
    """Return how the server writes what it has to say itself: in the same form and to the same
    stream as this program."""
    from django.conf import settings

    names = ("formatters", "filters", "handlers")
    to_ours = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    loggers = {"_granian": to_ours, "granian.access": to_ours}
    return {name: settings.LOGGING[name] for name in names} | {"loggers": loggers}


def _open_enough_files() -> None:
    """Let this process have as many open files as it may: connections are files, and what waits on the disk is, too."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def refuse_taken_port(host: str, port: int) -> None:
    """Raise a Refusal where something listens on the port already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0:  # noqa: S104 - it is asked about, not bound
            raise Refusal(
                "Something listens on this port already", fix="Stop it, or choose another with --port", code="PORT"
            )
