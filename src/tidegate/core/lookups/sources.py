"""The reference data that the look-ups of one file share, and caches that ask for each key once."""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Protocol

import polars as pl

from tidegate.core.frames.joins import MAX_DISTINCT_TEXTS, IntIndex, StringDictionary, code_column
from tidegate.core.layouts.identifiers import are_keys_numbers, student_numbers
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.organizations import SAU, OrganizationKeys

STUDENT = "student.key"
"""The column with the key of a known student: numbered from 0, so that it is fast to compare."""

# A file of more students than this forgets those whom it asked for first, unless each is to be
# asked for once.
_MAX_STUDENTS_KEPT = 1_000_000
# So many texts tell whether most of a slice are different.
_SAMPLE_SIZE = 2_000
# A file whose first slice has this many students will hold most others, too.
_MIN_STUDENTS_TO_ASK_FOR_ALL = 10_000


class EnrollmentsFollower(Protocol):
    """Receives the enrollments of a file's students."""

    def forget(self) -> None:
        """Forget all enrollments: STUDENT begins at 0 again."""
        ...

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:
        """Add the enrollments of newly known students.

        Args:
            enrollments: The columns of `Enrollments.schema` and STUDENT, in the order of STUDENT.
            count: The number of known students, the new ones included.
        """
        ...


class KnownStudents:
    """The known students of one file, and their enrollments.

    Numbers are integers, as in `ReferenceData`. With `asks_once` no student is forgotten, so that the
    followers receive each enrollment once.
    """

    def __init__(self, tables: ReferenceData, school_year: SchoolYear, *, asks_once: bool) -> None:
        self.tables = tables
        self.school_year = school_year
        self.asks_once = asks_once
        self._followers: list[EnrollmentsFollower] = []
        self._listeners: list[Callable[[pl.Series], object]] = []
        self._forget()

    def follow(self, follower: EnrollmentsFollower) -> None:
        """Give all enrollments to `follower`; without followers none are asked for. Call it before `keys`."""
        self._followers.append(follower)

    def listen(self, listener: Callable[[pl.Series], object]) -> None:
        """Give `listener` the numbers of newly known students. Call it before `keys`."""
        self._listeners.append(listener)

    def _forget(self) -> None:
        nobody = pl.Series(dtype=student_numbers().number_type)
        self._unknown = nobody
        self._known = nobody
        self._index = IntIndex(nobody)

    def keys(self, numbers: pl.Series) -> pl.Series:
        """Return the STUDENT of each state student number, null if no student has it."""
        keys = self._index.positions(numbers)
        new = _without(numbers.filter(keys.is_null()).drop_nulls().unique(), self._unknown)
        if new.is_empty():
            return keys
        if self.count + self._unknown.len() > _MAX_STUDENTS_KEPT and not self.asks_once:
            self._forget()
            for follower in self._followers:
                follower.forget()
            keys = self._index.positions(numbers)
            new = numbers.drop_nulls().unique()
        known_before = self.count
        enrollments = self._ask(self._with_all_others(new).sort())  # an index is walked faster in its own order
        if self.count == known_before:  # nor has anybody enrollments
            return keys
        for follower in self._followers:
            follower.add(enrollments, count=self.count)
        return self._index.positions(numbers)

    def _with_all_others(self, numbers: pl.Series) -> pl.Series:
        """Return the numbers, with those of all other students if that saves many questions."""
        if self.asks_once or numbers.len() < _MIN_STUDENTS_TO_ASK_FOR_ALL or self.count:
            return numbers
        everybody = self.tables.everybody()
        if everybody is None or everybody.len() > _MAX_STUDENTS_KEPT // 2:
            return numbers
        return pl.concat([numbers, everybody]).unique()

    def _ask(self, numbers: pl.Series) -> pl.DataFrame:
        """Ask for students not asked for before, remember the known ones, and return their
        enrollments."""
        found = self.tables.students(numbers)["student_number"]
        enrollments = Enrollments.schema.to_frame()
        if self._followers:
            enrollments = self.tables.enrollments(numbers, self.school_year)
        positions = IntIndex(found).positions(enrollments["student_number"])
        if positions.has_nulls():  # an enrolled student is known, whatever the list of students says
            found = pl.concat([found, enrollments["student_number"]]).unique()
            positions = IntIndex(found).positions(enrollments["student_number"])
        for listener in self._listeners:
            listener(found)
        keyed = _in_order(enrollments.with_columns((positions + self.count).alias(STUDENT)))
        self._unknown = pl.concat([self._unknown, _without(numbers, found)], rechunk=True)
        if not found.is_empty():
            self._known = pl.concat([self._known, found], rechunk=True)
            self._index = IntIndex(self._known)
        return keyed

    @property
    def count(self) -> int:
        """The number of known students."""
        return self._known.len()


def _without(numbers: pl.Series, others: pl.Series) -> pl.Series:
    """Return the numbers that are not among the others."""
    return numbers if others.is_empty() else numbers.filter(~numbers.is_in(others.implode()))


def _in_order(enrollments: pl.DataFrame) -> pl.DataFrame:
    """Return the enrollments in the order of STUDENT."""
    return enrollments if enrollments[STUDENT].is_sorted() else enrollments.sort(STUDENT)


