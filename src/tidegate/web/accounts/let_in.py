"""Signs in a person who has just been made by a one-time link: their password was chosen a moment before."""

from django.contrib.auth import login
from django.http import HttpRequest

from tidegate.accounts.models import Person
from tidegate.accounts.sign_ins import record_sign_in

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def let_in(request: HttpRequest, person: Person) -> None:
    """Sign the person in, and record it. Where a second factor is required, the next page sets it up."""
    login(request, person, backend=_BACKEND)
    record_sign_in(user=person)
