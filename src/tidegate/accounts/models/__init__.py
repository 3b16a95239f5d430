"""The nouns of accounts: a person, a role held somewhere, a focus, a token, an invitation, a request for access."""

from tidegate.accounts.models.access_request import AccessRequest, Answer
from tidegate.accounts.models.focus import Focus
from tidegate.accounts.models.invitation import Invitation
from tidegate.accounts.models.membership import Membership
from tidegate.accounts.models.person import Person
from tidegate.accounts.models.token import USUAL_SCOPES, Scope, Token

__all__ = ["USUAL_SCOPES", "AccessRequest", "Answer", "Focus", "Invitation", "Membership", "Person", "Scope", "Token"]
