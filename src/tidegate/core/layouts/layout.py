"""A layout: what a file of a type looks like, and the stored data that its rows are checked
against."""

import re
from typing import Literal

import msgspec
import polars as pl

from tidegate.core.layouts.column_types import AnyColumnType, Code
from tidegate.core.layouts.school_year import SchoolYear

VALUE = ":value"
"""How the name of a column's value ends."""


class LookupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find"):
    """A look-up in `layout.toml`, under `[stored.<name>]`; `find` says which type of look-up it is.

    The types are in `tidegate.core.lookups`, one file each.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it reads; a name is blank if the layout leaves it out."""
        raise NotImplementedError

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The names of the look-ups whose results it uses; a name is blank if the layout leaves
        it out."""
        return ()

    @property
    def cached_column(self) -> str:
        """The column by whose distinct texts results are cached; blank if they are not cached.

        Its texts are encoded as numbers while they are parsed.
        """
        return ""

    @property
    def number_column(self) -> str:
        """The column whose digits are a number, so that leading zeros do not count; blank if
        there is none."""
        return ""


class OnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lines that good rows of the file type become.

    `table` is the reference table that has them, and its file in a reference folder is named after
    it. `columns` maps each column of a row, a value or a field of a look-up, to the field of the
    model that it fills; `student` is the one with the state student number. `noun` is what one line
    is called, and several. `hint` says on the Student page how lines come to be.
    """

    table: str
    student: str
    columns: dict[str, str]
    noun: tuple[str, str] = ("line", "lines")
    hint: str = ""


class StoredRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored lines of the file's students, which take part when rows are compared with each other.

    They are those of `table`: the enrollments, or the type's own lines, which may leave out all of
    the following. `columns` maps each column of a row to the stored column that it is compared
    with. A stored line is left out if a good row of the file has the same `key`: that row will
    replace it.
    """

    student: str = ""
    columns: dict[str, str] = {}
    key: tuple[str, ...] = ()
    table: str = ""


class RestingLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored lines of another file type that rest on the enrollments of this one: they were checked
    against one.

    `table` has them. `by` is the look-up of their layout that finds the enrollment. If it `covers`,
    the enrollment must cover the day that the look-up names; else there only has to be one.
    """

    table: str
    by: str
    covers: bool = True


def fold_name(name: str) -> str:
    """Return a column name as it is compared: in small letters, letters and digits alone."""
    return re.sub(r"[\W_]+", "", name).casefold()


class ColumnChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"type": "of"}):
    """What differs about a column in the school years from `since` to `until`; None is
    unchanged."""

    since: str = ""
    until: str = ""
    type: AnyColumnType | None = None
    description: str | None = None
    example: str | None = None
    required: bool | None = None


class CedsElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The element of the Common Education Data Standards (CEDS) that a column is.

    `id` are its six digits, `element` is its name there. `options` has the element's option code for codes of the
    column; a code with which no option agrees is left out. It checks nothing.
    """

    id: str
    element: str
    options: dict[str, str] = {}

    @property
    def term(self) -> str:
        """The address of the element in the ontology of CEDS."""
        return f"http://ceds.ed.gov/terms#P{self.id}"


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"type": "of"}):
    """One column of a file type.

    `since` and `until` name the first and last school year that has it. `changes` say what differs
    in some school years; if several apply to a year, the last one counts. `aliases` are taken for
    its name. `also_called` are names in other programs, which may mean something else: they are
    only suggested. If it `holds_names`, a word that programs write for a blank may be somebody's
    name. The values of a `personal` column are about a student: they are in no report that leaves
    the office, and in no heading. `ceds` is the element that it is in the Common Education Data Standards.
    """

    type: AnyColumnType
    description: str
    example: str
    name: str = ""
    required: bool = True
    since: str = ""
    until: str = ""
    aliases: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()
    holds_names: bool = False
    personal: bool = False
    ceds: CedsElement | None = None
    changes: tuple[ColumnChange, ...] = ()

    def is_in(self, school_year: SchoolYear) -> bool:
        """Whether the layout of that school year has this column."""
        return school_year.is_within(self.since, self.until)

    def in_year(self, school_year: SchoolYear) -> "Column":
        """Return the column as it is in that school year."""
        changed: dict[str, object] = {}
        for change in self.changes:
            if school_year.is_within(change.since, change.until):
                changed |= {name: given for name in _CHANGED if (given := getattr(change, name)) is not None}
        column = msgspec.structs.replace(self, **changed, changes=())
        return msgspec.structs.replace(column, type=column.type.in_year(school_year))


_CHANGED = ("type", "description", "example", "required")


class MappedColumn(Column, frozen=True, forbid_unknown_fields=True):
    """A column with what a mapping says of it: its names in the file, and which texts stand for which values."""

    mapped_names: tuple[str, ...] = ()
    mapped_values: dict[str, str] = {}


class RowIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns that name a row in the Result Log, where the file type has them."""

    sau_id: str = ""
    school_id: str = ""
    student_number: str = ""


class SampleRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to recognize a row that was left in from the sample file: `column` begins with
    `starts_with`.

    A spreadsheet may have taken its zeros off. Such a short number may also be a student's, so the
    row must then agree with the example in the columns `agrees_in`, too.
    """

    column: str
    starts_with: str
    agrees_in: tuple[str, ...] = ()


class AgesOfGrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ages of a grade's students in whole years, from the youngest to the oldest: usual and
    possible."""

    usual: tuple[int, int]
    possible: tuple[int, int]


