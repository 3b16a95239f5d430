"""The Django app of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, templates and static files; no models."""

    name = "tidegate.web"
    label = "web"

    def ready(self) -> None:
        """Refuse to start with a broken output."""
        from tidegate.core.outputs.catalogue import find_outputs

        find_outputs()
