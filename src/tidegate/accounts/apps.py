"""The Django app of people and roles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships and focus."""

    name = "tidegate.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
