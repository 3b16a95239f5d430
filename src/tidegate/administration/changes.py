"""Changes of a reference list: proposed, shown, made as they were shown, and undone."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.accounts.reach import no_such
from tidegate.administration.differences import Difference, DifferenceKind, compare, digest_of, read_differences
from tidegate.administration.list_file import read_list_file
from tidegate.administration.lists import ReferenceList, find_list
from tidegate.administration.missing import count_missing, end_missing
from tidegate.administration.models import ListChange, ListChangeAct
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.reference.advisory_lock import REFERENCE_LISTS, advisory_lock
from tidegate.uploads.lifecycle.waiting.wake_waiting import wake_all
from tidegate.uploads.queue import enqueue_recheck

_KEPT = timedelta(days=2)


def propose_import(
    list_name: str, path: Path, *, file_name: str, by: Person | None, last_year: SchoolYear | None = None
) -> ListChange:
    """Return what the import of a file would change, which nobody has carried out yet.

    Args:
        list_name: The list.
        path: The file.
        file_name: Its name, as the person knows it.
        by: The person who asks; None is the operator at the command line.
        last_year: The last school year of codes that the file does not have; None leaves them as they are.

    Raises:
        Refusal: The file cannot be read as this list, or says what the list says already.
    """
    check_may_change_lists(by)
    found = compare_file(list_name, path, file_name=file_name, last_year=last_year)
    if not found.differences:
        raise Refusal(
            f"Everything in {file_name} is on file already", fix="There is nothing to import", code="NOTHING_NEW"
        )
    return _keep(found, by=by)


def compare_file(list_name: str, path: Path, *, file_name: str, last_year: SchoolYear | None = None) -> ListChange:
    """Return what the import of a file would change, not kept: without differences where that is nothing. The arguments
    are those of `propose_import`; a Refusal where the file cannot be read as this list."""
    of = find_list(list_name)
    read = read_list_file(list_name, path, file_name=file_name)
    if not read.rows:
        raise Refusal(f"{file_name} has no rows", fix="Choose the file of the list", code="LIST_EMPTY")
    stored = of.rows()
    differences = compare(stored, read.rows)
    missing_count = count_missing(stored, read.rows)
    if last_year is not None and not of.is_of_organizations:
        ended = end_missing(stored, read.rows, last_year=last_year)
        differences += ended
        missing_count -= len(ended)
    return ListChange(
        list_name=of.name,
        act=ListChangeAct.IMPORT,
        differences=differences,
        sha256=digest_of(differences),
        file_name=file_name[-255:],
        file_sha256=read.sha256,
        missing_count=missing_count,
        unchanged_count=sum(stored.get(key) == row for key, row in read.rows.items()),
    )


def check_may_change_lists(by: Person | None) -> None:
    """Raise NotAllowed where a person may not change reference lists; the operator may."""
    if by is not None:
        check_can_manage_reference(by)


def propose(
    of: ReferenceList, act: ListChangeAct, differences: list[Difference], *, by: Person | None, **more: object
) -> ListChange:
    """Keep what would be changed, to be shown and then carried out; what nobody carries out goes after two days.

    Args:
        of: The list.
        act: What is done to it.
        differences: Its rows before and after.
        by: The person who proposes it.
        more: The other fields of ListChange.
    """
    found = ListChange(list_name=of.name, act=act, differences=differences, sha256=digest_of(differences), **more)
    return _keep(found, by=by)


def _keep(change: ListChange, *, by: Person | None) -> ListChange:
    ListChange.objects.filter(made_at=None, proposed_at__lt=timezone.now() - _KEPT).delete()
    find_list(change.list_name).check(change.differences)
    change.proposed_by = by
    change.save()
    return change


@transaction.atomic
def make_change(change: ListChange, *, by: Person | None) -> None:
    """Carry out what was proposed: just that, or nothing where the list has changed since, or a school would belong to
    what is no district any more or has closed. Raises Conflict."""
    check_may_change_lists(by)
    advisory_lock(REFERENCE_LISTS)
    change = ListChange.objects.select_for_update().get(pk=change.pk)
    if change.is_made:
        raise Conflict("This has been carried out already", code="ALREADY_MADE")
    of, differences = find_list(change.list_name), read_differences(change.differences)
    if has_moved(of, differences):
        raise Conflict(
            "The list has changed since this preview, and nothing was changed now",
            fix="Begin again: the new preview shows what would happen now",
            code="PREVIEW_OUT_OF_DATE",
        )
    of.check(differences)
    of.write(differences)
    change.made_at, change.made_by = timezone.now(), by
    change.save(update_fields=["made_at", "made_by"])
    record_event(f"list.{_VERBS[ListChangeAct(change.act)]}", by=by, **_details(change, differences))
    enqueue_recheck()
    wake_all()


_VERBS = {
    ListChangeAct.IMPORT: "imported",
    ListChangeAct.ADD: "added_to",
    ListChangeAct.END: "ended_in",
    ListChangeAct.RENAME: "corrected",
    ListChangeAct.MOVE: "moved_in",
    ListChangeAct.CLOSE: "closed_in",
    ListChangeAct.REOPEN: "reopened_in",
    ListChangeAct.UNDO: "change_undone",
}


def _details(change: ListChange, differences: Iterable[Difference]) -> dict[str, Any]:
    details: dict[str, Any] = {"list": change.list_name, "change": change.pk, "sha256": change.sha256}
    if change.undoes_id:
        details["undoes"] = change.undoes_id
    return details | {str(kind): count for kind, count in counts_of(differences).items()}


def has_moved(of: ReferenceList, differences: Iterable[Difference]) -> bool:
    """Whether a row is no longer what it was when the differences were found."""
    stored = of.rows()
    return any(stored.get(each.key) != each.before for each in differences)


def propose_undo(change: ListChange, *, by: Person | None) -> ListChange:
    """Return what would take a change back, which nobody has carried out yet. A Conflict where it was taken back
    already, or a later change has changed the same rows."""
    check_may_change_lists(by)
    if not change.is_made:
        raise Conflict("This was never carried out, so there is nothing to undo")
    if change.undone_by.filter(made_at__isnull=False).exists():
        raise Conflict("This was undone already", code="UNDONE_ALREADY")
    of = find_list(change.list_name)
    back = [each.reversed() for each in read_differences(change.differences)]
    if has_moved(of, back):
        raise Conflict(
            "A later change has changed some of the same rows",
            fix="Undo the later change first, or import the list as it should be",
            code="CHANGED_LATER",
        )
    return propose(of, ListChangeAct.UNDO, back, by=by, undoes=change)


def find_change(person: Person, number: int) -> ListChange:
    """Return a change by its ID. Raises NotAllowed or NotFound."""
    check_can_manage_reference(person)
    found = ListChange.objects.filter(pk=number).select_related("made_by", "proposed_by", "undoes").first()
    if found is None:
        raise no_such("change")
    return found


def counts_of(differences: Iterable[Difference]) -> dict[DifferenceKind, int]:
    """Return how many rows are added, changed, ended and removed, each that there is."""
    counts = Counter(each.kind for each in differences)
    return {kind: counts[kind] for kind in DifferenceKind if counts[kind]}
