"""The `tidegate` command: gathers the commands, and answers a Refusal with a sentence and an exit status."""

import secrets
import sys
import traceback

import typer

from tidegate.cli.add_person import add_person
from tidegate.cli.add_token import add_token
from tidegate.cli.apply_retention import apply_retention
from tidegate.cli.backup import backup, restore
from tidegate.cli.change_person import change_person
from tidegate.cli.check import check
from tidegate.cli.demo import demo
from tidegate.cli.doctor import doctor
from tidegate.cli.manage import manage
from tidegate.cli.migrate import migrate
from tidegate.cli.new_store_key import new_store_key
from tidegate.cli.reference import export_reference, import_codes, import_reference
from tidegate.cli.serve import serve
from tidegate.cli.state_hash import state_hash
from tidegate.cli.submit import submit
from tidegate.cli.verify_receipt import verify_receipt
from tidegate.cli.watch import watch
from tidegate.cli.web import web
from tidegate.cli.worker import worker
from tidegate.core.errors import BrokenLayout, Refusal

OUR_FAULT = 3
COMMANDS = (
    check,
    submit,
    watch,
    verify_receipt,
    demo,
    serve,
    web,
    worker,
    migrate,
    doctor,
    state_hash,
    backup,
    restore,
    apply_retention,
    new_store_key,
    add_person,
    change_person,
    add_token,
    import_reference,
    export_reference,
    import_codes,
)

app = typer.Typer(
    help="The state collection system for student data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in COMMANDS:
    app.command(name=command.__name__.replace("_", "-"))(command)
app.command(name="manage", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(manage)


def run() -> None:
    """Run the command. Exit status: 0 fine, 1 findings or something unready, 2 refused, 3 our fault."""
    try:
        app()
    except Refusal as refusal:
        typer.secho(f"{refusal.message}.", fg="red", err=True)
        if refusal.fix:
            typer.secho(f"{refusal.fix}.", err=True)
        sys.exit(refusal.exit_code)
    except BrokenLayout as fault:
        typer.secho(f"This installation has a broken layout or rule. {fault}", fg="red", err=True)
        sys.exit(OUR_FAULT)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is ours
        if _is_without_database(fault):
            typer.secho("The database does not answer.", fg="red", err=True)
            typer.secho("Check that PostgreSQL runs, and the address in TIDEGATE_DATABASE_URL.", err=True)
            sys.exit(Refusal.exit_code)
        _say_incident(fault)
        sys.exit(OUR_FAULT)


def _is_without_database(fault: Exception) -> bool:
    """Whether the database went away. Commands that need none do not load Django, not even to ask this."""
    database = sys.modules.get("django.db")
    return database is not None and isinstance(fault, (database.OperationalError, database.InterfaceError))


def _say_incident(fault: Exception) -> None:
    """Say that it is our fault, and where in the code; the exception's text could hold a value from a file."""
    typer.secho(f"Something went wrong that is our fault (incident {secrets.token_hex(5)}).", fg="red", err=True)
    typer.secho(f"{type(fault).__qualname__} at:", err=True)
    for frame in traceback.extract_tb(fault.__traceback__)[-8:]:
        typer.secho(f"  {frame.filename}:{frame.lineno} {frame.name}", err=True)


if __name__ == "__main__":
    run()
