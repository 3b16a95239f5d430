"""The roles, and what each may do. This is the permission table; nothing else grants anything."""

from enum import StrEnum
from typing import ClassVar

from tidegate.core.layouts.state_text import state_text
from tidegate.core.reference.organizations import CTE_SCHOOL, SAU, SCHOOL


class Permission(StrEnum):
    """One thing that a role may do where it is held."""

    VIEW_STUDENTS = "view students"
    VIEW_UPLOADS = "view uploads"
    SEND_UPLOADS = "send uploads"
    DOWNLOAD_FILES = "download files"
    UNDO_UPLOADS = "undo uploads"
    RELEASE_UPLOADS = "release uploads on hold"
    RESOLVE_DUPLICATES = "resolve possible duplicates"
    TAKE_SNAPSHOTS = "take and review snapshots"
    MAKE_DEPARTMENT_FILES = "make files for the Department of Education"
    MANAGE_REFERENCE = "manage reference lists"
    ALLOW_LATE_UPLOADS = "allow late files"
    MANAGE_PEOPLE = "manage people"
    MANAGE_OWN_PEOPLE = "manage the people of your office"
    VIEW_AUDIT = "view the audit log"
    VIEW_OPERATIONS = "see how the site runs"
    CERTIFY_SNAPSHOTS = "certify snapshots"
    APPROVE_SNAPSHOTS = "approve snapshots"
    PUBLISH_SNAPSHOTS = "publish counts"


SIGNING = frozenset({Permission.CERTIFY_SNAPSHOTS, Permission.APPROVE_SNAPSHOTS})
"""What two people do who have roles of their own for it: nobody else signs, whatever else they may do."""


class Role:
    """A role is held at an organization of one of `organization_kinds`, or for the whole state where `is_state_wide`.

    Held at a district it reaches the district and its schools; at a school, that school alone; for the state,
    everything."""

    slug: ClassVar[str]
    display_name: ClassVar[str]
    description: ClassVar[str]
    permissions: ClassVar[frozenset[Permission]]
    organization_kinds: ClassVar[frozenset[str]] = frozenset()
    is_state_wide: ClassVar[bool] = False

    @classmethod
    def may_be_held_at(cls, kind: str | None) -> bool:
        """Whether the role can be held at an organization of this kind; None is the whole state."""
        return cls.is_state_wide if kind is None else kind in cls.organization_kinds


class StateAdministrator(Role):
    """Runs the system for the state data team."""

    slug = "state-administrator"
    display_name = "State administrator"
    description = "Sees and does everything but sign counts, in every organization."
    permissions = frozenset(Permission) - SIGNING
    is_state_wide = True


class DataSpecialist(Role):
    """Reports a district's data."""

    slug = "data-specialist"
    display_name = "Data specialist"
    description = state_text(
        "Sends the files of one {words.sau}, and sees the students and uploads of the {words.sau} and its schools."
    )
    permissions = frozenset(
        {
            Permission.VIEW_STUDENTS,
            Permission.VIEW_UPLOADS,
            Permission.SEND_UPLOADS,
            Permission.DOWNLOAD_FILES,
            Permission.UNDO_UPLOADS,
            Permission.RELEASE_UPLOADS,
        }
    )
    organization_kinds = frozenset({SAU})


class PeopleManager(Role):
    """Looks after who works for a district, where the state lets districts do so."""

    slug = "people-manager"
    display_name = "People manager"
    description = state_text(
        "Invites the people of one {words.sau} and its schools, and gives and ends their roles, up to what the manager "
        "may do there, too; not the manager's own."
    )
    permissions = frozenset({Permission.MANAGE_OWN_PEOPLE})
    organization_kinds = frozenset({SAU})


class CteDirector(Role):
    """Reports a technical school's data."""

    slug = "cte-director"
    display_name = state_text("{words.cte_director}")
    description = state_text(
        "Sends the files of one {words.cte_school}, and sees its uploads and the students who are enrolled there."
    )
    permissions = frozenset(
        {
            Permission.VIEW_STUDENTS,
            Permission.VIEW_UPLOADS,
            Permission.SEND_UPLOADS,
            Permission.DOWNLOAD_FILES,
            Permission.UNDO_UPLOADS,
        }
    )
    organization_kinds = frozenset({CTE_SCHOOL})


class Viewer(Role):
    """Looks, and changes nothing."""

    slug = "viewer"
    display_name = "Viewer"
    description = "Sees students, uploads and their findings; sends nothing and downloads no uploaded file."
    permissions = frozenset({Permission.VIEW_STUDENTS, Permission.VIEW_UPLOADS})
    organization_kinds = frozenset({SAU, SCHOOL, CTE_SCHOOL})
    is_state_wide = True


class Certifier(Role):
    """Signs first that a count is right."""

    slug = "certifier"
    display_name = "Certifier"
    description = "Certifies the counts of the state, as the first of two who sign; sees students, uploads and counts."
    permissions = frozenset({Permission.VIEW_STUDENTS, Permission.VIEW_UPLOADS, Permission.CERTIFY_SNAPSHOTS})
    is_state_wide = True


class Approver(Role):
    """Signs a certified count, with which it stands."""

    slug = "approver"
    display_name = "Approver"
    description = "Approves certified counts, as the second of two who sign; sees students, uploads and counts."
    permissions = frozenset({Permission.VIEW_STUDENTS, Permission.VIEW_UPLOADS, Permission.APPROVE_SNAPSHOTS})
    is_state_wide = True


ROLES: dict[str, type[Role]] = {
    role.slug: role
    for role in (StateAdministrator, DataSpecialist, PeopleManager, CteDirector, Viewer, Certifier, Approver)
}
"""Every role by its slug, the one that may do most first."""


def roles_with(permission: Permission) -> list[str]:
    """Return the slugs of the roles that allow this."""
    return [slug for slug, role in ROLES.items() if permission in role.permissions]
