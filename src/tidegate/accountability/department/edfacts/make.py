"""Makes the amounts of an old EDFacts file from a snapshot: by the state's role alone, and audited."""

import hashlib
from typing import NamedTuple

from django.db import transaction

from tidegate.accountability.department.edfacts.amounts import differences_of
from tidegate.accountability.department.edfacts.count import amounts_of, header_of
from tidegate.accountability.department.edfacts.profile import Profile
from tidegate.accountability.models import Snapshot
from tidegate.accountability.signed_numbers import refuse_altered
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_make_department_files
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict
from tidegate.core.outputs.spreadsheet import csv_lines

MADE = "department.edfacts_amounts_made"
"""The act in the audit log; its details have the file's number, its hash and the snapshot's."""


class MadeAmounts(NamedTuple):
    """The amounts of a file as CSV, and its name."""

    content: bytes
    name: str


@transaction.atomic
def make_amounts(snapshot: Snapshot, profile: Profile, *, by: Person | None, by_token: bool = False) -> MadeAmounts:
    """Return the amounts of a file, of which `tidegate edfacts write` makes its fixed positions, and keep in the audit
    log who made them.

    Args:
        snapshot: The snapshot.
        profile: The layout of the file.
        by: Who makes them; None is the operator at the command line.
        by_token: Whether a program acts for the person.

    Raises:
        NotAllowed: The person may not make files for the Department.
        Conflict: The snapshot does not feed the file, or a total is not the sum of its parts, or the numbers are not
            those that were signed.
    """
    if by is not None:
        check_can_make_department_files(by)
    amounts = amounts_of(snapshot, profile)
    refuse_altered(snapshot, fix="Send nothing; ask the state data team to find out")
    if found := list(differences_of(profile, amounts)):
        raise Conflict(
            f"The amounts of file {profile.file} were not made, because a total is not the sum of its parts."
            f" {'. '.join(found)}",
            fix="The file has no code for some of these students. Count them by hand (tidegate edfacts write)",
            code="PARTS_DO_NOT_ADD_UP",
        )
    rows = ((each.column, each.value, *each.outcomes, each.students) for each in amounts)
    content = csv_lines([header_of(profile)]) + csv_lines(rows)
    record_event(
        MADE,
        by=by,
        school_year=snapshot.school_year,
        subject=snapshot,
        file=profile.file,
        sha256=hashlib.sha256(content).hexdigest(),
        snapshot_sha256=snapshot.sha256,
        by_token=by_token,
    )
    return MadeAmounts(content, f"not-for-publication-edfacts-{profile.file}-historical-snapshot-{snapshot.pk}.csv")
