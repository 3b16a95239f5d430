"""What a person may do, in pairs: `can_x` answers, `check_can_x` raises a Refusal.

Out of the person's reach it is NotFound, the same as for what does not exist; within reach but not allowed, NotAllowed.
"""

from collections.abc import Collection

from django.conf import settings

from tidegate.accounts.models import Person
from tidegate.accounts.reach import (
    find_organization,
    has_permission,
    no_such,
    organizations_to_focus_on,
    organizations_visible_to,
    roles_at,
)
from tidegate.accounts.roles import ROLES, PeopleManager, Permission
from tidegate.core.errors import NotAllowed
from tidegate.core.outputs.output import Access
from tidegate.reference.models import Organization

__all__ = ["find_organization", "organizations_to_focus_on", "organizations_visible_to"]


def can_view_organization(person: Person, organization: Organization | None) -> bool:
    """Whether a role of the person reaches the organization; None is the whole state."""
    return any(True for _ in roles_at(person, organization))


def check_can_view_organization(person: Person, organization: Organization | None) -> None:
    """Raise NotFound where no role of the person reaches the organization."""
    if not can_view_organization(person, organization):
        raise no_such("organization")


def can_set_focus(person: Person, organization: Organization | None) -> bool:
    """Whether the person may work in the organization; None is the whole state, for state-wide roles."""
    return can_view_organization(person, organization)


def check_can_set_focus(person: Person, organization: Organization | None) -> None:
    """Raise NotFound where the person may not work in the organization."""
    check_can_view_organization(person, organization)


def can_view_students(person: Person, organization: Organization | None) -> bool:
    """Whether the person may see the student list of the organization; None is the whole state."""
    return has_permission(person, Permission.VIEW_STUDENTS, organization)


def check_can_view_students(person: Person, organization: Organization | None) -> None:
    """Raise a Refusal where the person may not see the student list."""
    _check(person, Permission.VIEW_STUDENTS, organization, thing="organization")


def can_view_student(person: Person, enrolled_at: Collection[Organization]) -> bool:
    """Whether the person may see a student who is enrolled at these organizations.

    A student without any enrollment is seen by state-wide roles only.
    """
    return any(can_view_students(person, organization) for organization in (None, *enrolled_at))


def check_can_view_student(person: Person, enrolled_at: Collection[Organization]) -> None:
    """Raise NotFound where the person may not see the student: nobody learns whether a number has been given."""
    if not can_view_student(person, enrolled_at):
        raise no_such("student")


def can_view_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may see the uploads of the organization, with their findings and Result Logs."""
    return has_permission(person, Permission.VIEW_UPLOADS, organization)


def check_can_view_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not see the organization's uploads."""
    _check(person, Permission.VIEW_UPLOADS, organization, thing="upload")


def can_send_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may send files for the organization."""
    return has_permission(person, Permission.SEND_UPLOADS, organization)


def check_can_send_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not send files for the organization."""
    _check(person, Permission.SEND_UPLOADS, organization, thing="organization")


def can_download_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may download the files that were sent for the organization."""
    return has_permission(person, Permission.DOWNLOAD_FILES, organization)


def check_can_download_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not download the organization's files."""
    _check(person, Permission.DOWNLOAD_FILES, organization, thing="upload")


def can_have_output(person: Person, access: Access, organization: Organization) -> bool:
    """Whether the person may have outputs of the organization's uploads that ask for this."""
    return has_permission(person, Permission(access), organization)


def check_can_have_output(person: Person, access: Access, organization: Organization) -> None:
    """Raise a Refusal where the person may not have outputs of the organization's uploads that ask for this."""
    _check(person, Permission(access), organization, thing="upload")


def can_cancel_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may cancel an upload of the organization: a person who may send one may
    also cancel it."""
    return has_permission(person, Permission.SEND_UPLOADS, organization)


def check_can_cancel_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not cancel the organization's uploads."""
    _check(person, Permission.SEND_UPLOADS, organization, thing="upload")


def can_undo_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may undo an upload of the organization."""
    return has_permission(person, Permission.UNDO_UPLOADS, organization)


def check_can_undo_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not undo the organization's uploads."""
    _check(person, Permission.UNDO_UPLOADS, organization, thing="upload")


def can_release_upload(person: Person, organization: Organization) -> bool:
    """Whether the person may release an upload of the organization that is on hold."""
    return has_permission(person, Permission.RELEASE_UPLOADS, organization)


def check_can_release_upload(person: Person, organization: Organization) -> None:
    """Raise a Refusal where the person may not release the organization's uploads."""
    _check(person, Permission.RELEASE_UPLOADS, organization, thing="upload")


