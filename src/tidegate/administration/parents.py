"""Whether the schools of a change belong to districts that are there and open."""

from collections.abc import Collection

from tidegate.administration.differences import Difference, Row
from tidegate.administration.organizations import organization_rows
from tidegate.core.errors import Conflict
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models.organization import DISTRICT


def check_parents(differences: Collection[Difference]) -> None:
    """Raise Conflict where a school would belong to what is no district, or begin to belong to one that has closed.
    It is asked when a change is proposed, and again when it is made: the row of a district that another change has
    turned or closed in between is not among the differences."""
    changed = {each.key: each.after for each in differences}
    rows = organization_rows() | changed
    for each in differences:
        row = each.after
        if row is None:
            continue
        if row["parent_id"] is not None:
            parent = _district_of(row, rows)
            # A list may close a district and leave its schools open: the preview of that change says so.
            if parent["closed_on"] and str(parent["id"]) not in changed and _begins_to_belong(each):
                raise Conflict(
                    f"{row['name']} would belong to {parent['name']}, which has closed",
                    fix=f"Open {parent['name']} again first, or choose another one",
                    code="PARENT_CLOSED",
                )
        if row["kind"] != DISTRICT and each.before is not None and each.before["kind"] == DISTRICT:
            _check_has_no_schools(row, rows)


def _district_of(row: Row, rows: dict[str, Row | None]) -> Row:
    parent = rows.get(str(row["parent_id"]))
    if parent is None:
        raise Conflict(
            "An organization that a school would belong to is not in the list any more",
            fix="Add that organization first, or choose another one",
            code="PREVIEW_OUT_OF_DATE",
        )
    if parent["kind"] != DISTRICT:
        raise Conflict(
            f"{row['name']} would belong to {parent['name']}, which is not {present_state().word('a_sau')}",
            fix="Choose another one",
            code="PARENT_KIND",
        )
    return parent


def _check_has_no_schools(row: Row, rows: dict[str, Row | None]) -> None:
    school = next((each for each in rows.values() if each is not None and each["parent_id"] == row["id"]), None)
    if school is not None:
        raise Conflict(
            f"{school['name']} belongs to {row['name']}, which would not be {present_state().word('a_sau')} any more",
            fix="Move its schools first",
            code="STILL_A_PARENT",
        )


def _begins_to_belong(difference: Difference) -> bool:
    """Whether an open school is new, moves or opens again."""
    before, after = difference.before, difference.row
    if after["closed_on"]:
        return False
    return before is None or before["parent_id"] != after["parent_id"] or bool(before["closed_on"])
