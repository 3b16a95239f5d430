"""The stored lines of a file's students that its rows are compared with: `[beside]` of the layout."""

import polars as pl

from tidegate.core.layouts.layout import Layout, StoredRecords
from tidegate.core.lookups.sources import Sources
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.stored_lines import UPLOAD_ID, line_table


def collector_of_stored_records(layout: Layout, sources: Sources) -> "EnrollmentCollector | LineCollector | None":
    """Return what collects the stored lines of the file's students; None where rows are compared with none."""
    settings = layout.stored_records
    if settings is None:
        return None
    own = layout.on_file.table if layout.on_file else Enrollments.name
    if (settings.table or own) == Enrollments.name:
        return EnrollmentCollector(settings, sources)
    return LineCollector(layout, settings, sources)


class EnrollmentCollector:
    """Collects the enrollments of newly known students until rows are compared with them."""

    def __init__(self, settings: StoredRecords, sources: Sources) -> None:
        self._settings = settings
        self._sources = sources
        self._waiting: list[pl.DataFrame] = []
        sources.students.follow(self)

    def forget(self) -> None:
        """Do nothing: STUDENT is not used, so what is collected stays good."""

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:  # noqa: ARG002 - each is given once
        """Collect the enrollments."""
        self._waiting.append(enrollments)

    def take(self) -> pl.DataFrame | None:
        """Return what was collected, under the rows' names and with the names of organizations.
        None if that is nothing."""
        if not self._waiting:
            return None
        records = pl.concat(self._waiting).rename({stored: name for name, stored in self._settings.columns.items()})
        self._waiting = []
        return _with_names(records, self._sources)


class LineCollector:
    """Asks for the file type's own stored lines of newly known students when rows are compared with them."""

    def __init__(self, layout: Layout, settings: StoredRecords, sources: Sources) -> None:
        assert layout.on_file, layout.name
        self._lines = line_table(layout, layout.on_file)
        self._columns = list(settings.columns)
        self._sources = sources
        self._waiting: list[pl.Series] = []
        sources.students.listen(self._waiting.append)

    def take(self) -> pl.DataFrame | None:
        """Return the lines of those who were not asked for before, as above."""
        if not self._waiting:
            return None
        numbers = pl.concat(self._waiting)
        self._waiting.clear()
        records = self._sources.tables.lines(self._lines, numbers, self._sources.school_year)
        return _with_names(records.drop(UPLOAD_ID).select(self._columns), self._sources)


def _with_names(records: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return the records with the names of their organizations, which alone have an `id`."""
    for column in [name for name in records.columns if name.endswith(".id")]:
        id_, name = pl.col("id").alias(column), pl.col("name").alias(f"{column.removesuffix('.id')}.name")
        names = sources.organizations.select(id_, name)
        records = records.join(names, on=column, how="left", maintain_order="left")
    return records
