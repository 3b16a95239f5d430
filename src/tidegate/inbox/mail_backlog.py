"""How many mails have not arrived: for whoever runs the site."""

from datetime import timedelta

from django.utils import timezone

from tidegate.inbox.models import Mail


def mails_waiting() -> int:
    """Return how many mails the server has not taken for over an hour."""
    before = timezone.now() - timedelta(hours=1)
    return Mail.objects.filter(sent_at=None, given_up_at=None, withdrawn_at=None, created_at__lt=before).count()


def mails_given_up() -> int:
    """Return how many mails were given up within the last week."""
    return Mail.objects.filter(given_up_at__gt=timezone.now() - timedelta(days=7)).count()
