"""The token of a program that reads numbers of a snapshot: of the students whom its organization teaches or sends."""

from django.http import HttpRequest

from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.models import Snapshot
from tidegate.accounts.models import Scope, Token
from tidegate.accounts.reach import no_such, organizations_reached_from
from tidegate.api.authenticate import check_scope, reading_token
from tidegate.audit.record import record_event


def counting_token(request: HttpRequest) -> Token:
    """Return the token of a request. A Refusal where it, or its person, may not read about the students of its
    organization."""
    return reading_token(request, None)[0]


def reach_of_token(token: Token) -> Reach:
    """Return the IDs of the token's organization and its schools."""
    return list(organizations_reached_from(token.organization).values_list("identifier", flat=True))


def explaining_token(request: HttpRequest, office: str, *, thing: str) -> Token:
    """Return the token of a request that explains a number or a warning (`thing`) of an organization, by its ID.

    Raises:
        NotAllowed: The token is not for sending.
        NotFound: The organization is neither the token's nor one of its schools.
    """
    token: Token = request.auth  # type: ignore[attr-defined]
    check_scope(token, Scope.SEND)
    if office not in (reach_of_token(token) or ()):
        raise no_such(thing)
    return token


def record_reading(act: str, snapshot: Snapshot, token: Token, **details: object) -> None:
    """Record that a program has read something of a snapshot."""
    record_event(
        act,
        by=token.person,
        organization=token.organization,
        school_year=snapshot.school_year,
        subject=snapshot,
        by_token=True,
        **details,
    )
