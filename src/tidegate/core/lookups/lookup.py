"""What a look-up is, and how its types are found: each is one module of this package."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import ClassVar, NamedTuple, cast

import polars as pl

from tidegate.core import lookups
from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.dictionary import code_column
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.layout import Column, Layout, LookupSettings, StoredRecords
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.suggestions.suggestion import SCOPE


class Suggester:
    """Suggests for the values of one file that one look-up does not know.

    `column` holds the value, `found` is null where nothing was found for it, and `scope` is the column with the ID of
    the school, SAU or focus on which a suggestion depends, blank where it depends on none.
    """

    def __init__(self, *, column: str, found: str, scope: str = "") -> None:
        self.column = column
        self.found = found
        self.scope = scope

    def note(self, rows: pl.DataFrame) -> None:
        """Note what the joined rows of a slice say about values that are likely."""

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct pairs of `value` and `scope`, frequent ones first."""
        raise NotImplementedError


class LookupSuggestions:
    """Asks the suggesters of a file's look-ups, by the name of the look-up."""

    def __init__(self, suggesters: dict[str, Suggester]) -> None:
        self._suggesters = suggesters

    def note(self, rows: pl.DataFrame) -> None:
        """Note what the joined rows of a slice say about values that are likely."""
        for each in self._suggesters.values():
            each.note(rows)

    def message_values(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return for each row and look-up whether nothing was found, and the scope of a suggestion."""
        each = self._suggesters.items()
        unknown = [pl.col(suggester.found).is_null().alias(f"unknown:{name}") for name, suggester in each]
        scopes = [pl.col(s.scope).cast(pl.Int32).alias(f"scope:{name}") for name, s in each if s.scope]
        return rows.select(*unknown, *scopes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the look-ups that may suggest something."""
        return tuple(self._suggesters)

    def names_of(self, column: str) -> list[str]:
        """Return the names of the look-ups that may suggest something for values of a column."""
        return [name for name, suggester in self._suggesters.items() if suggester.column == column]

    def asked(self, name: str) -> pl.Expr:
        """Return the name of the look-up where it may suggest something for a finding, else null."""
        return pl.when(f"unknown:{name}").then(pl.lit(name))

    def scope(self, asked: str) -> pl.Expr:
        """Return the scope of each finding, given the column with the names of look-ups."""
        scopes = [
            pl.when(pl.col(asked) == name).then(f"scope:{name}")
            for name, suggester in self._suggesters.items()
            if suggester.scope
        ]
        return pl.coalesce(*scopes, pl.lit(None, dtype=pl.Int32))

    def suggest(self, name: str, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct values that the look-up does not know."""
        return self._suggesters[name].suggest(unknown.select("value", SCOPE))


Join = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes the rows of a slice, and returns them with the columns of one look-up; their height and order stay."""


class Lookup(LookupSettings, frozen=True):
    """A type of look-up: its settings in `layout.toml`, how it joins what it finds, and how it shows itself.

    The docstring says in the docs what is looked up, and `gives` names the fields that are found with a few words on
    each: rules read them as `stored("<name>.<field>")`. The tag is the name of the module. `columns`, `joiner` and
    `example` are needed; the other methods have a default that does nothing.
    """

    gives: ClassVar[Mapping[str, str]]
    plain: ClassVar[Callable[..., object] | None] = None
    """The same rule, said plainly in Python for one row; its docstring stands in the docs."""

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return what joins the found fields to the slices of one file, as columns `<name>.<field>`, null where nothing
        was found. Rows have the layout's texts (`<column>`) and values (`<column>:value`), and the columns of the
        look-ups above this one in the layout."""
        raise NotImplementedError

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return what is found for the layout's example row, by field."""
        raise NotImplementedError

    @property
    def student_column(self) -> str:
        """The column with the state student number, where the look-up asks about a student; else blank."""
        return ""

    def restored(self, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame | None:  # noqa: ARG002 - most restore none
        """Return `row` and `value` of the rows whose text in the first of `columns` lost digits that are certain; None
        where a look-up of this type restores nothing."""
        return None

    def read_as(self, name: str) -> pl.Expr | None:  # noqa: ARG002 - most read a value as it stands
        """Return the ID or code that was meant, null where the value of the first of `columns` was found as it stands;
        None where a look-up of this type reads no value in another way."""
        return None

    def suggester(self, name: str, sources: Sources) -> Suggester | None:  # noqa: ARG002 - many suggest nothing
        """Return what suggests values for those that were not found; None where nothing does."""
        return None


class LabelledLookup(Lookup, frozen=True):
    """A look-up by one column, whose value messages call `label`."""

    by: str
    label: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column whose value is looked up."""
        return (self.by,)


def lookups_of(layout: Layout) -> dict[str, Lookup]:
    """Return the look-ups of a layout, by name and in its order."""
    return cast("dict[str, Lookup]", layout.stored)


def lookup_types() -> tuple[type[Lookup], ...]:
    """Return the types of look-ups, by tag. Raises BrokenLayout where one lacks a part.

    The package is listed every time, so that a file which was put there is found; its module is imported once.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(lookups.__path__))
    return tuple(found for name in names for found in _types_in(f"{lookups.__name__}.{name}"))


def _types_in(module_name: str) -> Iterator[type[Lookup]]:
    """Yield the type of look-up in a module: one, or none where the module is a part that look-ups share."""
    module = importlib.import_module(module_name)
    if module_name == __name__:
        return
    types = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Lookup) and thing.__module__ == module_name
    ]
    if len(types) > 1:
        raise BrokenLayout(f"{module_name} has {len(types)} look-ups: each stands in a file of its own")
    for found in types:
        _check_parts(found)
        yield found


