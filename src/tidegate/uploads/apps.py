"""The Django app of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Uploads and their findings."""

    name = "tidegate.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a broken rule."""
        from tidegate.file_types import find_all, refuse_broken_rules

        refuse_broken_rules(find_all().values())
