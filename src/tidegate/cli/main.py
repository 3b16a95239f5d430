"""The `tidegate` command: gathers the commands, and answers a Refusal with a sentence and an exit status."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tidegate.cli.loading import loading
from tidegate.cli.plain_values import with_plain_values
from tidegate.core.errors import BrokenLayout, Refusal

INTERNAL_ERROR = 3
MODULES = {
    "check": "check",
    "submit": "submit",
    "watch": "watch",
    "verify-receipt": "verify_receipt",
    "demo": "demo",
    "setup": "setup_state",
    "serve": "serve",
    "web": "web",
    "worker": "worker",
    "migrate": "migrate",
    "doctor": "doctor",
    "rehearse": "rehearse",
    "recheck": "recheck",
    "test-state": "test_state",
    "state-hash": "state_hash",
    "verify-audit": "verify_audit",
    "audit-head": "verify_audit",
    "backup": "backup",
    "restore": "backup",
    "restore-drill": "restore_drill",
    "keep-point-in-time": "keep_point_in_time",
    "apply-retention": "apply_retention",
    "new-store-key": "new_store_key",
    "add-year": "add_year",
    "close-year": "close_year",
    "set-window": "set_window",
    "add-person": "add_person",
    "change-person": "change_person",
    "end-role": "revoke",
    "add-token": "add_token",
    "revoke-token": "revoke",
    "import-organizations": "import_list",
    "import-codes": "import_list",
    "import-reference": "reference",
    "export-reference": "reference",
    "export-records": "export_records",
    "reconcile": "reconcile",
    "snapshot": "snapshot",
    "publish": "publish",
    "edfacts": "edfacts",
    "sample-reference": "reference",
    "manage": "manage",
}
"""The module of each command, in the order of the help."""
_TAKES_ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


class _Commands(Mapping[str, Any]):
    """The commands by their names. One is loaded when it is asked for: to load all takes longer than a small check."""

    def __getitem__(self, name: str) -> Any:
        with loading():
            function = getattr(import_module(f"tidegate.cli.{MODULES[name]}"), name.replace("-", "_"))
        if isinstance(function, typer.Typer):
            return get_command(function)  # several commands under one name
        alone = typer.Typer(add_completion=False)
        alone.command(name, context_settings=_TAKES_ANYTHING if name == "manage" else None)(function)
        command: Any = get_command(alone)
        parameters = command.get_params
        command.get_params = lambda context: with_plain_values(parameters(context))
        return command

    def get(self, name: str, default: Any = None) -> Any:
        """Return a command; a KeyError while it is loaded is an error of the program, not an
        unknown name."""
        return self[name] if name in MODULES else default

    def __contains__(self, name: object) -> bool:
        return name in MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class _Group(TyperGroup):
    """`tidegate` itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()  # type: ignore[assignment]  # nobody adds one

    def get_params(self, ctx: Any) -> Any:
        """Return the options of the program itself."""
        return with_plain_values(super().get_params(ctx))


app = typer.Typer(cls=_Group, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback(help="The state collection system for student data.")
def tidegate() -> None:
    """Do what the command does."""


def run() -> None:
    """Run the command. Exit status: 0 fine, 1 something to look at, 2 refused, 3 a problem on our side."""
    try:
        app()
    except Refusal as refusal:
        typer.secho(f"{refusal.message}.", fg="red", err=True)
        if refusal.fix:
            typer.secho(f"{refusal.fix}.", err=True)
        sys.exit(refusal.exit_code)
    except BrokenLayout as error:
        typer.secho(f"This installation has a broken {error.what}. {error}", fg="red", err=True)
        sys.exit(INTERNAL_ERROR)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is ours; a panic of Polars is no Exception
        if _is_of_settings(error):
            typer.secho(f"A setting is wrong. {error}.", fg="red", err=True)
            typer.secho("Correct it in the environment; docs/reference/settings.md lists them all.", err=True)
            sys.exit(Refusal.exit_code)
        if _is_without_database(error):
            typer.secho("The database does not answer.", fg="red", err=True)
            typer.secho("Check that PostgreSQL runs, and the address in TIDEGATE_DATABASE_URL.", err=True)
            sys.exit(Refusal.exit_code)
        _say_incident(error)
        sys.exit(INTERNAL_ERROR)


def _is_of_settings(error: BaseException) -> bool:
    """Whether a setting cannot be used: its sentence names the setting. Commands without Django do not load it."""
    exceptions = sys.modules.get("django.core.exceptions")
    return exceptions is not None and isinstance(error, exceptions.ImproperlyConfigured)


def _is_without_database(error: BaseException) -> bool:
    """Whether the database went away. Commands that need none do not load Django, not even to ask this."""
    database = sys.modules.get("django.db")
    return database is not None and isinstance(error, (database.OperationalError, database.InterfaceError))


def _say_incident(error: BaseException) -> None:
    """Say that it is our fault, and where in the code; the exception's text could hold a value from a file."""
    import secrets

    typer.secho(f"Something went wrong on our side (incident {secrets.token_hex(5)}).", fg="red", err=True)
    typer.secho(f"{type(error).__qualname__} at:", err=True)
    for frame in traceback.extract_tb(error.__traceback__)[-8:]:
        typer.secho(f"  {frame.filename}:{frame.lineno} {frame.name}", err=True)


if __name__ == "__main__":
    run()
