"""What a look-up is, and how its types are found: each is one module of this package, or of a state's `lookups/`."""

import inspect
import pkgutil
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import ClassVar, NamedTuple, cast

import polars as pl

from tidegate.core import lookups
from tidegate.core.errors import BrokenLayout
from tidegate.core.frames.joins import code_column
from tidegate.core.layouts.column_types import Digits
from tidegate.core.layouts.identifiers import student_numbers
from tidegate.core.layouts.import_checked import import_checked
from tidegate.core.layouts.layout import Column, Layout, LookupSettings
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.layouts.state_package import present_package
from tidegate.core.lookups.sources import STUDENT, Sources
from tidegate.core.lookups.stored_records import collector_of_stored_records
from tidegate.core.reference.enrollments import Enrollments
from tidegate.core.reference.folder import ReferenceData
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.suggestions.suggestion import SCOPE


class Suggester:
    """Suggests for the values of one file that one look-up does not know.

    `column` is the column with the value. `found` is a column that is null if the value was not
    found. `scope` is the column with the ID of the school, district or focus that a suggestion depends
    on; blank if it depends on none.
    """

    def __init__(self, *, column: str, found: str, scope: str = "") -> None:
        self.column = column
        self.found = found
        self.scope = scope

    def note(self, rows: pl.DataFrame) -> None:
        """Note which values are likely, by the joined rows of a slice."""

    def suggest(self, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct pairs of `value` and `scope`.

        `unknown` has the pairs, frequent ones first.
        """
        raise NotImplementedError


class LookupSuggestions:
    """Asks the suggesters of a file's look-ups, by the name of the look-up."""

    def __init__(self, suggesters: dict[str, Suggester]) -> None:
        self._suggesters = suggesters

    def note(self, rows: pl.DataFrame) -> None:
        """Note which values are likely, by the joined rows of a slice."""
        for each in self._suggesters.values():
            each.note(rows)

    def message_values(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return two columns per look-up: whether nothing was found, and the scope of a
        suggestion."""
        each = self._suggesters.items()
        unknown = [pl.col(suggester.found).is_null().alias(f"unknown:{name}") for name, suggester in each]
        scopes = [pl.col(s.scope).cast(pl.Int32).alias(f"scope:{name}") for name, s in each if s.scope]
        return rows.select(*unknown, *scopes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the look-ups that may have suggestions."""
        return tuple(self._suggesters)

    def names_of(self, column: str) -> list[str]:
        """Return the names of the look-ups that may have suggestions for a column."""
        return [name for name, suggester in self._suggesters.items() if suggester.column == column]

    def asked(self, name: str, dtype: pl.Enum) -> pl.Expr:
        """Return the name of the look-up if it may have a suggestion for a finding, else null."""
        return pl.when(f"unknown:{name}").then(pl.lit(name, dtype))

    def scope(self, asked: str) -> pl.Expr:
        """Return the scope of each finding; the column `asked` has the names of look-ups."""
        scopes = [
            pl.when(pl.col(asked) == name).then(f"scope:{name}")
            for name, suggester in self._suggesters.items()
            if suggester.scope
        ]
        return pl.coalesce(*scopes, pl.lit(None, dtype=pl.Int32))

    def suggest(self, name: str, unknown: pl.DataFrame) -> pl.DataFrame:
        """Return `value`, `scope` and `suggestions` for distinct values that the look-up does not know."""
        return self._suggesters[name].suggest(unknown.select("value", SCOPE))


def known_column(column: str) -> str:
    """Name the column with a look-up's remark on each cell of a column. A slice without remarks lacks it."""
    return f"known:{column}"


def meant_column(column: str) -> str:
    """Name the column with the value that the look-up suggests for each cell. Slices with `known_column` have it."""
    return f"{known_column(column)}:meant"


Join = Callable[[pl.DataFrame], pl.DataFrame]
"""Takes the rows of a slice, and returns them with the columns of one look-up; their height and order stay."""


class Lookup(LookupSettings, frozen=True):
    """A type of look-up: its settings in `layout.toml`, how it joins what it finds, and how it
    shows itself.

    The docs show the docstring. `gives` has the fields that are found, with a few words on each:
    rules read them as `stored("<name>.<field>")`. The tag is the name of the module. A type must
    have `columns`, `joiner` and `example`; the default of the other methods does nothing.
    """

    gives: ClassVar[Mapping[str, str]]
    plain: ClassVar[Callable[..., object] | None] = None
    """The look-up in plain Python, for one row; the docs show its docstring."""
    organization_field: ClassVar[str] = ""
    """The field with the organization named in the first of `columns`; blank if it finds none, or schools."""
    school_field: ClassVar[str] = ""
    """The field with the school named in the first of `columns`; blank if it finds none."""
    known_student_field: ClassVar[str] = ""
    """The field with the row's state student number, null if no student has it; blank if it does not know."""

    def joiner(self, name: str, sources: Sources) -> Join:
        """Return a function that adds the found fields to the slices of one file.

        The columns are called `<name>.<field>` and are null if nothing was found. Rows have the
        layout's texts (`<column>`) and values (`<column>:value`), and the columns of the look-ups
        above this one in the layout.
        """
        raise NotImplementedError

    def example(self, columns: Mapping[str, Column]) -> Mapping[str, object]:
        """Return what is found for the layout's example row, by field."""
        raise NotImplementedError

    def lists(self, layout: Layout) -> tuple[ReferenceFile, ...]:  # noqa: ARG002 - most read the same for any layout
        """Return the files of a reference folder without which nothing can be found."""
        return ()

    @property
    def student_column(self) -> str:
        """The column with the state student number; blank if the look-up is not about a student."""
        return ""

    @property
    def kind_found(self) -> str:
        """The kind of all organizations that it finds; blank if it finds none, or several kinds."""
        return ""

    @property
    def message_of_layout(self) -> str:
        """The layout's own words for a value that is not found; blank if it has none."""
        return ""

    def restored(self, rows: pl.DataFrame, sources: Sources) -> pl.DataFrame | None:  # noqa: ARG002 - most restore none
        """Return `row` and `value` of rows whose text in the first of `columns` has lost digits
        that are certain. None if a look-up of this type restores nothing."""
        return None

    def read_as(self, name: str) -> pl.Expr | None:  # noqa: ARG002 - most find a value as it is written
        """Return the ID or code that was meant, null if the value of the first of `columns` was
        found as it is written. None if a look-up of this type finds values only as they are
        written."""
        return None

    def suggester(self, name: str, sources: Sources) -> Suggester | None:  # noqa: ARG002 - many suggest nothing
        """Return the suggester for values that were not found; None if there is none."""
        return None


class LabelledLookup(Lookup, frozen=True):
    """A look-up by one column. Messages call the value `label`."""

    by: str
    label: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column whose value is looked up."""
        return (self.by,)


def lookups_of(layout: Layout) -> dict[str, Lookup]:
    """Return the look-ups of a layout, by name and in its order."""
    return cast("dict[str, Lookup]", layout.stored)


def lists_of(layout: Layout, name: str) -> set[ReferenceFile]:
    """Return the files of a reference folder that a look-up needs, together with those of the look-ups whose results it
    uses."""
    lookup = lookups_of(layout).get(name)
    if lookup is None:
        return set()
    return set(lookup.lists(layout)).union(*(lists_of(layout, other) for other in lookup.other_lookups))


def list_of_stored_records(layout: Layout) -> ReferenceFile | None:
    """Return the enrollments file if rows are compared with enrollments, else None. A missing file of the type's own
    lines counts as empty."""
    settings, on_file = layout.stored_records, layout.on_file
    if settings is None:
        return None
    own = on_file.table if on_file else Enrollments.name
    if on_file is None or (settings.table or own) == Enrollments.name:
        return Enrollments.file
    return None


def lookup_types() -> tuple[type[Lookup], ...]:
    """Return the types of look-ups, those of the present state last. Raises BrokenLayout if one lacks a part, or has
    the name of another."""
    state = present_package()
    homes = {lookups.__name__: list(lookups.__path__), f"{state.name}.lookups": [str(state.folder / "lookups")]}
    # The packages are listed every time, so that a new file is found; a module is imported once.
    modules = {home: sorted(each.name for each in pkgutil.iter_modules(path)) for home, path in homes.items()}
    of_program, of_state = modules.values()
    if twice := set(of_program) & set(of_state):
        path = state.folder / "lookups" / f"{min(twice)}.py"
        raise BrokenLayout(f"{path}:1: the program has a look-up {min(twice)} already: name the file otherwise")
    return tuple(found for home, names in modules.items() for name in names for found in _types_in(f"{home}.{name}"))


def _types_in(module_name: str) -> Iterator[type[Lookup]]:
    """Yield the type of look-up in a module: one, or none if look-ups share the module."""
    module = import_checked(module_name)
    if module_name == __name__:
        return
    types = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Lookup) and thing.__module__ == module_name
    ]
    if len(types) > 1:
        raise BrokenLayout(f"{module_name} has {len(types)} look-ups: each is in a file of its own")
    for found in types:
        _check_parts(found)
        yield found


def _check_parts(found: type[Lookup]) -> None:
    """Raise BrokenLayout where a type of look-up lacks a part."""
    tag, path = found.__module__.rpartition(".")[2], inspect.getsourcefile(found)
    if found.__struct_config__.tag != tag:
        raise BrokenLayout(f'{path}: look-up {found.__name__} has no tag="{tag}", the name of its file')
    if not inspect.cleandoc(vars(found).get("__doc__") or ""):
        raise BrokenLayout(f"{path}: look-up {found.__name__} has no docstring: the docs show it")
    if not getattr(found, "gives", None):
        raise BrokenLayout(f"{path}: look-up {found.__name__} lacks gives, the fields that it finds")
    for part in ("columns", "joiner", "example"):
        if getattr(found, part) is getattr(Lookup, part):
            raise BrokenLayout(f"{path}: look-up {found.__name__} lacks {part}")


class ReadAs(NamedTuple):
    """Values of a column that were read as other values.

    `meant` has the ID or code for each row, and `code` names the rule that reports it.
    """

    code: str
    column: str
    meant: pl.Series


class JoinedRows(NamedTuple):
    """The rows of a slice with the columns of every look-up, and the values that were read as others."""

    rows: pl.DataFrame
    read_as: list[ReadAs]


def student_column(layout: Layout) -> str:
    """Return the column with the state student number, blank if no look-up is about students.

    Raises BrokenLayout if there are two, or if the column does not have the state's numbers.
    """
    columns = sorted({lookup.student_column for lookup in lookups_of(layout).values()} - {""})
    if not columns:
        return ""
    if len(columns) > 1:
        raise BrokenLayout(f"{' and '.join(columns)} are looked up as state student numbers: a file has one of them")
    of, numbers = layout.columns[columns[0]].type, student_numbers()
    if not isinstance(of, Digits) or of.lengths != numbers.lengths:
        raise BrokenLayout(
            f"{columns[0]} is a state student number: its type is digits, with min_length = {numbers.min_length} and "
            f"max_length = {numbers.max_length}, as state.toml has it"
        )
    return columns[0]


def lookup_suggestions(layout: Layout, tables: ReferenceData, school_year: SchoolYear) -> LookupSuggestions:
    """Return the suggesters of the layout's look-ups, for the values of one file."""
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
        organization_id: int | None = None,
    ) -> None:
        """Prepare the look-ups of a file.

        Args:
            layout: The layout of the school year.
            tables: The state's reference data.
            school_year: The school year.
            needed: The columns that are read afterwards, None for all. Of enrollments no other
                columns are joined.
            organization_id: The organization that the file was sent for.
        """
        self.layout = layout
        self._sources = Sources(layout, tables, school_year, needed=needed, organization_id=organization_id)
        self._student_column = student_column(layout)
        self._lookups = lookups_of(layout)
        self._stored_records = collector_of_stored_records(layout, self._sources) if layout.stored_records else None

    @cached_property
    def _joins(self) -> list[Join]:
        """The join of each look-up, in order. Made with the first slice, since some read whole
        tables."""
        return [lookup.joiner(name, self._sources) for name, lookup in self._lookups.items()]

    def join(self, rows: pl.DataFrame) -> JoinedRows:
        """Return the rows with the columns of every look-up, `<look-up>.<field>`: null if nothing
        was found.

        `rows` has the layout's texts and values; its height and order do not change.
        """
        read_as = []
        joins = self._joins
        for lookup in self._lookups.values():
            rows, restored = self._restore(rows, lookup)
            read_as += restored
        if self._student_column:
            digits = pl.col(f"{self._student_column}:value")
            numbers = rows.select(student_numbers().number(digits)).to_series()
            rows = rows.with_columns(self._sources.students.keys(numbers).alias(STUDENT))
        for join in joins:
            rows = join(rows)
        for name, lookup in self._lookups.items():
            read_as += _read_as(rows, name, lookup)
        return JoinedRows(rows.drop(STUDENT, *map(code_column, self.layout.columns), strict=False), read_as)

    def _restore(self, rows: pl.DataFrame, lookup: Lookup) -> tuple[pl.DataFrame, list[ReadAs]]:
        """Restore digits that values of the look-up's column have lost.

        Returns:
            The rows with the restored values, and what these values are.
        """
        restored = lookup.restored(rows, self._sources)
        if restored is None or restored.is_empty():
            return rows, []
        column = lookup.columns[0]
        found = restored.select("row", pl.col("value").alias("restored"))
        rows = rows.join(found, on="row", how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce(f"{column}:value", "restored").alias(f"{column}:value")).drop("restored")
        return rows, [ReadAs("CELL120", column, restored["value"])]

    def stored_records(self) -> pl.DataFrame | None:
        """Return the stored records (`[beside]` of the layout) of the rows joined since the last
        call.

        They are under the rows' names; the state student number is an integer. None if there are
        none.
        """
        return None if self._stored_records is None else self._stored_records.take()


def _read_as(rows: pl.DataFrame, name: str, lookup: Lookup) -> Iterator[ReadAs]:
    """Yield the values of a look-up's column that were read with more or fewer zeros."""
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
