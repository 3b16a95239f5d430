"""`tidegate manage`: Django's own management commands."""

import typer


def manage(context: typer.Context) -> None:
    """Run one of Django's management commands, e.g. `tidegate manage dbshell`."""
    from tidegate.cli.setup import set_up

    set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tidegate manage", *context.args])
