"""The Django app of the invented state."""

from django.apps import AppConfig


class OtherStateConfig(AppConfig):
    """What the invented state stores."""

    name = "tests.other_state"
    label = "other_state"
    default_auto_field = "django.db.models.BigAutoField"
