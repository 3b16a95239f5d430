"""The Django app of the state's desk."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Changes of reference lists, and the first hour of an installation."""

    name = "tidegate.administration"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"
