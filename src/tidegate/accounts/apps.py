"""The Django app of people and roles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships and focus."""

    name = "tidegate.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what django-allauth says."""
        from tidegate.accounts import sign_ins  # noqa: F401
