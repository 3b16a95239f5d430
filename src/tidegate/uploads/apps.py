"""The Django app of the uploads."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Uploads and their findings."""

    name = "tidegate.uploads"
    label = "uploads"
    default_auto_field = "django.db.models.BigAutoField"
