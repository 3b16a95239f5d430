"""The Django app of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Requests that must not be carried out twice."""

    name = "tidegate.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the retention, which says when to forget them."""
        from tidegate.api import forget_requests  # noqa: F401
