"""The Django app of the state."""

from django.apps import AppConfig


class SecondStateConfig(AppConfig):
    """What the state stores in tables of its own."""

    name = __package__
    label = "second_state"
    default_auto_field = "django.db.models.BigAutoField"