class Sources:
    """The reference data that the look-ups of one file share.

    `needed` are the columns that are read after the look-ups, None for all; the others may be left
    out.
    """

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        school_year: SchoolYear,
        *,
        needed: Collection[str] | None = None,
        organization_id: int | None = None,
    ) -> None:
        """Take the reference data of a school year.

        Args:
            layout: The layout of the school year.
            tables: The state's reference data.
            school_year: The school year.
            needed: The columns that are read after the look-ups, None for all.
            organization_id: The organization that the file was sent for.
        """
        self.layout = layout
        self.tables = tables
        self.school_year = school_year
        self.needed = needed
        self.students = KnownStudents(tables, school_year, asks_once=layout.stored_records is not None)
        self._codes: dict[str, pl.DataFrame] = {}
        self._organization_id = organization_id

    def is_needed(self, field: str) -> bool:
        """Whether a field of a look-up is read afterwards."""
        return self.needed is None or field in self.needed

    def may_see_students_of(self, sau_id: pl.Expr) -> pl.Expr:
        """Return whether the organization that the file was sent for may see a district's students: it is that
        district, or one of its schools. A file that was sent for none may see all."""
        own = self._organization_id
        if own is None:
            return pl.lit(True)
        parents = self.organizations.filter(pl.col("id") == own)["parent_id"].drop_nulls()
        return sau_id.is_in([own, *parents])

    @cached_property
    def organizations(self) -> pl.DataFrame:
        """The organizations of the state."""
        return self.tables.organizations()

    @cached_property
    def organization_keys(self) -> OrganizationKeys:
        """The integers of the state's organizations, by their IDs."""
        return OrganizationKeys() if are_keys_numbers() else OrganizationKeys(self.organizations)

    @cached_property
    def sau_ids(self) -> pl.Series:
        """The IDs of the districts of the state."""
        return self.organizations.filter(pl.col("kind") == SAU)["id"]

    def codes(self, list_name: str) -> pl.DataFrame:
        """Return a code list."""
        if list_name not in self._codes:
            self._codes[list_name] = self.tables.codes(list_name)
        return self._codes[list_name]


class LookupCache:
    """A memoised look-up by a text and, for a school, by the district in which it is looked up.

    `ask` takes a frame of keys under the names of the rows' columns, and returns one line for each
    different key that was found, with the fields found.
    """

    def __init__(
        self,
        ask: Callable[[pl.DataFrame], pl.DataFrame],
        by: str,
        *,
        scope: str = "",
        scopes: pl.Series | None = None,
    ) -> None:
        """Remember what `ask` answers.

        Args:
            ask: Finds keys that were not asked for before.
            by: The name of the column with the text.
            scope: The column with the ID of the district in which the text is looked up, blank where it is not needed.
            scopes: All values that `scope` may have. A null in it counts as a value of its own.
        """
        self.ask = ask
        self.by = by
        self.keys = [f"{by}:value", scope] if scope else [f"{by}:value"]
        all_scopes = pl.Series(dtype=pl.UInt64) if scopes is None else scopes.cast(pl.UInt64)
        self._scopes = IntIndex(all_scopes)
        self._width = all_scopes.len() + 1 if scope else 1
        self._texts: StringDictionary | None = None
        self._forget()

    def _forget(self) -> None:
        self._known = pl.Series("key", dtype=pl.UInt64)
        self._index = IntIndex(self._known)
        self._found: pl.DataFrame | None = None

    def join(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `rows` with the fields of the look-up, null if nothing was found."""
        if self._are_different(rows):
            return rows.hstack(self._answers(rows.select(self.keys)))
        numbers = self._numbers(rows)
        positions = self._index.positions(numbers)
        is_new = positions.is_null() & numbers.is_not_null()
        if is_new.any() or self._found is None:
            self._learn(rows.select(self.keys).with_columns(numbers).filter(is_new).unique("key"))
            positions = self._index.positions(numbers)
        assert self._found is not None
        return rows.hstack(self._found.select(pl.all().gather(positions)))

    def _are_different(self, rows: pl.DataFrame) -> bool:
        """Whether so few texts repeat one another that to number them, and to remember them, takes longer than to ask
        for each."""
        sample = rows[self.keys[0]].head(_SAMPLE_SIZE)
        is_numbered = code_column(self.by) in rows.columns
        return not is_numbered and sample.len() == _SAMPLE_SIZE and sample.n_unique() > _SAMPLE_SIZE // 2

    def _answers(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the fields found for each key, null if nothing was found."""
        lines = self.ask(keys)
        if lines.is_empty():
            return lines.drop(self.keys).clear(keys.height)
        found = keys.join(lines, on=self.keys, how="left", nulls_equal=True, maintain_order="left", validate="m:1")
        return found.drop(self.keys)

    def _numbers(self, rows: pl.DataFrame) -> pl.Series:
        """Return the number of each row's key, null if the text is null."""
        numbers = self._numbers_of_texts(rows).cast(pl.UInt64).alias("key")
        if self._width == 1:
            return numbers
        scope = self._scopes.positions(rows[self.keys[1]].cast(pl.UInt64)).fill_null(self._width - 1)
        return numbers * self._width + scope

    def _numbers_of_texts(self, rows: pl.DataFrame) -> pl.Series:
        """Return the numbers that the parser has encoded the texts with, else encode them here."""
        if code_column(self.by) in rows.columns:
            return rows[code_column(self.by)]
        if self._texts is None or self._known.len() > MAX_DISTINCT_TEXTS or self._texts.are_many():
            self._texts = StringDictionary()
            self._forget()
        return self._texts.encode(rows[self.keys[0]])

    def _learn(self, new: pl.DataFrame) -> None:
        """Ask for keys that were not asked for before, and remember what was found."""
        found = self._answers(new.select(self.keys))
        self._found = found if self._found is None else pl.concat([self._found, found], rechunk=True)
        self._known = pl.concat([self._known, new["key"]], rechunk=True)
        self._index = IntIndex(self._known)
