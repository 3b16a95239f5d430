"""ORG201: the row belongs to another organization than the one the file was sent for."""

import polars as pl

from tidegate.core.rules.expressions import context, stored
from tidegate.core.rules.rule import RowIdentityRule


class OtherOrganization(RowIdentityRule):
    """The row belongs to another organization than the one the file was sent for.

    What it checks: The row's {words.sau} or school is the organization in the focus, or the school belongs to it.
    Nobody loads rows for another organization.

    How to fix it: Check the {words.sau} ID and the School ID of the row. If the whole file is meant for another
    organization, change the focus to that organization and send it again."""

    code = "ORG201"
    message = 'The row is not for "{context.organization_name}", the organization that the file was sent for'
    good = (
        {"context.organization_id": 1000, "sau.id": 1000},
        {"context.organization_id": 1001, "sau.id": 1000, "school.id": 1001},
        {"context.organization_id": 1000, "sau.id": 2000, "school.sau_id": 1000},
        {"context.organization_id": 1000, "sau.id": None},
        {"context.organization_id": 1000, "sau.id": 2000, "school.id": None, "school.sau_id": None},
    )
    bad = ({"context.organization_id": 1000, "sau.id": 2000, "school.id": 2001, "school.sau_id": 2000},)

    def broken(self) -> pl.Expr:
        """True where district and school are known and neither is the organization's."""
        own = context("organization_id")
        # Whatever of these the layout looks up: some file types have no school.
        belongs = pl.any_horizontal((stored(r"^(sau\.id|school\.id|school\.sau_id)$") == own).fill_null(False))
        is_known = pl.all_horizontal(stored(r"^(sau|school)\.id$").is_not_null())
        return own.is_not_null() & is_known & ~belongs
