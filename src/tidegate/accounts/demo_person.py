"""Somebody to sign in to a demo as, before the database knows them."""

from dataclasses import dataclass

from tidegate.accounts.roles import Role


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as. No organization is the whole state."""

    email: str
    name: str
    role: type[Role]
    organization_name: str = ""
