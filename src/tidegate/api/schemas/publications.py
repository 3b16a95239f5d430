"""What the API says of published counts."""

from collections.abc import Iterator
from datetime import date, datetime

from ninja import Schema

from tidegate.accountability.guard.published import PublishedTable
from tidegate.accountability.models import Publication
from tidegate.accountability.publication.document import PublishedReport


class PublicationOut(Schema):
    """A publication: of `number_count` numbers that are not shown as 0, `hidden_count` are hidden; `withheld_count`
    tables are withheld. `smallest` is the smallest number that is shown, `sha256` the hash of what was published.
    `standing` is how to take the numbers: `approved`, `preliminary`, or `revoked`; blank is not known."""

    number: int
    snapshot: int
    title: str
    school_year: str
    count_day: date
    published_at: datetime
    smallest: int
    number_count: int
    hidden_count: int
    withheld_count: int
    sha256: str
    standing: str

    @classmethod
    def of(cls, publication: Publication) -> "PublicationOut":
        """Return what the API says of a publication."""
        return cls(
            number=publication.pk,
            snapshot=publication.snapshot_id,
            title=publication.snapshot.title,
            school_year=publication.snapshot.school_year.name,
            count_day=publication.snapshot.count_day,
            published_at=publication.published_at,
            smallest=publication.smallest,
            number_count=publication.number_count,
            hidden_count=publication.hidden_count,
            withheld_count=publication.withheld_count,
            sha256=publication.sha256,
            standing=publication.standing,
        )


class PublishedCountOut(Schema):
    """One published number by what it is of. `students` is null where it is hidden, and may be 0 then where
    `may_be_zero` says so. `percent` is what is said of its share where an indicator is published, such as `< 5 %`."""

    keys: list[str]
    names: list[str]
    students: int | None
    may_be_zero: bool
    percent: str = ""


class PublishedTableOut(Schema):
    """A published table. Of one that is withheld there are no numbers. `counts` has the totals of a crossed table,
    too, which have one key."""

    report: str
    dimensions: list[str]
    titles: list[str]
    is_withheld: bool
    total: int | None
    counts: list[PublishedCountOut]

    @classmethod
    def of(cls, report: PublishedReport, table: PublishedTable) -> "PublishedTableOut":
        """Return what the API says of a table."""
        return cls(
            report=report.slug,
            dimensions=list(table.dimensions),
            titles=list(table.titles),
            is_withheld=table.is_withheld,
            total=None if table.is_withheld else table.total,
            counts=list(_counts(table)),
        )


class PublishedReportOut(Schema):
    """A report that is published, also one without a table: of an indicator that has no data `no_data` says why, and
    `left_out` has the titles of tables that are not published, since their numbers do not add up."""

    slug: str
    title: str
    no_data: str
    left_out: list[str]

    @classmethod
    def of(cls, report: PublishedReport) -> "PublishedReportOut":
        """Return what the API says of a report."""
        return cls(slug=report.slug, title=report.title, no_data=report.no_data, left_out=list(report.left_out))


class PublicationPreview(Schema):
    """What would be published of a snapshot: its reports, and the tables of all."""

    smallest: int
    number_count: int
    hidden_count: int
    withheld_count: int
    reports: list[PublishedReportOut]
    tables: list[PublishedTableOut]


class PublishedNumbers(Schema):
    """A publication: its reports, and the tables of all."""

    publication: PublicationOut
    reports: list[PublishedReportOut]
    tables: list[PublishedTableOut]


def reports_of(reports: tuple[PublishedReport, ...]) -> list[PublishedReportOut]:
    """Return what the API says of published reports beside their tables."""
    return [PublishedReportOut.of(report) for report in reports]


def tables_of(reports: tuple[PublishedReport, ...]) -> list[PublishedTableOut]:
    """Return what the API says of the tables of published reports."""
    return [PublishedTableOut.of(report, table) for report in reports for table in report.tables]


def _counts(table: PublishedTable) -> Iterator[PublishedCountOut]:
    names = dict(table.rows), dict(table.columns)
    percents = table.percents_by_cell()
    for cell, number in table.cells().items():
        keys = [key for _, key in cell]
        places = [table.dimensions.index(dimension) for dimension, _ in cell]
        yield PublishedCountOut(
            keys=keys,
            names=[names[place][key] for place, key in zip(places, keys, strict=True)],
            students=number,
            may_be_zero=number is None and len(keys) == 2 and table.is_closed(keys[0], keys[1]),
            percent=percents.get(cell, ""),
        )
