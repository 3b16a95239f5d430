"""What is done to one organization: added, corrected, moved, closed, opened again. Each is proposed first."""

from datetime import date
from typing import NamedTuple

import polars as pl

from tidegate.accounts.models import Person
from tidegate.administration.changes import check_may_change_lists, propose
from tidegate.administration.differences import Difference, Row
from tidegate.administration.lists import find_list
from tidegate.administration.models import ListChange, ListChangeAct
from tidegate.administration.organizations import ORGANIZATIONS, row_of
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.layouts.identifiers import are_ids_numbers, organization_ids
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import Organization, OrganizationKind
from tidegate.reference.models.organization import DISTRICT, identified_by
from tidegate.reference.organization_keys import import_keys


class NewOrganization(NamedTuple):
    """An organization to be added."""

    identifier: str
    name: str
    kind: str
    parent: Organization | None = None
    local_id: str = ""


def propose_addition(new: NewOrganization, *, by: Person | None) -> ListChange:
    """Propose a new organization. A Refusal where its ID is taken or is none, or it lacks its district."""
    check_may_change_lists(by)
    identifier = _checked_id(new.identifier)
    if new.kind == DISTRICT and new.parent is not None:
        raise Refusal(_has_no_parent(), fix="Leave the field blank")
    if new.kind == OrganizationKind.SCHOOL and new.parent is None:
        raise Refusal(f"A school belongs to {_a_sau()}", fix="Enter its name or its ID")
    if new.parent is not None:
        _check_parent(new.parent)
    key = import_keys(pl.Series("OrganizationID", [identifier])).of("OrganizationID")
    (number,) = pl.DataFrame({"OrganizationID": [identifier]}).select(key).to_series().to_list()
    row: Row = {
        "id": number,
        "identifier": identifier,
        "name": new.name,
        "kind": str(new.kind),
        "parent_id": new.parent.pk if new.parent else None,
        "local_id": new.local_id,
        "closed_on": None,
    }
    return _propose(ListChangeAct.ADD, [Difference(str(number), None, row)], by=by)


def propose_correction(organization: Organization, *, name: str, local_id: str, by: Person | None) -> ListChange:
    """Propose another name or local ID. A Refusal where nothing differs."""
    check_may_change_lists(by)
    return _propose(ListChangeAct.RENAME, [_differing(organization, name=name, local_id=local_id)], by=by)


def propose_move(organization: Organization, *, parent: Organization, by: Person | None) -> ListChange:
    """Propose that a school belongs to another district. A Refusal where it is none, or belongs there already."""
    check_may_change_lists(by)
    if organization.is_sau:
        raise Refusal(_has_no_parent(), fix="Move its schools instead")
    _check_parent(parent)
    return _propose(ListChangeAct.MOVE, [_differing(organization, parent_id=parent.pk)], by=by)


def propose_closing(
    organization: Organization, *, closed_on: date, with_schools: bool = False, by: Person | None
) -> ListChange:
    """Propose that an organization closes, its last day being `closed_on`; with it its open schools, where asked."""
    check_may_change_lists(by)
    if organization.closed_on is not None:
        raise Conflict(f"{organization.name} has closed already", fix="Open it again first", code="CLOSED_ALREADY")
    closing = [organization]
    if with_schools:
        closing += Organization.objects.filter(parent=organization, closed_on=None).order_by("pk")
    day = closed_on.isoformat()
    return _propose(ListChangeAct.CLOSE, [_differing(each, closed_on=day) for each in closing], by=by)


def propose_reopening(organization: Organization, *, by: Person | None) -> ListChange:
    """Propose that a closed organization is open again, without an end."""
    check_may_change_lists(by)
    if organization.closed_on is None:
        raise Conflict(f"{organization.name} is open", fix="There is nothing to do", code="OPEN_ALREADY")
    return _propose(ListChangeAct.REOPEN, [_differing(organization, closed_on=None)], by=by)


def _propose(act: ListChangeAct, differences: list[Difference], *, by: Person | None) -> ListChange:
    return propose(find_list(ORGANIZATIONS), act, differences, by=by)


def _differing(organization: Organization, **fields: object) -> Difference:
    before = row_of(organization)
    after = before | fields
    if before == after:
        raise Refusal("Nothing would change", fix="Change what is wrong, or go back", code="NOTHING_NEW")
    return Difference(str(organization.pk), before, after)


def _checked_id(identifier: str) -> str:
    """Return the ID as it is stored. A Refusal where it is none, or an organization has it."""
    text, ids = identifier.strip(), organization_ids()
    if are_ids_numbers():
        text = text.lstrip("0")
        is_good = text.isascii() and text.isdecimal()
    else:
        is_good = text.isprintable() and bool(text)
    if not is_good or len(text) > ids.max_length:
        raise Refusal(
            f'"{identifier.strip()[:20]}" is not an organization ID',
            fix=f"Write {present_state().organization_ids.length_in_words}",
            code="ORGANIZATION_ID",
        )
    if taken := Organization.objects.filter(identified_by(text)).first():
        raise Conflict(f"{taken.name} has this ID", fix="Choose another ID", code="ID_TAKEN")
    return text


def _check_parent(parent: Organization) -> None:
    if not parent.is_sau:
        raise Refusal(f"{parent.name} is not {_a_sau()}", fix="Enter one that is")
    if parent.closed_on is not None:
        raise Refusal(f"{parent.name} has closed", fix="Enter one that is open")


def _a_sau() -> str:
    return present_state().word("a_sau")


def _has_no_parent() -> str:
    a_sau = _a_sau()
    return f"{a_sau[0].upper()}{a_sau[1:]} belongs to no other organization"
