"""The Django app of the audit log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only events."""

    name = "tidegate.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