def _check_parts(found: type[Lookup]) -> None:
    """Raise BrokenLayout where a type of look-up lacks a part."""
    tag = found.__module__.rpartition(".")[2]
    if found.__struct_config__.tag != tag:
        raise BrokenLayout(f'Look-up {found.__name__} has no tag="{tag}", the name of its file')
    if not inspect.cleandoc(vars(found).get("__doc__") or ""):
        raise BrokenLayout(f"Look-up {found.__name__} has no docstring: the docs say with it what is looked up")
    if not getattr(found, "gives", None):
        raise BrokenLayout(f"Look-up {found.__name__} lacks gives, the fields that it finds")
    for part in ("columns", "joiner", "example"):
        if getattr(found, part) is getattr(Lookup, part):
            raise BrokenLayout(f"Look-up {found.__name__} lacks {part}")


_MAX_STUDENT_DIGITS = 9
"""More do not fit into an UInt32, as which numbers of students are compared."""


class ReadAs(NamedTuple):
    """Values of a column that were read as others: `meant` has one ID or code for each row, and `code` names the rule
    that tells the uploader."""

    code: str
    column: str
    meant: pl.Series


class Joined(NamedTuple):
    """The rows of a slice with the columns of every look-up, and the values that were read as others."""

    rows: pl.DataFrame
    read_as: list[ReadAs]


def student_column(layout: Layout) -> str:
    """Return the column with the state student number, blank where no look-up asks about students. Raises BrokenLayout
    where there are two, or where zeros in front would be lost in a number."""
    columns = sorted({lookup.student_column for lookup in lookups_of(layout).values()} - {""})
    if not columns:
        return ""
    if len(columns) > 1:
        raise BrokenLayout(f"{' and '.join(columns)} are looked up as state student numbers: a file has one of them")
    of = layout.columns[columns[0]].type
    if not isinstance(of, Digits) or of.min_length != of.max_length or of.max_length > _MAX_STUDENT_DIGITS:
        raise BrokenLayout(
            f"{columns[0]} is a state student number: so many digits, always, and at most {_MAX_STUDENT_DIGITS}"
        )
    return columns[0]


