"""Records that somebody was not let in: the first time, and then less and less often, so that nobody fills the log."""

import hashlib
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from tidegate.audit.models import RefusalCount
from tidegate.audit.origin import origin
from tidegate.audit.record import record_event

MAX_EVENTS_PER_HOUR = 1_000
"""Up to this many different refusals an hour have an event each; beyond it, only every tenth, hundredth and so on."""
_COUNT = """
    INSERT INTO audit_refusalcount AS known (key, hour, count) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET count = known.count + 1 RETURNING count
"""


@transaction.atomic
def record_refusal(act: str, *, subject: Model | None = None, organization: Model | None = None, reason: str) -> None:
    """Record that a sign-in or a token was refused.

    Of the same refusal from the same address, the 1st, the 10th, the 100th and so on of an hour have an event, with
    their count so far. What was sent is never stored: people type passwords into the wrong field.

    Args:
        act: What was refused, as `token.refused`.
        subject: The person or token that it would have been; None where what was sent is unknown.
        organization: The organization that it concerns.
        reason: Why, in words of ours.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    whose = f"{type(subject).__name__} {subject.pk}" if subject else "nobody known"
    count = _count(f"{act} {reason} {whose} {_network(origin().address)}", hour)
    if not _is_recorded(count):
        return
    in_all = _count("all that were told", hour)
    if in_all > MAX_EVENTS_PER_HOUR and not _is_recorded(in_all):
        return
    record_event(act, by=None, subject=subject, organization=organization, reason=reason, count=count)


def delete_refusal_counts() -> None:
    """Forget what was counted in hours that are over."""
    RefusalCount.objects.filter(hour__lt=timezone.now() - timedelta(hours=1)).delete()


def _count(what: str, hour: datetime) -> int:
    """Count one more of it within the hour and return how many they are."""
    key = hashlib.sha256(f"{hour:%Y-%m-%dT%H} {what}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, hour])
        count: int = cursor.fetchone()[0]
    return count


def _is_recorded(count: int) -> bool:
    return str(count).rstrip("0") == "1"  # 1, 10, 100 …


def _network(address: str) -> str:
    """Return the address; of IPv6 the part that one customer of a provider has whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
