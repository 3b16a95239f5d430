"""The look-up of one of the enrollments on file of the row's student."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import ClassVar, NamedTuple

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.joins import left_join_one, no_positions
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.lookups.lookup import Join, Lookup
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.table import ReferenceFile

_FIELDS = ("sau_id", "school_id", "entry_date", "exit_date")
_NAMES = {"sau_id": ("sau_name",), "school_id": ("school_name", "school_written")}
_KEY = "enrollment.key"
_NARROW = "enrollment.narrow"
_DAY = "enrollment.day"
_AT = "enrollment.at"
_POSITION = "enrollment.position"


class PlainEnrollment(NamedTuple):
    """An enrollment on file of one student, for `choose_enrollment`."""

    sau_id: int
    school_id: int
    enrollment_type: str
    entry_date: date
    exit_date: date | None


def choose_enrollment(
    lookup: "EnrollmentLookup", on_file: Sequence[PlainEnrollment], *, day: date | None, narrowed_to: int | None
) -> PlainEnrollment | None:
    """Choose among all enrollments of one student that are on file in the school year.

    1. Only enrollments of the look-up's `enrollment_type` count, where it names one.
    2. Only enrollments at the row's school count, or in the row's district, where the look-up names a `school` or a
       `sau`.
    3. An enrollment that covers the day in the column `covering` goes before one that does not. The days of entry and
       of exit are covered; an enrollment without an exit date covers every day from its entry on.
    4. Of these the one that began last is taken.
    5. Of several that began on the same day the one that ends last is taken, one without an exit date before all.
    6. Of two that are still alike the one with the lower district ID is taken.

    Args:
        lookup: The look-up.
        on_file: The student's enrollments.
        day: The day in the column `covering`; None where the row has none.
        narrowed_to: The organization that the look-up's `school` or `sau` has found; None where it has found none.
    """

    def is_wanted(each: PlainEnrollment) -> bool:
        organization_id = each.school_id if lookup.school else each.sau_id
        is_there = organization_id == narrowed_to or not (lookup.school or lookup.sau)
        return is_there and lookup.enrollment_type in ("", each.enrollment_type)

    def rank(each: PlainEnrollment) -> tuple[bool, date, date, int]:
        end = each.exit_date or date.max
        covers = day is not None and each.entry_date <= day <= end
        return covers, each.entry_date, end, -each.sau_id

    return max(filter(is_wanted, on_file), key=rank, default=None)


class EnrollmentLookup(Lookup, frozen=True, tag="enrollment"):
    """One enrollment on file of the student in the upload's school year.

    `enrollment_type` and either `sau` or `school` (names of other look-ups) restrict the candidates. Of several
    candidates the one that covers the day in column `covering` is taken, else the one that began last; without
    `covering` the one that began last. `instead_of` names another look-up of an enrollment: this one is asked only
    where that one has found nothing.
    """

    gives: ClassVar = {
        "sau_id": "its district",
        "entry_date": "its first day",
        "exit_date": "its last day, null where it has not ended",
        "sau_name": "the name of its district",
        "school_name": "the name of its school",
        "school_written": "the ID of its school, as people write it: the local one, where there is one",
    }
    plain: ClassVar = choose_enrollment

    student: str
    covering: str = ""
    enrollment_type: str = ""
    sau: str = ""
    school: str = ""
    instead_of: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with the student's number and the day."""
        return (self.student, self.covering) if self.covering else (self.student,)

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The look-ups that narrow it down."""
        return (self.sau, self.school, self.instead_of)

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - the same for any layout
        """Return the list of enrollments."""
        return (Enrollments.file,)

    @property
    def student_column(self) -> str:
        """The column with the student's number."""
        return self.student

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return the join. Raises BrokenLayout if the look-up names both a school and a district."""
        finder = EnrollmentFinder(name, self, needed=sources.needed)
        sources.students.follow(finder)
        named = _Names(name, sources)
        if not self.instead_of:
            return lambda rows: named.join(finder.join(rows))
        return lambda rows: self._instead(rows, finder, named)

    def _instead(self, rows: pl.DataFrame, finder: "EnrollmentFinder", named: "_Names") -> pl.DataFrame:
        """Return the rows with the fields, looked for only where the other look-up has found none."""
        others = (f"{self.instead_of}.{field}" for field in ("entry_date", "sau_id"))
        found = next((field for field in others if field in rows.columns), None)
        # Where no rule reads the other look-up, since there is no list of enrollments, nothing is found.
        is_lacking = pl.col(found).is_null() & pl.col(STUDENT).is_not_null() if found else pl.lit(False)
        at = rows.select(is_lacking.arg_true()).to_series()
        lacking = rows.select(pl.col(finder.columns_read).gather(at))  # of all columns it would be a copy of the slice
        joined = named.join(finder.join(lacking))
        positions = no_positions(rows.height).scatter(at, pl.int_range(at.len(), dtype=pl.UInt32, eager=True))
        return rows.hstack(joined.drop(lacking.columns).select(pl.all().gather(positions)))

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:  # noqa: ARG002 - the guide's student
        """Return an enrollment that began with the school year."""
        if self.instead_of:
            return dict.fromkeys(self.gives)
        names = {
            "sau_name": "Rock Star Public Schools",
            "school_name": "Rock Star High School",
            "school_written": "1001",
        }
        return {"sau_id": 1000, "entry_date": date(2020, 9, 1), "exit_date": None, **names}


class _Names:
    """Joins the names of an enrollment's district and school, as far as they are read afterwards."""

    def __init__(self, name: str, sources: Sources) -> None:
        self._name = name
        self._sources = sources
        self._needed = {
            f"{name}.{id_}": [field for field in named if sources.is_needed(f"{name}.{field}")]
            for id_, named in _NAMES.items()
        }

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with the names."""
        for id_, fields in self._needed.items():
            if rows.is_empty():
                rows = rows.with_columns(pl.lit(None, pl.String).alias(f"{self._name}.{field}") for field in fields)
            elif fields:
                names = self._organizations.select(pl.col("id").alias(id_), *self._as(fields))
                rows = left_join_one(rows, names, on=[id_])
        return rows

    @cached_property
    def _organizations(self) -> pl.DataFrame:
        written = pl.coalesce("local_id", "identifier").alias("school_written")
        name = pl.col("name")
        return self._sources.organizations.select("id", name.alias("sau_name"), name.alias("school_name"), written)

    def _as(self, fields: Sequence[str]) -> list[pl.Expr]:
        return [pl.col(field).alias(f"{self._name}.{field}") for field in fields]


class EnrollmentFinder:
    """Finds for all rows of a file what `choose_enrollment` chooses for one row, in far less time.

    Nearly every student has one enrollment of a type at a school. Enrollments are kept in the order
    of STUDENT, so a row's enrollment is found by its student's first position. Only the rows of
    students with several candidates are sorted.
    """

    def __init__(self, name: str, lookup: EnrollmentLookup, *, needed: Collection[str] | None = None) -> None:
        """`needed` are the columns that are read afterwards, of any look-up; None for all. Raises
        BrokenLayout if the look-up names both a school and a district."""
        if lookup.school and lookup.sau:
            raise BrokenLayout(
                f"[stored.{name}] names a school and a district: an enrollment is narrowed down by one of them"
            )
        self.name = name
        self.lookup = lookup
        self._narrowed_by = lookup.school or lookup.sau
        self._fields = [f"{name}.{field}" for field in _FIELDS]
        read = None if needed is None else {*needed, *self._ids_of_names(needed)}
        self._needed = [field for field in self._fields if read is None or field in read]
        self.forget()

    def _ids_of_names(self, needed: Collection[str]) -> Iterator[str]:
        for id_, named in _NAMES.items():
            if any(f"{self.name}.{field}" in needed for field in named):
                yield f"{self.name}.{id_}"

    def forget(self) -> None:
        """Forget all enrollments."""
        types = dict(zip(self._fields, (pl.Int32, pl.Int32, pl.Date, pl.Date), strict=True))
        self._several = pl.DataFrame(schema={_KEY: pl.Int64, **types})
        # Most students have one enrollment: of theirs no column is kept that nobody reads.
        keys = {STUDENT: pl.UInt32, _NARROW: pl.Int32} if self._narrowed_by else {}
        self._only = pl.DataFrame(schema={**keys, **{field: types[field] for field in self._needed}})
        self._only_count = 0
        self._begins = pl.Series(dtype=pl.UInt32)
        self._has_several = pl.Series(dtype=pl.Boolean)  # by STUDENT

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:
        """Add the enrollments of newly known students, in the order of STUDENT. `count` is the
        number of known students, the new ones included."""
        if self.lookup.enrollment_type:
            enrollments = enrollments.filter(pl.col("enrollment_type") == self.lookup.enrollment_type)
        narrow = pl.col("school_id" if self.lookup.school else "sau_id") if self._narrowed_by else pl.lit(0, pl.Int32)
        candidates = enrollments.select(
            _key(narrow),
            pl.col(STUDENT),
            narrow.alias(_NARROW),
            *(pl.col(field).alias(named) for field, named in zip(_FIELDS, self._fields, strict=True)),
        ).drop_nulls(_KEY)
        if not candidates[_KEY].is_sorted():
            candidates = candidates.sort(_KEY)
        key = candidates[_KEY]
        is_again = (key == key.shift(1)).fill_null(False)
        of_new = pl.repeat(False, count - self._begins.len(), eager=True)
        if is_again.any():
            of_new = of_new.scatter(candidates[STUDENT].filter(is_again) - self._begins.len(), True)
            is_one_of_several = is_again | is_again.shift(-1, fill_value=False)
            several = candidates.filter(is_one_of_several)
            self._several = pl.concat([self._several, several.select(self._several.columns)], rechunk=True)
            candidates = candidates.filter(~is_one_of_several)
        self._has_several = pl.concat([self._has_several, of_new], rechunk=True)
        self._note_begins(candidates[STUDENT], count)
        self._only = pl.concat([self._only, candidates.select(self._only.columns)], rechunk=True)
        self._only_count += candidates.height

    def _note_begins(self, students: pl.Series, count: int) -> None:
        """Note the position of each new student's first enrollment, null if there is none.
        `students` has the STUDENT of each new enrollment, in order."""
        begins = (students != students.shift(1)).fill_null(True).arg_true()
        known = self._begins.len()
        of_new = no_positions(count - known).scatter(
            students.gather(begins) - known, (begins + self._only_count).cast(pl.UInt32)
        )
        self._begins = pl.concat([self._begins, of_new], rechunk=True)

    @property
    def columns_read(self) -> list[str]:
        """The columns of rows by which an enrollment is found."""
        narrowed = [f"{self._narrowed_by}.id"] if self._narrowed_by else []
        return [STUDENT, *narrowed, *([f"{self.lookup.covering}:value"] if self.lookup.covering else [])]

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows`, which have STUDENT, with the fields found, null if there is no
        enrollment."""
        found = self._only.select(self._needed).select(pl.all().gather(self._positions(rows)))
        return rows.hstack(found if self._several.is_empty() else self._with_best(found, rows))

    def _positions(self, rows: pl.DataFrame) -> pl.Series:
        """Return for each row the position of its enrollment, null if it has none."""
        begins = self._begins.gather(rows[STUDENT])
        if not self._narrowed_by:
            return begins
        keys = [rows[STUDENT], rows[f"{self._narrowed_by}.id"].alias(_NARROW), begins.alias(_POSITION)]
        left = pl.DataFrame(keys).with_row_index(_AT).drop_nulls()
        positions = no_positions(rows.height)
        # Of most rows it is the first one: of the others alone the next is looked at, as long as it is their student's.
        while not left.is_empty():
            there = self._only.select(pl.col(STUDENT, _NARROW).gather(left[_POSITION], null_on_oob=True))
            is_students, is_it = (there[name] == left[name] for name in (STUDENT, _NARROW))
            found = left.filter(is_students & is_it)
            positions = positions.scatter(found[_AT], found[_POSITION])
            left = left.filter(is_students & ~is_it).with_columns(pl.col(_POSITION) + 1)
        return positions

    def _with_best(self, found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Return what was found for the rows, with the best of several candidates where there are several."""
        at = self._has_several.gather(rows[STUDENT]).fill_null(False).arg_true()
        narrow = pl.col(f"{self._narrowed_by}.id") if self._narrowed_by else pl.lit(0)
        day = pl.col(f"{self.lookup.covering}:value") if self.lookup.covering else pl.lit(None, pl.Date)
        asked = rows.select(pl.col(self.columns_read).gather(at))
        keys = asked.select(at.alias(_AT), _key(narrow), day.alias(_DAY))
        best = self._best(keys.join(self._several, on=_KEY, how="inner"))
        return found.with_columns(found[field].scatter(best[_AT], best[field]) for field in self._needed)

    def _best(self, found: pl.DataFrame) -> pl.DataFrame:
        """Return the best of each row's candidates."""
        day, entry = pl.col(_DAY), pl.col(f"{self.name}.entry_date")
        exit_ = pl.col(f"{self.name}.exit_date")
        covers = (entry <= day) & (exit_.is_null() | (exit_ >= day))
        by = [covers.fill_null(False), entry, exit_, pl.col(f"{self.name}.sau_id")]
        ranked = found.sort(by, descending=[True, True, True, False], nulls_last=False)
        return ranked.unique(_AT, keep="first", maintain_order=True)


def _key(narrow: pl.Expr) -> pl.Expr:
    """Return the student and the school or district as one number."""
    return (pl.col(STUDENT).cast(pl.Int64) * 2**32 + narrow).alias(_KEY)
