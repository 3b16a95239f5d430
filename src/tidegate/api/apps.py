"""The Django app of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Requests that must not be carried out twice."""

    name = "tidegate.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what deletes old requests to the signal of retention."""
        from tidegate.api import idempotency  # noqa: F401
