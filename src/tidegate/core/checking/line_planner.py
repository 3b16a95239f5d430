"""Makes the plan: compares a file's rows with the lines on file, partition by partition, a student's always in one."""

from copy import copy
from functools import partial

import polars as pl

from tidegate.core.checking.ambiguous_rows import AmbiguousRows
from tidegate.core.checking.line_plan import (
    CHANGED,
    CODES,
    KEEP,
    NEW,
    NO_LINES,
    NO_PAIRS,
    SENDERS,
    UNCHANGED,
    WITHDRAW,
    LinePlan,
    PlanCandidate,
    PlanSettings,
)
from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.lookup import lookups_of
from tidegate.core.lookups.school import first_school_field, owner_field
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.stored_lines import LINE_ID, SENDER, UPLOAD_ID, LineTable, line_table
from tidegate.core.rules.expressions import AT, HAS_CHANGED, MAY_BELONG, ROW, STAYS, UPLOAD

_PREFIX = "plan:"
_CONTENT = f"{_PREFIX}content"
_DAY = f"{_PREFIX}day"
_NUMBER = f"{_PREFIX}number"
_OF_FILE = f"{_PREFIX}of_file"


class LinePlanner:
    """Plans partition by partition: `columns` gives what it needs of each row, `add` takes a partition, `plan` sums up.

    The rows of a unit (the layout's `group` or `key`) are in one partition, with all lines on file of their students.
    """

    def __init__(self, layout: Layout, options: PlanSettings, *, organization_id: int | None) -> None:
        assert layout.on_file, layout.name
        self.lines: LineTable = line_table(layout, layout.on_file)
        self.student = self.lines.student
        self.options = options
        self._layout = layout
        self._organization_id = organization_id
        self._is_grouped = bool(layout.group)
        self._source = {_PREFIX + row: layout.read_from(row) for row in self.lines.unit}
        self._unit = list(self._source)
        self._student = _PREFIX + self.student
        # what a line keeps where only its code or a day of it was corrected
        self._alike = [_PREFIX + row for row in self.lines.unit if not self.lines.column_of(row).is_correctable]
        self.school = school if (school := first_school_field(layout)) in self.lines.unit else ""
        self._school = _PREFIX + self.school if self.school else ""
        self._scope = [self._student, *([self._school] if self._school else [])]
        self.owner = owner if (owner := owner_field(layout)) in self.lines.schema else ""
        known = ((name, lookup.known_student_field) for name, lookup in lookups_of(layout).items())
        self._known_student = next((f"{name}.{field}" for name, field in known if field), "")
        self._unplaced = AmbiguousRows(self._unit)
        self._senders = SENDERS.to_frame()
        self._begin()

    def _begin(self) -> None:
        self._found: dict[str, list[pl.DataFrame]] = {UNCHANGED: [], CHANGED: [], NEW: []}
        self._withdrawn: list[pl.Series] = []
        self._missing: list[pl.Series] = []
        self._moved: list[pl.Series] = []
        self._unfit_students: list[pl.Series] = []
        self._corrected = NO_PAIRS
        self._may_be_anothers = NO_PAIRS[AT]
        self._of_others_count = 0
        self._schools: set[int] = set()
        self._sure_schools: set[int] = set()
        self._students: list[pl.Series] = []
        self._elsewhere: list[pl.DataFrame] = []

    # What is kept of each row.

    def columns(self, rows: pl.DataFrame, doubtful: dict[str, pl.Series]) -> list[pl.Series]:
        """Return what the plan needs of some rows, and note the rows whose unit is not known in full.

        Args:
            rows: Looked-up rows.
            doubtful: By column of the file, which rows have an error in that column, so that its value may not be what
                was meant.
        """
        read = rows.select(*self._unit_of_rows(), *self._said())
        for name, sources in self._source.items():
            for source in sources:
                if source in doubtful:
                    read = read.with_columns(pl.when(~doubtful[source]).then(name).alias(name))
        self._unplaced.note(rows.select(ROW).hstack(read.select(self._unit)))
        return read.get_columns()

    def _unit_of_rows(self) -> list[pl.Expr]:
        columns = []
        for row in self.lines.unit:
            value = pl.col(row)
            if row == self.student:
                value = student_numbers().number(value)
                if self._known_student:
                    value = pl.when(pl.col(self._known_student).is_not_null()).then(value)
            columns.append(value.cast(self.lines.schema[row], strict=False).alias(_PREFIX + row))
        return columns

    def _said(self) -> list[pl.Expr]:
        """Return what a line says beside its unit, as one number, and its first day."""
        said = [self._value(column.row) for column in self.lines.columns if column.row not in self.lines.unit]
        day = next((each.row for each in self.lines.columns if each.type == Day.polars_type), None)
        return [
            (pl.struct(said).hash() if said else pl.lit(0, pl.UInt64)).alias(_CONTENT),
            (pl.col(day) if day else pl.lit(None, pl.Date)).alias(_DAY),
        ]

    def _value(self, row: str) -> pl.Expr:
        dtype = self.lines.schema[row]
        value = pl.col(row).cast(dtype)
        return value.fill_null("") if dtype == pl.String else value

    def shaped(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return lines on file (`LineTable.schema`) as the plan compares them."""
        unit = [pl.col(row).alias(_PREFIX + row) for row in self.lines.unit]
        marked = [name if name in records.columns else pl.lit(False).alias(name) for name in (HAS_CHANGED, STAYS)]
        return records.select(
            *unit,
            *marked,
            *self._said(),
            LINE_ID,
            pl.col(UPLOAD if UPLOAD in records.columns else UPLOAD_ID).alias(UPLOAD_ID),
            (pl.col(self.owner) if self.owner else pl.lit(None, pl.Int32)).alias("owner"),
        )

    # Rows that may be about any of several lines.

    def may_belong(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the lines on file with MAY_BELONG: the first row that could not be placed and may be about it."""
        named = records.select(pl.col(row).alias(_PREFIX + row) for row in self.lines.unit)
        return records.with_columns(self._unplaced.first_about(named).alias(MAY_BELONG))

    @property
    def is_doubtful(self) -> pl.Expr:
        """Whether a line on file stays, whatever the sender has chosen, because a row that could not be placed may be
        about it."""
        return pl.col(MAY_BELONG).is_not_null() & pl.lit(self.options.missing == WITHDRAW)

    def _unprotected(self, lines: pl.DataFrame, bad: pl.DataFrame) -> pl.DataFrame:
        """Return the lines that no row with an error may be about."""
        lines = lines.join(bad.select(self._unit).drop_nulls(), on=self._unit, how="anti", maintain_order="left")
        return self._unplaced.not_about(lines)

    # One partition.

    def preview(self, rows: pl.DataFrame, is_bad: pl.Series, records: pl.DataFrame) -> PlanCandidate:
        """Return what `add` would plan of a partition of a complete file if no further row had an error."""
        if not self.options.is_complete:
            return PlanCandidate()
        trial = copy(self)
        trial._begin()  # noqa: SLF001 - it is of this class
        trial.add(rows, is_bad, records)
        self._senders = trial._senders  # noqa: SLF001 - as above
        return PlanCandidate(trial._corrected, _ids(trial._withdrawn), trial._may_be_anothers)  # noqa: SLF001 - as above

    def add(self, rows: pl.DataFrame, is_bad: pl.Series, records: pl.DataFrame | None) -> None:
        """Plan a partition.

        Args:
            rows: Its rows with `columns`, ROW and AT.
            is_bad: Which of them have an error.
            records: The lines on file of their students, under the rows' names.
        """
        placed = rows.select(ROW, AT, *self._unit, _CONTENT, _DAY)
        good, bad = placed.filter(~is_bad).drop_nulls(self._unit), placed.filter(is_bad)
        if self.options.is_complete:
            self._students.append(placed[self._student].drop_nulls().unique())
            if self._school:
                self._schools.update(placed[self._school].drop_nulls().unique())
                self._sure_schools.update(good[self._school].unique())
        stored = None if records is None or records.is_empty() else self.shaped(records)
        if self._is_grouped:
            new, left = self._match_groups(placed, good, bad, stored)
        else:
            new, left = self._match_keys(good, stored)
        if stored is None:
            self._found[NEW].append(new.select(AT))
            return
        self._leave_out(placed, bad, new, self._unprotected(left, bad))

    def _match_keys(self, good: pl.DataFrame, stored: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Match rows and lines by their key.

        Returns:
            The rows whose key is not on file, and the lines whose key no good row has.
        """
        first = good.sort(ROW).unique(self._unit, keep="first", maintain_order=True)
        if first.height < good.height:
            self._found[UNCHANGED].append(good.join(first, on=AT, how="anti").select(AT))  # they repeat a row
        if stored is None:
            return first, first.clear()
        lines = stored.select(*self._unit, LINE_ID, pl.col(_CONTENT).alias("stored"))
        found = first.join(lines, on=self._unit, how="inner")
        is_same = found[_CONTENT] == found["stored"]
        self._found[UNCHANGED].append(found.filter(is_same).select(AT))
        self._found[CHANGED].append(found.filter(~is_same).select(AT, LINE_ID))
        return (
            first.join(found, on=AT, how="anti", maintain_order="left"),
            stored.join(found, on=LINE_ID, how="anti", maintain_order="left"),
        )

    def _match_groups(
        self, placed: pl.DataFrame, good: pl.DataFrame, bad: pl.DataFrame, stored: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Match rows and lines of a group: first those that say the same, one row to one line; then the others in
        order.

        Args:
            placed: All rows of the partition.
            good: Those without an error and with a full unit.
            bad: Those that have an error.
            stored: The lines of their students; None where there are none.

        Returns:
            The new rows, and the lines left out. The lines of a group are left out only if the sender has not yet
                chosen what becomes of them.
        """
        if stored is None:
            return good, good.clear()
        content = [*self._unit, _CONTENT]
        number = pl.int_range(pl.len()).over(content).alias(_NUMBER)
        rows, lines = good.sort(ROW).with_columns(number), stored.sort(LINE_ID).with_columns(number)
        same = rows.join(lines.select(*content, _NUMBER, LINE_ID), on=[*content, _NUMBER], how="inner")
        self._found[UNCHANGED].append(same.select(AT))
        rows = rows.join(same, on=AT, how="anti", maintain_order="left")
        lines = lines.join(same, on=LINE_ID, how="anti", maintain_order="left")

        of_file = placed.drop_nulls(self._unit).group_by(self._unit)
        counts = of_file.agg(pl.len().alias(_OF_FILE), self.options.is_chosen())
        on_file = stored.group_by(self._unit).agg(pl.len().alias("on_file"), pl.col(HAS_CHANGED).any())
        groups = counts.join(on_file, on=self._unit, how="inner")
        fewer = groups.filter(pl.col("on_file") > pl.col(_OF_FILE))
        kept = fewer.filter("chosen") if self.options.missing == KEEP else fewer.clear()
        withdrawn = fewer.filter("chosen", ~pl.col(HAS_CHANGED)) if self.options.missing == WITHDRAW else fewer.clear()

        # what stays takes no part; of the others the k-th row changes the k-th line
        lines = self._not_of_groups(lines, kept)
        changed = self._pair(self._not_of_groups(rows, kept), lines, on=self._unit)
        rows = rows.join(changed, on=AT, how="anti", maintain_order="left")
        lines = lines.join(changed, on=LINE_ID, how="anti", maintain_order="left")
        ends = self._unprotected(lines.join(withdrawn, on=self._unit, how="semi", maintain_order="left"), bad)
        self._withdraw(ends)
        return rows, lines.join(ends, on=LINE_ID, how="anti", maintain_order="left")

    def _not_of_groups(self, rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
        return rows.join(groups, on=self._unit, how="anti", maintain_order="left")

    def _pair(self, rows: pl.DataFrame, lines: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
        """Note that rows change lines: those that agree in some columns, in the order of their first days. Return the
        position and the line's ID of each."""
        number = pl.int_range(pl.len()).over(on).alias(_NUMBER)
        rows = rows.sort(_DAY, ROW).with_columns(number)
        lines = lines.sort(_DAY, LINE_ID).with_columns(number)
        pairs = rows.join(lines.select(*on, _NUMBER, LINE_ID), on=[*on, _NUMBER], how="inner").select(AT, LINE_ID)
        self._found[CHANGED].append(pairs)
        return pairs

    def _leave_out(self, placed: pl.DataFrame, bad: pl.DataFrame, new: pl.DataFrame, left: pl.DataFrame) -> None:
        """Decide about the lines that the file leaves out, of its students at its schools.

        Args:
            placed: All rows of the partition.
            bad: Those that have an error.
            new: Those that are good and match no line.
            left: The lines that no row matches or may be about.
        """
        scope = placed.select(self._scope).drop_nulls().unique()
        in_scope = left.join(scope, on=self._scope, how="semi", maintain_order="left")
        # a row with a wrong school may be about any line of its student
        with_errors = bad.select(self._student).drop_nulls()
        if self._school and self.options.speaks_of_others:
            # they may be at a school that only other partitions name
            elsewhere = left.join(scope, on=self._scope, how="anti").join(with_errors, on=self._student, how="anti")
            elsewhere = elsewhere.join(scope, on=self._student, how="semi")
            self._elsewhere.append(elsewhere.select(*self._scope, LINE_ID, UPLOAD_ID, "owner"))
        left = self._own(in_scope)
        if self.options.is_complete:
            of_others = in_scope.join(left, on=LINE_ID, how="anti")
            left = left.join(with_errors, on=self._student, how="anti", maintain_order="left")
            self._corrected = self._pair(new, left.filter(~pl.col(STAYS)), on=self._alike)
            self._moved.append(self._corrected[LINE_ID])
            self._unfit_students.append(left.join(self._corrected, on=LINE_ID, how="semi")[self._student])
            new = new.join(self._corrected, on=AT, how="anti", maintain_order="left")
            left = left.join(self._corrected, on=LINE_ID, how="anti", maintain_order="left")
            self._may_be_anothers = self._unasked(placed, new).join(of_others, on=self._alike, how="semi")[AT]
        self._found[NEW].append(new.select(AT))
        self._end(left)

    def _unasked(self, placed: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
        """Return the new rows that may be a line of another organization with another code or day, unless the sender
        has said that they are to be added."""
        if not self.lines.has_correctable_unit:
            return new.clear()
        if self.options.missing != KEEP:
            return new
        chosen = placed.drop_nulls(self._unit).group_by(self._unit).agg(self.options.is_chosen()).filter("chosen")
        return self._not_of_groups(new, chosen)

    def _end(self, left: pl.DataFrame) -> None:
        if self.options.withdraws_the_rest:
            self._withdraw(left)
        else:
            self._missing.append(left[LINE_ID])

    def _withdraw(self, lines: pl.DataFrame) -> None:
        self._withdrawn.append(lines[LINE_ID])
        self._unfit_students.append(lines[self._student])

    def _own(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines that the file's own organization sent last; all if the file is for none. Count the others.
        An imported line belongs to the organization in its owner column. If a sender is unknown, return none."""
        if self._organization_id is None:
            return lines
        changes = lines[UPLOAD_ID].drop_nulls().unique()
        unknown = changes.filter(~changes.is_in(self._senders[UPLOAD_ID].implode()))
        if not unknown.is_empty():
            if self.options.senders is None:
                return lines.clear()
            self._senders = pl.concat([self._senders, self.options.senders(unknown)])
        sent_for = pl.coalesce(SENDER, "owner").fill_null(self._organization_id)
        own = lines.join(self._senders, on=UPLOAD_ID, how="left", maintain_order="left")
        own = own.filter(sent_for == self._organization_id).drop(SENDER)
        self._of_others_count += lines.height - own.height
        return own

    # Lines about which the file has no row of their student; only of a complete file that is no fix file.

    def _add_others(self, tables: ReferenceData, school_year: SchoolYear) -> tuple[int, ...]:
        """Plan the lines at schools that the file names of students whom it does not name there. Return the other
        schools at which its organization has lines."""
        students = pl.concat([pl.Series([], dtype=self.lines.schema[self.student]), *self._students]).unique()
        schools = pl.Series(sorted(self._schools), dtype=pl.Int32)
        own = pl.Series([self._organization_id], dtype=pl.Int32)
        ask = partial(tables.lines_at, self.lines, school_year=school_year)
        if not self.school:
            self._take_others(self._of_unnamed(ask(own, field=self.owner, but=students)))
            return ()
        if not schools.is_empty():
            self._take_others(self._of_unnamed(ask(schools, field=self.school, but=students)))
            for elsewhere in self._elsewhere:
                self._take_others(elsewhere.filter(pl.col(self._school).is_in(schools.implode())))
        if not self.owner or self._organization_id is None:
            return ()
        with_lines = tables.values_at(
            self.lines, self._organization_id, school_year, field=self.owner, wanted=self.school
        )
        return tuple(with_lines.filter(~with_lines.is_in(schools.implode())))

    def _of_unnamed(self, records: pl.DataFrame) -> pl.DataFrame:
        lines = self.shaped(records)
        return self._unprotected(lines, lines.clear())

    def _take_others(self, lines: pl.DataFrame) -> None:
        left = self._own(lines)
        # a school that only rows with errors name may be a mistyped one: none of its lines is withdrawn
        is_sure = pl.col(self._school).is_in(list(self._sure_schools)) if self._school else pl.lit(True)
        self._missing.append(left.filter(~is_sure)[LINE_ID])
        self._end(left.filter(is_sure))

    def plan(self, row_count: int, tables: ReferenceData, school_year: SchoolYear) -> LinePlan:
        """Return the plan of the whole file, after all partitions were added."""
        speaks_of_others = self.options.speaks_of_others and (self.school or self.owner)
        schools_left_out = self._add_others(tables, school_year) if speaks_of_others else ()
        kinds = pl.repeat(0, row_count, dtype=pl.UInt8, eager=True)
        for kind, parts in self._found.items():
            for part in parts:
                kinds = kinds.scatter(part[AT], CODES[kind])
        replaced = pl.concat([NO_PAIRS, *self._found[CHANGED]], how="vertical_relaxed").sort(AT)
        return LinePlan(
            kinds=kinds,
            replaced=replaced,
            withdrawn=_ids(self._withdrawn),
            missing=_ids(self._missing),
            of_others_count=self._of_others_count,
            schools_left_out=schools_left_out,
            moved=_ids(self._moved),
            unfit_students=pl.concat(
                [pl.Series([], dtype=self.lines.schema[self.student]), *self._unfit_students]
            ).unique(),
        )


def _ids(parts: list[pl.Series]) -> pl.Series:
    return pl.concat([NO_LINES, *parts]).sort()
