"""Retention of what let people in: invitations and requests for access that are over."""

from datetime import datetime

from django.db.models import Q

from tidegate.accounts.models import AccessRequest, Answer, Invitation


def delete_ended(*, before: datetime) -> None:
    """Delete invitations that were accepted, were withdrawn or have expired, and requests that were answered, before
    that time. They name people and addresses; the audit log keeps that there was one, without either."""
    ended = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    Invitation.objects.filter(ended).delete()
    AccessRequest.objects.exclude(answer=Answer.OPEN).filter(answered_at__lt=before).delete()
