"""What the look-ups of one file ask: the reference data of its school year, each table once."""

from collections.abc import Collection
from functools import cached_property

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.known_students import KnownStudents
from tidegate.core.reference.organizations import SAU
from tidegate.core.reference.source import ReferenceData


class Sources:
    """The reference data that the look-ups of one file share.

    `needed` are the columns that somebody reads after the look-ups, None where all of them are; what nobody needs may
    be left out.
    """

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        school_year: SchoolYear,
        *,
        needed: Collection[str] | None = None,
    ) -> None:
        self.layout = layout
        self.tables = tables
        self.school_year = school_year
        self.needed = needed
        self.students = KnownStudents(tables, school_year, asks_once=layout.beside is not None)
        self._codes: dict[str, pl.DataFrame] = {}

    @cached_property
    def organizations(self) -> pl.DataFrame:
        """The organizations of the state."""
        return self.tables.organizations()

    @cached_property
    def sau_ids(self) -> pl.Series:
        """The IDs of the SAUs of the state."""
        return self.organizations.filter(pl.col("kind") == SAU)["id"]

    def codes(self, list_name: str) -> pl.DataFrame:
        """Return a code list."""
        if list_name not in self._codes:
            self._codes[list_name] = self.tables.codes(list_name)
        return self._codes[list_name]
