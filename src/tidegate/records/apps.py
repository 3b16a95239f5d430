"""The Django app of the records."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """Students, enrollments and CTE records."""

    name = "tidegate.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the database follow the state whenever it has been migrated."""
        from tidegate.records.follow_state import follow_state  # models are there only now

        post_migrate.connect(follow_state, sender=self)
