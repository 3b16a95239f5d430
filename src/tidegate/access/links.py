"""The links that let somebody in, once: as a mail and a page need them."""

from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from tidegate.accounts.models import Person
from tidegate.accounts.password_tokens import is_password_token_good
from tidegate.inbox.compose import site_address

# The addresses of pages are not asked for: a worker would load all pages for it. A test says that these are they.
PEOPLE = "/people/"
ASK = "/access/"


def invitation_link(secret: str) -> str:
    """Return the address on which an invitation is accepted."""
    return site_address(f"/invitations/{secret}/")


def password_link(person: Person, token: str) -> str:
    """Return the address on which the person chooses a new password; it is good as long as the token."""
    number = urlsafe_base64_encode(force_bytes(person.pk))
    return site_address(f"/password/new/{number}/{token}/")


def person_of_link(number: str, token: str) -> Person | None:
    """Return the person whose link for a new password this is; None where it was used, or is too old."""
    try:
        pk = int(urlsafe_base64_decode(number))
    except (ValueError, OverflowError):
        return None
    person = Person.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
    return person if person and is_password_token_good(person, token) else None
