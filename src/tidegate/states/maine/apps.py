"""The Django app of Maine."""

from django.apps import AppConfig


class MaineConfig(AppConfig):
    """What Maine stores."""

    name = __package__
    label = "maine"
    default_auto_field = "django.db.models.BigAutoField"
