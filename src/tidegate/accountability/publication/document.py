"""The document of a publication: its reports with their tables, as everybody may see them."""

import msgspec

from tidegate.accountability.guard.published import PublishedTable
from tidegate.accountability.models import Publication


class PublishedReport(msgspec.Struct, frozen=True):
    """A report as everybody may see it: its tables, and the titles of those that are left out, since their numbers do
    not add up. An indicator that has no data says why; its tables are of how many of each group met it."""

    slug: str
    title: str
    summary: str
    tables: tuple[PublishedTable, ...]
    left_out: tuple[str, ...] = ()
    no_data: str = ""
    is_rate: bool = False

    @property
    def withheld(self) -> list[PublishedTable]:
        """The tables of which nothing is published."""
        return [table for table in self.tables if table.is_withheld]


def published_reports(publication: Publication) -> tuple[PublishedReport, ...]:
    """Return the reports of a publication."""
    return msgspec.convert(publication.document["reports"], tuple[PublishedReport, ...])
