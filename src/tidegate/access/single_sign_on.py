"""Single sign-on by which an invitation is accepted, too, of which the person who invited is told."""

from tidegate.access.accept import accept
from tidegate.accounts import adapters
from tidegate.accounts.models import Invitation, Person


class InvitingSingleSignOnAdapter(adapters.SingleSignOnAdapter):
    """Signing in through the state's OpenID Connect provider, as the accounts have it."""

    def accept_invitation(self, invitation: Invitation, *, name: str) -> Person:
        """Return the new person, and tell who invited them."""
        return accept(invitation, name=name)
