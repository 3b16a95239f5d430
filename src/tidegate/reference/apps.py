"""The Django app of the reference lists."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """School years, organizations and code lists."""

    name = "tidegate.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"
