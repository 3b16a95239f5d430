"""Forgets the requests that were carried out, when the retention says so."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from tidegate.api.models import CarriedOut
from tidegate.uploads.lifecycle.retention import time_to_forget


@receiver(time_to_forget)
def forget_requests(before: datetime, **_: Any) -> None:
    """Forget the requests that were carried out before; one of their keys is then as good as new."""
    CarriedOut.objects.filter(at__lt=before).delete()
