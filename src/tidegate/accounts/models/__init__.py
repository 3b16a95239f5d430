"""The nouns of accounts: a person, a role held somewhere, a focus, a token."""

from tidegate.accounts.models.focus import Focus
from tidegate.accounts.models.membership import Membership
from tidegate.accounts.models.person import Person
from tidegate.accounts.models.token import Scope, Token

__all__ = ["Focus", "Membership", "Person", "Scope", "Token"]
