"""`tidegate serve`: the whole system on one machine."""

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(help="How many uploads are processed side by side")] = 1,
) -> None:
    """Bring the database up to date, then run the pages, a worker, and one for small uploads alone together."""
    from tidegate.cli.migrate import migrate_database
    from tidegate.cli.setup import set_up
    from tidegate.cli.supervise import supervise
    from tidegate.cli.web import refuse_taken_port
    from tidegate.project.database import revive

    refuse_taken_port(host, port)
    set_up()
    migrate_database()
    _say_setup_link(host, port)
    from django.db import connections

    connections.close_all()
    typer.echo(f"tidegate serves on http://{host}:{port} (stop it with Ctrl-C)")
    web = ["web", "--host", host, "--port", str(port)]
    supervise(
        [web, *[["worker"]] * workers, ["worker", "--lane", "small"], *_point_in_time()],
        look_after=revive,
    )


def _say_setup_link(host: str, port: int) -> None:
    """Print the one-time link for the first administrator, where there is none yet."""
    from django.conf import settings
    from django.urls import reverse

    from tidegate.administration.first_administrator import make_setup_link

    if secret := make_setup_link():
        site = settings.TIDEGATE_SITE_URL.rstrip("/")
        if site == f"http://{settings.ALLOWED_HOSTS[0]}":  # nobody has set it, and no proxy stands before the port
            name = host if host in settings.ALLOWED_HOSTS else settings.ALLOWED_HOSTS[0]
            site = f"http://{name}:{port}"
        typer.echo("Nobody administers this installation yet. Open this link within an hour to become the first one:")
        typer.echo(f"  {site}{reverse('first_administrator', args=[secret])}")


def _point_in_time() -> list[list[str]]:
    """Return the command that keeps it, where it is asked for and the database is ours."""
    from django.conf import settings

    from tidegate.project.database import is_embedded

    is_wanted = settings.TIDEGATE_POINT_IN_TIME and settings.TIDEGATE_BACKUP_DIR
    return [["keep-point-in-time"]] if is_wanted and is_embedded() else []
