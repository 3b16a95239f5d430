"""ORG201: the row is for another organization than the file."""

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.rules.expressions import context, stored
from tidegate.core.rules.rule import Example, RowIdentityRule

_SENT_FOR = "the file was sent for {context.organization_name}"


class OtherOrganization(RowIdentityRule):
    """The row is for another organization than the file.

    What it checks: The row's {words.sau} or school is the organization in the focus, or the school
    belongs to it. Nobody loads rows for another organization.

    How to fix it: Check the {words.sau} ID and the School ID of the row. If the whole file is for
    another organization, change the focus to that organization and send it again.
    """

    code = "ORG201"
    whole_file = f"The file is for {{values}}; {_SENT_FOR}"
    message = f"This row is for another organization; {_SENT_FOR}"

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        for name in (*self.districts, *self.schools)[:1]:
            self.cause_by = (f"{name}.name",)  # type: ignore[misc]  # per layout, not per class
            named = f"{{{name}.name}} ({{{lookups_of(layout)[name].columns[0]}}})"
            self.message = f"This row is for {named}; {_SENT_FOR}"  # type: ignore[misc]
            self.cause = f"Rows are for {{{name}.name}}; {_SENT_FOR}"  # type: ignore[misc]
        if self.districts:
            self.good, self.bad = _examples(self.districts[0], *self.schools[:1])  # type: ignore[misc]  # per layout

    def broken(self) -> pl.Expr:
        """True where district and school are known and neither is the organization's."""
        own = context("organization_id")
        ids = [stored(f"{name}.id") for name in (*self.districts, *self.schools)]
        owners = [stored(f"{name}.sau_id") for name in self.schools]
        belongs = pl.any_horizontal((each == own).fill_null(False) for each in (*ids, *owners))
        return own.is_not_null() & pl.all_horizontal(each.is_not_null() for each in ids) & ~belongs


def _examples(district: str, school: str = "") -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Make examples with these look-ups.

    Args:
        district: The look-up of the district.
        school: The look-up of the school; blank if the layout looks up none.

    Returns:
        The good ones and the bad ones.
    """
    focus, id_ = "context.organization_id", f"{district}.id"
    good: list[Example] = [{focus: 1000, id_: 1000}, {focus: 1000, id_: None}]
    bad = {focus: 2000, "context.organization_name": "Kennebec Harbor Public Schools", id_: 1000}
    if school:
        good += [
            {focus: 1001, id_: 1000, f"{school}.id": 1001},
            {focus: 1000, id_: 2000, f"{school}.sau_id": 1000},
            {focus: 1000, id_: 2000, f"{school}.id": None, f"{school}.sau_id": None},
        ]
        bad |= {f"{school}.id": 1001, f"{school}.sau_id": 1000}
    return tuple(good), (bad,)
