"""Puts the person's focus on the request."""

from collections.abc import Callable

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from tidegate.accounts.focus import focus_of
from tidegate.accounts.models import Membership, Person


class FocusMiddleware:
    """Sets `request.focus`; None for nobody, and for a person without a role."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the focus, then go on."""
        person = request.user
        if isinstance(person, Person):  # a lazy object says the class of what it stands for
            held = Prefetch("memberships", Membership.objects.select_related("organization"))
            prefetch_related_objects([person], held)  # asked for by every permission
            request.focus = focus_of(person)  # type: ignore[attr-defined]
        else:
            request.focus = None  # type: ignore[attr-defined]
        return self.get_response(request)
