"""The pages of the state's desk: which there are, and who has them."""

from collections.abc import Callable
from typing import NamedTuple

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import (
    can_manage_reference,
    can_manage_some_people,
    can_resolve_duplicates,
    can_view_audit,
    can_view_operations,
)


class DeskSection(NamedTuple):
    """A page of the administration. `is_for` says whether a person has it."""

    url_name: str
    title: str
    summary: str
    icon: str
    is_for: Callable[[Person], bool]


SECTIONS: tuple[DeskSection, ...] = (
    DeskSection(
        "school_years",
        "School years",
        "Open a school year, take along what was set for the last one, close it and reopen it.",
        "book",
        can_manage_reference,
    ),
    DeskSection(
        "windows",
        "Windows",
        "When each file type is collected: opens, due and closes, for everybody or one organization; late files.",
        "clock",
        can_manage_reference,
    ),
    DeskSection(
        "setup",
        "Setting up",
        "What is still missing until the first district has sent a file.",
        "check",
        can_manage_reference,
    ),
    DeskSection(
        "organizations",
        "Organizations and schools",
        "Add them, correct a name, move a school, close one with a day, import the list.",
        "people",
        can_manage_reference,
    ),
    DeskSection(
        "code_lists",
        "Code lists",
        "The codes that files may have, and in which school years.",
        "book",
        can_manage_reference,
    ),
    DeskSection(
        "possible_duplicates",
        "Possible duplicates",
        "Requests for a new student who may be one that has a number already.",
        "people",
        can_resolve_duplicates,
    ),
    DeskSection(
        "settings_in_force",
        "Settings",
        "Every setting that is in force, and where it comes from.",
        "book",
        can_view_operations,
    ),
    DeskSection(
        "people",
        "People",
        "Who works with tidegate: invitations, roles and where they are held, access.",
        "people",
        can_manage_some_people,
    ),
    DeskSection("events", "Audit log", "Who did what, when and where.", "search", can_view_audit),
    DeskSection(
        "operations", "Operations", "How the site runs: now, and over the last day.", "pulse", can_view_operations
    ),
)
"""Every section, in the order in which the page and the tree show them."""


def sections_for(person: Person) -> list[DeskSection]:
    """Return the sections that a person has; none where there is nothing to administer."""
    return [section for section in SECTIONS if section.is_for(person)]
