"""How the site runs: now, and over the last day."""

from django.http import HttpResponse
from django.shortcuts import render

from tidegate.accounts.permissions import check_can_view_operations
from tidegate.inbox.mail_backlog import mails_given_up, mails_waiting
from tidegate.inbox.mail_server import is_mail_on
from tidegate.uploads.monitoring.measure import measure
from tidegate.uploads.monitoring.samples import rules_of_last_day
from tidegate.web.administration.last_day import sections_of_last_day
from tidegate.web.requests import PersonRequest

_MAX_RULES = 10


def operations(request: PersonRequest) -> HttpResponse:
    """Show what waits, who works, and the plots of the last day. Nothing here is about a student or a district."""
    check_can_view_operations(request.user)
    measured = measure()
    context = {
        "now": measured,
        "waits": in_words(measured.oldest_waiting_seconds),
        "workers": [(lane, count) for lane, count in measured.workers.items()],
        "is_mail_on": is_mail_on(),
        "mails_waiting": mails_waiting(),
        "mails_given_up": mails_given_up(),
        "sections": sections_of_last_day(),
        "rules": rules_of_last_day(at_most=_MAX_RULES),
    }
    return render(request, "web/administration/operations.html", context)


def in_words(seconds: float) -> str:
    """Return a duration as people say it: `40 seconds`, `12 minutes`, `5 hours`."""
    for length, name in ((3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= 2 * length or (length == 1 and seconds):
            count = max(1, int(seconds // length))
            return f"{count:,} {name}{'' if count == 1 else 's'}"
    return "nothing waits"
