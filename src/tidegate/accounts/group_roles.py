"""What `TIDEGATE_SSO_GROUPS` gives: a role for each group of the sign-in provider, here or there."""

from collections.abc import Iterable
from typing import NamedTuple

from tidegate.accounts.roles import ROLES
from tidegate.core.errors import Refusal

ANY = "*"
"""Stands for the ID of an organization in the name of a group, and after the @ for that very organization."""
_NAME = "TIDEGATE_SSO_GROUPS"


class GroupRole(NamedTuple):
    """A role that a group gives: the group's name, the role, and the organization's ID; blank is the whole state."""

    group: str
    role: str
    place: str


def read_entry(entry: str) -> GroupRole:
    """Return what one entry gives. A Refusal, which quotes it, where it could never give that."""
    group, equals, given = (part.strip() for part in entry.partition("="))
    role, at, place = (part.strip() for part in given.partition("@"))
    if not (group and equals and role):
        raise _refuse(entry, "is no group with a role", "Write it as GROUP=ROLE or GROUP=ROLE@ORGANIZATION")
    if role not in ROLES:
        raise _refuse(entry, f'names the role "{role}", which there is not', f"Choose one of: {', '.join(ROLES)}")
    if at and not place:  # a slip, which would give the role for the whole state
        raise _refuse(entry, "has no organization after the @", f"Write the organization's ID there, or {ANY}")
    if not at and not ROLES[role].is_state_wide:
        raise _refuse(entry, f"gives {role} for the whole state", f"Write where: {group}={role}@ORGANIZATION")
    if at and not ROLES[role].organization_kinds:
        raise _refuse(entry, f"gives {role} at an organization", f"Leave that out: {group}={role}")
    if ANY in place and group.count(ANY) != 1:
        wrong = f"has {ANY} after the @ and not once in the group"
        raise _refuse(entry, wrong, f"Write it as GROUP-{ANY}={role}@{ANY}")
    return GroupRole(group, role, place)


def check_entries(entries: Iterable[str]) -> None:
    """Raise a Refusal for the first entry that could never give a role."""
    for entry in entries:
        read_entry(entry)


def _refuse(entry: str, wrong: str, fix: str) -> Refusal:
    return Refusal(f'{_NAME}: the entry "{entry}" {wrong}', fix=fix, code="GROUP_ROLE")