class Ages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ages of each grade's students on a day of the school year.

    `birth_date` and `grade` name columns; `on` is the day, in the first half of the school year:
    `10-15`.
    """

    birth_date: str
    grade: str
    on: str
    grades: dict[str, AgesOfGrade]

    @property
    def month_and_day(self) -> tuple[int, int]:
        """The day on which ages are compared.

        Returns:
            The month and the day of the month.
        """
        month, day = map(int, self.on.split("-"))
        return month, day

    @property
    def of_any_grade(self) -> tuple[int, int]:
        """The possible ages in any grade.

        Returns:
            The lowest and the highest one.
        """
        youngest, oldest = zip(*(ages.possible for ages in self.grades.values()), strict=True)
        return min(youngest), max(oldest)


class RuleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a state changes about a rule in the school years from `since` to `until`.

    The severity becomes another one or `off`, or the message another one. Uploaders read the
    `reason` of the severity.
    """

    code: str
    since: str = ""
    until: str = ""
    severity: Literal["", "error", "warning", "notice", "off"] = ""
    message: str = ""
    reason: str = ""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"stored_records": "beside"}):
    """The columns of a file type in order, and its look-ups. Read from `layout.toml`.

    `known_extras` are left out; what becomes of other columns that the layout does not have, `extra_columns` says: the
    file is refused, or they are carried along to the full log.
    `stored_records` are stored lines that rows are compared with. `group` and `key` name values and
    look-ups, and a file type has one of them at most: rows that agree in the `group` are replaced
    together or not at all, and a row replaces the stored line that has its `key`. `on_file` says
    what is stored, and `resting` which stored lines of other types a change of it may leave without
    what they rest on. `rules` say what the state changes about rules; if several apply to a year, the
    last one counts. `may_wait` has the codes of rules that a stored line of another type, such as an
    enrollment that arrives later, takes away: a row with no other error may wait for it. `waits_for` is
    what people call that line. `ceds_version` is the version of the Common Education Data Standards that
    columns name elements of.
    """

    name: str
    title: str
    log_title: str
    area: str
    order: int
    summary: str
    identity: RowIdentity
    columns: dict[str, Column]
    known_extras: tuple[str, ...] = ()
    extra_columns: Literal["refuse", "carry"] = "refuse"
    sample_row: SampleRow | None = None
    ages: Ages | None = None
    stored: dict[str, LookupSettings] = {}
    stored_records: StoredRecords | None = None
    group: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    on_file: OnFile | None = None
    resting: tuple[RestingLines, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    may_wait: tuple[str, ...] = ()
    waits_for: str = "enrollment"
    ceds_version: str = ""

    @property
    def groups_on_file(self) -> OnFile | None:
        """What is stored of the groups; None if lines are not replaced by groups or none are
        stored."""
        return self.on_file if self.group else None

    @property
    def waits_for_one(self) -> str:
        """What a row may wait for, with its article, as in "an enrollment"."""
        return f"{'an' if self.waits_for[0] in 'aeiouAEIOU' else 'a'} {self.waits_for}"

    def folded_names(self) -> dict[str, str]:
        """Return the columns by every name that a header may have for them, as `fold_name` folds it."""
        return {fold_name(name): each.name for each in self.columns.values() for name in (each.name, *each.aliases)}

    def columns_in(self, school_year: SchoolYear) -> tuple[Column, ...]:
        """Return the columns that a file of that school year has, in order."""
        return tuple(column.in_year(school_year) for column in self.columns.values() if column.is_in(school_year))

    def in_year(self, school_year: SchoolYear) -> "Layout":
        """Return this layout as it is in that school year: with its columns, and with what it makes of rules."""
        rules = tuple(change for change in self.rules if school_year.is_within(change.since, change.until))
        columns = {column.name: column for column in self.columns_in(school_year)}
        on_file = self.on_file
        if on_file is not None and len(columns) < len(self.columns):
            here = {row: field for row, field in on_file.columns.items() if set(self.read_from(row)) <= columns.keys()}
            on_file = msgspec.structs.replace(on_file, columns=here)
        return msgspec.structs.replace(self, columns=columns, rules=rules, on_file=on_file)

    def read_from(self, row: str) -> tuple[str, ...]:
        """Return the columns of the file that a column of a row is read from: a value, or a field of a look-up."""
        if row.endswith(VALUE):
            return (row.removesuffix(VALUE),)
        lookup = self.stored.get(row.partition(".")[0])
        return tuple(name for name in lookup.columns if name) if lookup else ()

    def is_personal(self, row: str) -> bool:
        """Return whether a column of a row is about a student: a personal column, its value, or a field of a look-up
        that reads a personal column."""
        read_from = (row,) if row in self.columns else self.read_from(row)
        return any(name in self.columns and self.columns[name].personal for name in read_from)

    def rule_changes(self) -> dict[str, RuleChange]:
        """Return by code what the layout of a year makes of rules; of several changes of one rule the last one."""
        return {change.code: change for change in sorted(self.rules, key=lambda change: change.code)}

    def code_lists(self) -> dict[str, str]:
        """Return the code lists that columns refer to in any year, in order, each with the first such column."""
        found: dict[str, str] = {}
        for name, column in self.columns.items():
            for of in (column.type, *(change.type for change in column.changes)):
                if isinstance(of, Code):
                    found.setdefault(of.list_name, name)
        return found

    def value_types(self) -> dict[str, pl.DataType]:
        """Return the Polars type of each column's value, by column name."""
        return {name: column.type.polars_type for name, column in self.columns.items()}
