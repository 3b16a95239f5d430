"""The nouns of accounts: a person, a role held somewhere, a focus."""

from tidegate.accounts.models.focus import Focus
from tidegate.accounts.models.membership import Membership
from tidegate.accounts.models.person import Person

__all__ = ["Focus", "Membership", "Person"]
