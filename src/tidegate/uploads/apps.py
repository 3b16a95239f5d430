"""The Django app of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Uploads and their findings."""

    name = "tidegate.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a package of the state that is not as it should be."""
        from tidegate.file_types.problems import refuse_broken_state

        refuse_broken_state()
