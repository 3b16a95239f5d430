"""A layout: what a file type's file looks like, and which stored data its rows are judged against."""

import re
from typing import Literal

import msgspec
import polars as pl

from tidegate.core.layouts.column_types import AnyColumnType
from tidegate.core.layouts.school_year import SchoolYear


class LookupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="find"):
    """A look-up as it stands in `layout.toml` under `[stored.<name>]`; `find` says which type of look-up it is.

    What each type does stands in `tidegate.core.lookups`, one file each.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it reads; a blank name is one that the layout leaves out."""
        raise NotImplementedError

    @property
    def other_lookups(self) -> tuple[str, ...]:
        """The names of the look-ups whose results it uses; a blank name is one that the layout leaves out."""
        return ()

    @property
    def cached_column(self) -> str:
        """The column by whose distinct texts results are cached; blank where they are not. Its texts are encoded as
        numbers while they are parsed."""
        return ""

    @property
    def number_column(self) -> str:
        """The column whose digits are a number, in which zeros in front do not count; blank where there is none."""
        return ""


class OnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored CTE records of the file's students, compared with the rows of a group that has more of them than the file.

    `columns` says under which of the row's names each stored column stands.
    """

    student: str
    columns: dict[str, str]


class StoredRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stored enrollments of the file's students, which take part when rows are compared with each other.

    `columns` says under which of the row's names each stored column stands; a stored enrollment whose `key` a good
    row of the file has is left out, because that row will take its place.
    """

    student: str
    columns: dict[str, str]
    key: tuple[str, ...]


def fold_name(name: str) -> str:
    """Return a column name as it is compared: without case, spaces, underscores, hyphens and stray marks."""
    return re.sub(r"[\W_]+", "", name).casefold()


class ColumnChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"type": "of"}):
    """What is otherwise about a column in the school years from `since` to `until`; what is left out stays as it is."""

    since: str = ""
    until: str = ""
    type: AnyColumnType | None = None
    description: str | None = None
    example: str | None = None
    required: bool | None = None


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"type": "of"}):
    """One column of a file type; `since` and `until` name the first and last school year that has it, and `changes` say
    what is otherwise in some of them: where several speak of a year, the last one counts. `aliases` are
    taken for its name, `also_called` are what other programs call it: suggested, since they may mean something else.
    Where it `holds_names`, any word may be a name, also one that programs write for a blank."""

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


class RowIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns that name a row in the Result Log, where the file type has them."""

    sau_id: str = ""
    school_id: str = ""
    student_number: str = ""


class SampleRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a row that was left in from the sample file is known: this column starts with this.

    So it does where a spreadsheet took the zeros off. Where such a short number may be somebody's, the row must also
    agree with the example in the columns `agrees_in`.
    """

    column: str
    starts_with: str
    agrees_in: tuple[str, ...] = ()


class AgesOfGrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How old students of a grade are, in whole years, from the youngest to the oldest: as a rule, and at all."""

    usual: tuple[int, int]
    possible: tuple[int, int]


class Ages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How old the students of each grade are on a day of the school year's first half, as `10-15`. The columns hold the
    birth date and the grade."""

    birth_date: str
    grade: str
    on: str
    grades: dict[str, AgesOfGrade]

    @property
    def month_and_day(self) -> tuple[int, int]:
        """The day on which ages are compared."""
        month, day = map(int, self.on.split("-"))
        return month, day

    @property
    def of_any_grade(self) -> tuple[int, int]:
        """How old a student can be at all."""
        youngest, oldest = zip(*(ages.possible for ages in self.grades.values()), strict=True)
        return min(youngest), max(oldest)


class RuleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a state makes of a rule in the school years from `since` to `until`: another severity, or `off`; or another
    message. `reason` is what uploaders read about the severity."""

    code: str
    since: str = ""
    until: str = ""
    severity: Literal["", "error", "warning", "notice", "off"] = ""
    message: str = ""
    reason: str = ""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of a file type in order, and what its rows are looked up in. Read from `layout.toml`.

    `group` names the values and look-ups whose rows are replaced together or not at all, none where each row is by
    itself; `on_file` says what is stored of the groups. `rules` say what the state makes of a rule: where several speak
    of a year, the last one counts.
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
    sample_row: SampleRow | None = None
    ages: Ages | None = None
    stored: dict[str, LookupSettings] = {}
    beside: StoredRecords | None = None
    group: tuple[str, ...] = ()
    on_file: OnFile | None = None
    rules: tuple[RuleChange, ...] = ()

    def columns_in(self, school_year: SchoolYear) -> tuple[Column, ...]:
        """Return the columns that a file of that school year has, in order."""
        return tuple(column.in_year(school_year) for column in self.columns.values() if column.is_in(school_year))

    def in_year(self, school_year: SchoolYear) -> "Layout":
        """Return this layout as it is in that school year: with its columns, and with what it makes of rules."""
        rules = tuple(change for change in self.rules if school_year.is_within(change.since, change.until))
        return msgspec.structs.replace(self, columns={c.name: c for c in self.columns_in(school_year)}, rules=rules)

    def value_types(self) -> dict[str, pl.DataType]:
        """Return the Polars type of each column's value, by column name."""
        return {name: column.type.polars_type for name, column in self.columns.items()}
