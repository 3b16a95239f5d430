"""The Django app of the inbox."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Messages to people, and the mails that bring them."""

    name = "tidegate.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
