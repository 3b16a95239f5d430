"""The Django app of the reference lists."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReferenceConfig(AppConfig):
    """School years, organizations and code lists."""

    name = "tidegate.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the database follow the state whenever it has been migrated."""
        from tidegate.reference.follow_state import follow_state  # models are there only now

        post_migrate.connect(follow_state, sender=self)
