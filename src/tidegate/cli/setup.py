"""Sets Django up for a command that needs the database."""

import os


def set_up() -> None:
    """Start or join the database, then Django on it."""
    from tidegate.project.database import data_dir, ensure_running
    from tidegate.project.secret_key import ensure_secret_key

    ensure_secret_key(data_dir())
    ensure_running()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.project.settings")
    import django

    django.setup()


def refuse_pending_migrations() -> None:
    """Raise a Refusal where the database is not at this version of the program."""
    from tidegate.core.errors import Refusal
    from tidegate.project.readiness import is_migrated

    if not is_migrated():
        raise Refusal("The database is not at this version of tidegate", fix="Run tidegate migrate", code="MIGRATIONS")