def lookup_suggestions(layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> LookupSuggestions:
    """Return what suggests values for those that the layout's look-ups do not find."""
    sources = Sources(layout, tables, school_year)
    suggesters = {name: lookup.suggester(name, sources) for name, lookup in lookups_of(layout).items()}
    return LookupSuggestions({name: each for name, each in suggesters.items() if each is not None})


class LookupJoin:
    """Joins what the look-ups find to the rows of one file, slice by slice."""

    def __init__(
        self,
        layout: Layout,
        tables: ReferenceData,
        school_year: SchoolYear,
        *,
        needed: Collection[str] | None = None,
    ) -> None:
        """`needed` are the columns that somebody reads afterwards, None where all are: of enrollments no others are
        joined."""
        self.layout = layout
        self._sources = Sources(layout, tables, school_year, needed=needed)
        self._student_column = student_column(layout)
        self._lookups = lookups_of(layout)
        self._stored_records = None if layout.beside is None else _StoredRecords(layout.beside, self._sources)

    @cached_property
    def _joins(self) -> list[Join]:
        """The join of each look-up, in order; made with the first slice, since some ask for whole tables."""
        return [lookup.joiner(name, self._sources) for name, lookup in self._lookups.items()]

    def join(self, rows: pl.DataFrame) -> Joined:
        """Return the rows with the columns of every look-up, named `<look-up>.<field>`; null where nothing was found.

        `rows` has the layout's texts and values; its height and order stay as they are.
        """
        read_as = []
        joins = self._joins
        for lookup in self._lookups.values():
            rows, restored = self._restore(rows, lookup)
            read_as += restored
        if self._student_column:
            numbers = rows[f"{self._student_column}:value"].cast(pl.UInt32, strict=False)
            rows = rows.with_columns(self._sources.students.keys(numbers).alias(STUDENT))
        for join in joins:
            rows = join(rows)
        for name, lookup in self._lookups.items():
            read_as += _read_as(rows, name, lookup)
        return Joined(rows.drop(STUDENT, *map(code_column, self.layout.columns), strict=False), read_as)

    def _restore(self, rows: pl.DataFrame, lookup: Lookup) -> tuple[pl.DataFrame, list[ReadAs]]:
        """Return the rows with values that lost digits put right, and which these are."""
        restored = lookup.restored(rows, self._sources)
        if restored is None or restored.is_empty():
            return rows, []
        column = lookup.columns[0]
        found = restored.select("row", pl.col("value").alias("restored"))
        rows = rows.join(found, on="row", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce(f"{column}:value", "restored").alias(f"{column}:value")).drop("restored")
        return rows, [ReadAs("CELL120", column, restored["value"])]

    def stored_records(self) -> pl.DataFrame | None:
        """Return the stored records of `[beside]` that belong to the rows joined since the last call, under the rows'
        names; None where there are none. The state student number is an UInt32."""
        return None if self._stored_records is None else self._stored_records.take()


class _StoredRecords:
    """Keeps the enrollments of newly known students until rows are compared with them."""

    def __init__(self, settings: StoredRecords, sources: Sources) -> None:
        self._settings = settings
        self._sources = sources
        self._waiting: list[pl.DataFrame] = []
        sources.students.follow(self)

    def forget(self) -> None:
        """Keep what waits: STUDENT is not looked at."""

    def add(self, enrollments: pl.DataFrame, *, count: int) -> None:  # noqa: ARG002 - each is given once
        """Let the enrollments wait."""
        self._waiting.append(enrollments)

    def take(self) -> pl.DataFrame | None:
        """Return what waits under the rows' names, with the names of organizations; None where nothing does."""
        if not self._waiting:
            return None
        records = pl.concat(self._waiting).rename({stored: name for name, stored in self._settings.columns.items()})
        self._waiting = []
        for lookup in ("sau", "school"):
            if f"{lookup}.id" in records.columns:
                id_, name = pl.col("id").alias(f"{lookup}.id"), pl.col("name").alias(f"{lookup}.name")
                names = self._sources.organizations.select(id_, name)
                records = records.join(names, on=f"{lookup}.id", how="left", maintain_order="left")
        return records


def _read_as(rows: pl.DataFrame, name: str, lookup: Lookup) -> Iterator[ReadAs]:
    """Yield the values of a look-up's column that were read with more zeros than they have, or fewer."""
    meant = lookup.read_as(name)
    if meant is None:
        return
    column = lookup.columns[0]
    read = rows.lazy().select(pl.col(f"{column}:value").alias("value"), meant.alias("meant"))
    found = read.filter(pl.col("meant").is_not_null()).collect()
    has_more = found["value"].str.len_chars() > found["meant"].str.len_chars()
    for code, values in (("CELL117", found["meant"].filter(has_more)), ("CELL120", found["meant"].filter(~has_more))):
        if not values.is_empty():
            yield ReadAs(code, column, values)
