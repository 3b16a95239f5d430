"""Sets Django up for a command that needs the database."""

import os
from pathlib import Path
from traceback import extract_tb


def set_up() -> None:
    """Start or join the database, then Django on it. Raises BrokenLayout where the state's package is not as it should
    be."""
    from tidegate.project.database import data_dir, ensure_running
    from tidegate.project.secret_key import ensure_secret_key

    ensure_secret_key(data_dir())
    ensure_running()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.project.settings")
    set_up_django()


def set_up_django() -> None:
    """Start Django alone. Raises BrokenState where it is the state's package that cannot be loaded."""
    import django

    from tidegate.core.errors import BrokenLayout, BrokenState
    from tidegate.core.layouts.import_checked import describe_import_error
    from tidegate.core.layouts.state_package import present_package
    from tidegate.file_types.app_problems import problems_of_app

    package = present_package()
    try:
        django.setup()
    except BrokenLayout:
        raise  # it says by itself what is wrong, and where
    except Exception as error:
        if any(Path(frame.filename).is_relative_to(package.folder) for frame in extract_tb(error.__traceback__)) or (
            isinstance(error, SyntaxError) and Path(error.filename or "").is_relative_to(package.folder)
        ):
            raise BrokenState(describe_import_error(error, package.name)) from error
        for problem in problems_of_app(package):
            raise BrokenState(problem) from error
        raise


def refuse_pending_migrations() -> None:
    """Raise a Refusal where the database is not at this version of the program, or belongs to another state."""
    from tidegate.core.errors import Refusal
    from tidegate.project.readiness import is_migrated
    from tidegate.reference.installed_state import refuse_other_state

    if not is_migrated():
        raise Refusal("The database is not at this version of tidegate", fix="Run tidegate migrate", code="MIGRATIONS")
    refuse_other_state()
