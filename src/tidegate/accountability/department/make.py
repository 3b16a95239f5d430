"""Makes the workbook for the Department: by the state's role alone, refused where a total is not its parts' sum."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from tidegate.accountability.department.form import NOT_FOR_PUBLICATION, DepartmentForm
from tidegate.accountability.department.forms import forms_of
from tidegate.accountability.department.workbook import workbook
from tidegate.accountability.models import Snapshot
from tidegate.accountability.signed_numbers import refuse_altered
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_make_department_files
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.core.layouts.state_package import present_state

MADE = "department.workbook_made"
"""The act in the audit log; its details have the workbook's hash and the snapshot's."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HOW_TO_READ = (
    "The Department's own form is not in this program: copy the numbers into it. Where a sheet says No data, nothing "
    "was counted, which is not 0."
)


class MadeWorkbook(NamedTuple):
    """A workbook: its bytes, its name as a file, and its SHA-256."""

    content: bytes
    name: str
    sha256: str


def department_forms(snapshot: Snapshot, *, by: Person | None) -> list[DepartmentForm]:
    """Return the forms of a snapshot, as they would stand in the workbook, with what does not add up.

    Args:
        snapshot: The snapshot.
        by: Who looks; None is the operator at the command line.

    Raises:
        NotAllowed: The person may not make files for the Department.
    """
    if by is not None:
        check_can_make_department_files(by)
    return list(forms_of(snapshot))


@transaction.atomic
def make_workbook(snapshot: Snapshot, *, by: Person | None, by_token: bool = False) -> MadeWorkbook:
    """Make the workbook of a snapshot, and keep in the audit log who made it, and its hash.

    Args:
        snapshot: The snapshot.
        by: Who makes it; None is the operator at the command line.
        by_token: Whether a program acts for the person.

    Raises:
        NotAllowed: The person may not make files for the Department.
        Conflict: A total is not the sum of its parts, or the numbers are not those that were signed.
    """
    forms = department_forms(snapshot, by=by)
    refuse_differences(forms)
    refuse_altered(snapshot, fix="Send nothing; ask the state data team to find out")
    content = workbook(_facts(snapshot, by), forms)
    digest = hashlib.sha256(content).hexdigest()
    record_event(
        MADE,
        by=by,
        school_year=snapshot.school_year,
        subject=snapshot,
        sha256=digest,
        snapshot_sha256=snapshot.sha256,
        by_token=by_token,
    )
    return MadeWorkbook(content, f"not-for-publication-snapshot-{snapshot.pk}.xlsx", digest)


def refuse_differences(forms: Sequence[DepartmentForm]) -> None:
    """Raise Conflict, which names every difference, where a total is not the sum of its parts."""
    found = [str(difference) for form in forms for difference in form.differences]
    if found:
        raise Conflict(
            f"The workbook was not made, because a total is not the sum of its parts. {'. '.join(found)}",
            fix="Verify the snapshot. If it is what was frozen, tell the people who look after this program",
            code="PARTS_DO_NOT_ADD_UP",
        )


def _facts(snapshot: Snapshot, by: Person | None) -> list[tuple[str, str]]:
    """Return what the first sheet says."""
    its_state = ". ".join(filter(None, (snapshot.get_state_display(), snapshot.why_unsigned)))
    return [
        ("State", present_state().name),
        ("School year", snapshot.school_year.name),
        ("Period", snapshot.title),
        ("Snapshot", f"{snapshot.pk}, taken {snapshot.taken_at:%Y-%m-%d %H:%M}Z, counted on {snapshot.count_day}"),
        ("Its state", its_state),
        ("Its hash (SHA-256)", snapshot.sha256),
        ("Made", f"{timezone.now():%Y-%m-%d %H:%M}Z by {by.name if by else 'the operator'}"),
        (NOT_FOR_PUBLICATION, "Exact numbers for the Department. What is published goes through the guard"),
        ("Form", _HOW_TO_READ),
    ]
