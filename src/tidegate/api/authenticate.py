"""Who asks: a token in the Authorization header."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from tidegate.accounts.models import Scope, Token
from tidegate.accounts.permissions import can_view_organization, check_can_view_students
from tidegate.accounts.reach import find_organization, no_such
from tidegate.accounts.sign_ins import has_second_factor
from tidegate.accounts.tokens import find_token, record_refused_token
from tidegate.core.errors import NotAllowed
from tidegate.reference.models import Organization


class BearerToken(HttpBearer):
    """A token, as `Authorization: Bearer tg_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:  # noqa: ARG002 - ninja's form
        """Return the token; None where it is not good, or its person has no role at its organization any more.

        NotAllowed where a second factor is required and the person has none: a token opens no more than its person.
        """
        found = find_token(token)
        if not found or not can_view_organization(found.person, found.organization):
            record_refused_token(token)
            return None
        if settings.TIDEGATE_SECOND_FACTOR_REQUIRED and not has_second_factor(found.person):
            record_refused_token(token, reason="no second factor")
            raise NotAllowed(
                "The person whose token this is has no second factor, which the state requires",
                fix="They sign in and set one up; the token then works again",
                code="SECOND_FACTOR",
            )
        return found


def check_scope(token: Token, scope: Scope) -> None:
    """Raise NotAllowed where the token is not for this."""
    if scope not in token.scopes:
        raise NotAllowed(f"The token does not have the scope {scope}", fix="Make a token that has it")


def check_reach(token: Token, organization: Organization) -> None:
    """Raise NotFound where the organization is neither the token's nor one of its schools."""
    if token.organization_id not in (organization.pk, organization.parent_id):
        raise no_such("organization")


def reading_token(request: HttpRequest, identifier: str | int | None) -> tuple[Token, Organization]:
    """Return who asks about the students of an organization, and where.

    Args:
        request: The request.
        identifier: The organization's ID; None is the token's own.

    Returns:
        The token, and the organization.

    Raises:
        NotAllowed: The token, or its person, may not read about students there.
        NotFound: The organization is out of reach.
    """
    token = cast("Token", request.auth)  # type: ignore[attr-defined]
    check_scope(token, Scope.READ)
    place = token.organization if identifier is None else find_organization(token.person, identifier)
    check_reach(token, place)
    check_can_view_students(token.person, place)
    return token, place
