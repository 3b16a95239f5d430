"""The Django app of people and roles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, memberships and focus."""

    name = "tidegate.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what django-allauth says. A Refusal where the settings give a group what is no role."""
        from django.conf import settings

        from tidegate.accounts import sign_ins  # noqa: F401
        from tidegate.accounts.group_roles import check_entries

        check_entries(settings.TIDEGATE_SSO_GROUPS)
