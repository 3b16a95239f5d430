"""The Django app of the records."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """Students, enrollments, and the lines that file types store."""

    name = "tidegate.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a model of stored lines that does not fit its file type, and let the database follow
        the state whenever it has been migrated."""
        from tidegate.file_types import find_all
        from tidegate.records.check_models import refuse_broken_lines
        from tidegate.records.follow_state import follow_state  # models are there only now

        refuse_broken_lines(find_all().values())
        post_migrate.connect(follow_state, sender=self)
