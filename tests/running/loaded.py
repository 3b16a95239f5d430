"""What the processes of these tests load while they run, loaded before they are forked: it was most of a round. What a
worker waits for by the clock is shorter here.
"""

import importlib
import pkgutil
from types import ModuleType

from tidegate.cli.setup import set_up

set_up()

from django.db.migrations.loader import MigrationLoader

import tidegate.accountability.tasks
import tidegate.cli.supervise
import tidegate.file_types.code_lists
import tidegate.project.readiness
import tidegate.records.state_hash
import tidegate.records.tables
import tidegate.records.write_versions
import tidegate.reference.installed_state
import tidegate.reference.tables
import tidegate.uploads.tasks
from tidegate.cli import setup, worker


def replace(module: ModuleType, name: str, value: object) -> None:
    """Set a name of the program that is there: another one would change nothing, and nobody would see it."""
    assert hasattr(module, name), f"{module.__name__} has no {name}"
    setattr(module, name, value)


for package in (tidegate.records.tables, tidegate.reference.tables):
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)
MigrationLoader(None)  # loads the modules of all migrations, and asks no database

replace(worker, "_POLL_SECONDS", 0.2)
replace(setup, "refuse_pending_migrations", lambda: None)  # the database is the one that the system has migrated
