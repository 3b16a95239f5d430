"""The request as the views see it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tidegate.accounts.models import Focus, Person


class PersonRequest(HttpRequest):
    """A request of a person who is signed in, with the focus that the person works in; None while there is none."""

    user: Person  # nobody else gets past the sign-in
    focus: Focus | None
    htmx: HtmxDetails
