"""The Django app of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, templates and static files; no models."""

    name = "tidegate.web"
    label = "web"