def can_resolve_duplicates(person: Person) -> bool:
    """Whether the person may decide if a requested student is one who is known."""
    return has_permission(person, Permission.RESOLVE_DUPLICATES, None)


def check_can_resolve_duplicates(person: Person) -> None:
    """Raise NotAllowed where the person may not resolve possible duplicates."""
    if not can_resolve_duplicates(person):
        raise _not_allowed(Permission.RESOLVE_DUPLICATES)


def can_take_snapshots(person: Person) -> bool:
    """Whether the person may freeze what a period counts, review it and reopen it."""
    return has_permission(person, Permission.TAKE_SNAPSHOTS, None)


def check_can_take_snapshots(person: Person) -> None:
    """Raise NotAllowed where the person may not take and review snapshots."""
    if not can_take_snapshots(person):
        raise _not_allowed(Permission.TAKE_SNAPSHOTS)


def can_make_department_files(person: Person) -> bool:
    """Whether the person may make what the state sends to the Department: exact numbers, also of a few students."""
    return has_permission(person, Permission.MAKE_DEPARTMENT_FILES, None)


def check_can_make_department_files(person: Person) -> None:
    """Raise NotAllowed where the person may not make files for the Department."""
    if not can_make_department_files(person):
        raise _not_allowed(Permission.MAKE_DEPARTMENT_FILES)


def can_manage_reference(person: Person) -> bool:
    """Whether the person may change school years, organizations and codes."""
    return has_permission(person, Permission.MANAGE_REFERENCE, None)


def check_can_manage_reference(person: Person) -> None:
    """Raise NotAllowed where the person may not change school years, organizations and codes."""
    if not can_manage_reference(person):
        raise _not_allowed(Permission.MANAGE_REFERENCE)


def can_allow_late_uploads(person: Person) -> bool:
    """Whether the person may allow an organization to send files after their window has closed."""
    return has_permission(person, Permission.ALLOW_LATE_UPLOADS, None)


def check_can_allow_late_uploads(person: Person) -> None:
    """Raise NotAllowed where the person may not allow late files."""
    if not can_allow_late_uploads(person):
        raise _not_allowed(Permission.ALLOW_LATE_UPLOADS)


def can_manage_people(person: Person) -> bool:
    """Whether the person may add people and give roles."""
    return has_permission(person, Permission.MANAGE_PEOPLE, None)


def check_can_manage_people(person: Person) -> None:
    """Raise NotAllowed where the person may not add people and give roles."""
    if not can_manage_people(person):
        raise _not_allowed(Permission.MANAGE_PEOPLE)


def can_manage_some_people(person: Person) -> bool:
    """Whether the person manages people anywhere: all of them or, where the state lets districts do so, their own."""
    held = person.memberships.all() if person.is_active else ()
    is_manager = settings.TIDEGATE_DELEGATED_PEOPLE and any(each.role == PeopleManager.slug for each in held)
    return can_manage_people(person) or is_manager


def check_can_manage_some_people(person: Person) -> None:
    """Raise NotAllowed where the person manages nobody."""
    if not can_manage_some_people(person):
        raise _not_allowed(Permission.MANAGE_PEOPLE)


def can_manage_people_at(person: Person, organization: Organization | None) -> bool:
    """Whether the person may look after who works for the organization; None is the whole state."""
    is_delegated = settings.TIDEGATE_DELEGATED_PEOPLE and organization is not None
    return can_manage_people(person) or (
        is_delegated and has_permission(person, Permission.MANAGE_OWN_PEOPLE, organization)
    )


def check_can_manage_people_at(person: Person, organization: Organization | None) -> None:
    """Raise a Refusal where the person may not look after who works for the organization."""
    if not can_manage_people_at(person, organization):
        if organization is not None:
            check_can_view_organization(person, organization)
        raise _not_allowed(Permission.MANAGE_PEOPLE)


def can_give_role(person: Person, role: str, organization: Organization | None) -> bool:
    """Whether the person may give others this role there, and end it: one who manages an office gives no role that may
    do more there than the manager does."""
    if can_manage_people(person):
        return True
    own = {each for held in roles_at(person, organization) for each in held.permissions}
    return (
        can_manage_people_at(person, organization)
        and role in ROLES
        and ROLES[role] is not PeopleManager
        and ROLES[role].permissions <= own
    )


def check_can_give_role(person: Person, role: str, organization: Organization | None) -> None:
    """Raise a Refusal where the person may not give others this role there, and so not end it."""
    check_can_manage_people_at(person, organization)
    if not can_give_role(person, role, organization):
        raise NotAllowed(
            "You cannot give or end this role, since it may do more than yours",
            fix="Ask the state data team to do it",
        )


