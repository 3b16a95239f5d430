"""The Django app of collection windows."""

from django.apps import AppConfig


class WindowsConfig(AppConfig):
    """Collection windows, late allowances, and closed school years."""

    name = "tidegate.windows"
    label = "windows"
    default_auto_field = "django.db.models.BigAutoField"
