"""The Django app of the records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Students, enrollments and CTE records."""

    name = "tidegate.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
