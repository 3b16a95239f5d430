"""What the models of the present state have and its migrations do not make, without a database."""

import inspect
from collections.abc import Iterator

from django.apps import apps
from django.db.migrations import AddField, CreateModel, DeleteModel, RemoveField
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.exceptions import BadMigrationError, NodeNotFoundError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from tidegate.core.errors import BrokenLayout, BrokenState
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.state_package import StatePackage, present_package

_MAKES_ROOM = (CreateModel, AddField, RemoveField, DeleteModel)
"""Without these steps a table lacks what is to be stored, or has what nothing fills."""


def refuse_unmigrated_models() -> None:
    """Raise BrokenState where migrations of the present state cannot be loaded, or where one is missing without which
    its lines could not be stored."""
    for step, problem in _steps_missing(present_package()):
        if isinstance(step, _MAKES_ROOM):
            raise BrokenState(problem)


def problems_of_migrations() -> Iterator[str]:
    """Yield what is wrong with the migrations of the present state: what cannot be loaded, and each step that a model
    needs and no migration makes."""
    try:
        yield from (problem for _, problem in _steps_missing(present_package()))
    except BrokenState as error:
        yield str(error)


def _steps_missing(package: StatePackage) -> Iterator[tuple[Operation, str]]:
    config = next(config for config in apps.get_app_configs() if config.name == package.name)
    if not config.models:
        return
    label = config.label
    loader = _load(package, label)
    detector = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), NonInteractiveMigrationQuestioner(dry_run=True)
    )
    changes = detector.changes(graph=loader.graph, trim_to_apps={label}, convert_apps={label})
    for migration in changes.get(label, ()):
        for step in migration.operations:
            said = f"no migration does this: {step.describe()} (tidegate manage makemigrations {label})"
            yield step, f"{_location(package, step)}: {said}"


def _load(package: StatePackage, label: str) -> MigrationLoader:
    """Return the migrations. Raises BrokenState where one cannot be imported, or does not follow another."""
    home = package.folder / "migrations"
    for path in sorted(home.glob("[!_]*.py")):
        try:
            import_checked(f"{package.name}.migrations.{path.stem}")
        except BrokenLayout as error:
            raise BrokenState(str(error)) from error
    try:
        loader = MigrationLoader(None)
    except (NodeNotFoundError, BadMigrationError) as error:
        raise BrokenState(f"{home}: {error}") from error
    if label in loader.unmigrated_apps:
        said = f"there are no migrations, or no __init__.py (tidegate manage makemigrations {label})"
        raise BrokenState(f"{home}: {said}")
    if several := loader.detect_conflicts().get(label):
        names = " and ".join(sorted(several))
        raise BrokenState(f"{home}: {names} follow the same migration: let one of them follow the other")
    return loader


def _location(package: StatePackage, step: Operation) -> str:
    """Return the file and the line of the model that a step is about."""
    name = str(getattr(step, "model_name", "") or getattr(step, "name", ""))
    for config in apps.get_app_configs():
        if config.name == package.name and name.lower() in config.models:
            model = config.models[name.lower()]
            return f"{inspect.getsourcefile(model)}:{inspect.getsourcelines(model)[1]}"
    return str(package.folder / "models.py")