def can_manage_account(person: Person, other: Person) -> bool:
    """Whether the person may end the other's access and sign-ins. One who manages an office may where all that the
    other may do is what the manager could give; nobody may of themselves but the state."""
    if can_manage_people(person):
        return True
    held = list(other.memberships.all())
    return (
        bool(held)
        and other.pk != person.pk
        and all(can_give_role(person, each.role, each.organization) for each in held)
    )


def check_can_manage_account(person: Person, other: Person) -> None:
    """Raise a Refusal where the person may not end the other's access and sign-ins."""
    check_can_manage_some_people(person)
    if not can_manage_account(person, other):
        raise NotAllowed(
            "You cannot change how this person signs in: the person has roles that you do not manage, or is yourself",
            fix="Ask the state data team to do it",
        )


def can_view_audit(person: Person) -> bool:
    """Whether the person may read the audit log."""
    return has_permission(person, Permission.VIEW_AUDIT, None)


def check_can_view_audit(person: Person) -> None:
    """Raise NotAllowed where the person may not read the audit log."""
    if not can_view_audit(person):
        raise _not_allowed(Permission.VIEW_AUDIT)


def can_view_senders(person: Person) -> bool:
    """Whether the person may see where every sender of the state is."""
    return has_permission(person, Permission.VIEW_UPLOADS, None)


def check_can_view_senders(person: Person) -> None:
    """Raise NotAllowed where the person may not see where every sender of the state is."""
    if not can_view_senders(person):
        raise _not_allowed(Permission.VIEW_UPLOADS)


def can_view_operations(person: Person) -> bool:
    """Whether the person may see how the site runs: its queue, its workers and its speed."""
    return has_permission(person, Permission.VIEW_OPERATIONS, None)


def check_can_view_operations(person: Person) -> None:
    """Raise NotAllowed where the person may not see how the site runs."""
    if not can_view_operations(person):
        raise _not_allowed(Permission.VIEW_OPERATIONS)


def can_certify_snapshots(person: Person) -> bool:
    """Whether the person may sign a snapshot first."""
    return has_permission(person, Permission.CERTIFY_SNAPSHOTS, None)


def check_can_certify_snapshots(person: Person) -> None:
    """Raise NotAllowed where the person may not certify snapshots."""
    if not can_certify_snapshots(person):
        raise _not_allowed(Permission.CERTIFY_SNAPSHOTS)


def can_approve_snapshots(person: Person) -> bool:
    """Whether the person may sign a certified snapshot."""
    return has_permission(person, Permission.APPROVE_SNAPSHOTS, None)


def check_can_approve_snapshots(person: Person) -> None:
    """Raise NotAllowed where the person may not approve snapshots."""
    if not can_approve_snapshots(person):
        raise _not_allowed(Permission.APPROVE_SNAPSHOTS)


def can_publish_snapshots(person: Person) -> bool:
    """Whether the person may publish counts, for everybody and for ever."""
    return has_permission(person, Permission.PUBLISH_SNAPSHOTS, None)


def check_can_publish_snapshots(person: Person) -> None:
    """Raise NotAllowed where the person may not publish counts."""
    if not can_publish_snapshots(person):
        raise _not_allowed(Permission.PUBLISH_SNAPSHOTS)


def can_reopen_snapshots(person: Person) -> bool:
    """Whether the person may take a snapshot back: who takes them, and who signs them."""
    return can_take_snapshots(person) or can_certify_snapshots(person) or can_approve_snapshots(person)


def check_can_reopen_snapshots(person: Person) -> None:
    """Raise NotAllowed where the person may not reopen snapshots."""
    if not can_reopen_snapshots(person):
        raise _not_allowed(Permission.TAKE_SNAPSHOTS)


def can_explain_number(person: Person, organization: Organization | None) -> bool:
    """Whether the person may say why a number is unusual, or lines with a warning are right: who sends for the
    organization, or who takes snapshots; None is of the whole state."""
    if can_take_snapshots(person):
        return True
    return organization is not None and can_send_upload(person, organization)


def check_can_explain_number(person: Person, organization: Organization | None, *, thing: str = "number") -> None:
    """Raise a Refusal where the person may not say why a number is unusual, or a warning (`thing`) is right."""
    if organization is not None and not can_view_organization(person, organization):
        raise no_such(thing)
    if not can_explain_number(person, organization):
        raise _not_allowed(Permission.TAKE_SNAPSHOTS if organization is None else Permission.SEND_UPLOADS)


def _check(person: Person, permission: Permission, organization: Organization | None, *, thing: str) -> None:
    if not can_view_organization(person, organization):
        raise no_such(thing)
    if not has_permission(person, permission, organization):
        raise _not_allowed(permission)


def _not_allowed(permission: Permission) -> NotAllowed:
    return NotAllowed(
        f"Your role does not allow you to {permission}", fix="Ask the state data team if you should have this role"
    )
