"""A rule: a small documented class with a code, a message and an expression that is true where a row breaks it."""

import inspect
import re
import string
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Self

import polars as pl

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.column_types import ColumnType, Digits
from tidegate.core.layouts.layout import Column, Layout
from tidegate.core.layouts.state_package import present_state
from tidegate.core.layouts.state_text import state_text
from tidegate.core.lookups.lookup import LabelledLookup, list_of_stored_records, lists_of, lookups_of
from tidegate.core.reference.table import ReferenceFile
from tidegate.core.rules.expressions import stored, text, value

Example = Mapping[str, Any]
"""A row in short: the cells and stored values that differ from the layout's example row."""


class Severity(StrEnum):
    """What a finding does to its row: an error keeps it from being loaded, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


COLUMN, VALUE = "column", "value"
"""What findings of one cause have in common (see `Rule.cause_by`)."""


class WhoCanAct(StrEnum):
    """Who can put right what a rule has found, as the uploader sees it."""

    YOU = "You"
    SENDING_SAU = "The sending school's {words.sau}"
    OTHER_SAU = "You and the other {words.sau}"
    CTE_SCHOOL = "The {words.cte_school}"
    ENROLLMENT_OFFICE = "The office that reports enrollments at the {words.cte_school}"
    ENROLLMENT_OFFICE_OF_SAU = "The office that reports enrollments of the {words.sau}"
    STATE = "The state"

    def __str__(self) -> str:
        return present_state().in_words(self.value)


def names_in(template: str) -> set[str]:
    """Return the names in braces in a message."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


CATEGORIES = (
    "The file or a row cannot be read",
    "A value is missing or not allowed",
    "Values in the row disagree",
    "Rows in the file disagree",
    "Not found in the reference lists",
    "Does not match stored records",
    "Does not match earlier years or other uploads",
)
"""What the hundreds digit of a code says, in words."""


class Rule:
    """Every rule has these parts; a subclass that lacks one cannot be imported.

    `message` names columns and look-ups in braces: `{StartDate}` is the text of that cell, `{school.name}` a stored
    value. `suppressed_by` names rules whose findings make this one a mere consequence. `since` and `until` are the
    first and the last school year that has the rule. A state can make another severity of one that `may_be_relaxed`, or
    turn it off: rows that break it can be stored all the same; `reason` says why it has. The docstring's first line is
    the summary, followed by *What it checks* and *How to fix it*.

    `cause_by` says which findings have one cause: all of the rule (empty), those of a column (`COLUMN`), those of a
    column with one value (`VALUE`), or those with one value of a name that the message may use, such as `school.name`.
    `cause` is the heading of a cause, if the message says more than its findings have in common. `whole_file` is the
    heading if nearly all rows break the rule; in it `{values}` are the values that they have in common. A row that
    breaks a rule of `follows_from`, too, is counted there alone.

    `known` are templates like the message, for what the lists and the records say about the very row, such as where
    the student is enrolled instead. The first of which all values are known is the finding's. It follows the fix, or
    takes its place with `known_is_fix`. `meant` names the value that the cell may have been meant to have by it.
    """

    code: ClassVar[str]
    message: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    suppressed_by: ClassVar[tuple[str, ...]] = ()
    who_can_act: ClassVar[WhoCanAct] = WhoCanAct.YOU
    since: ClassVar[str] = ""
    until: ClassVar[str] = ""
    may_be_relaxed: ClassVar[bool] = False
    reason: ClassVar[str] = ""
    cause_by: ClassVar[tuple[str, ...]] = ()
    cause: ClassVar[str] = ""
    whole_file: ClassVar[str] = ""
    follows_from: ClassVar[tuple[str, ...]] = ()
    known: ClassVar[tuple[str, ...]] = ()
    known_is_fix: ClassVar[bool] = False
    meant: ClassVar[str] = ""
    summary: ClassVar[str]
    what_it_checks: ClassVar[str]
    how_to_fix: ClassVar[str]
    is_abstract: ClassVar[bool] = True
    _needed_parts: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.is_abstract = abstract
        if abstract:
            return
        for part in ("code", "message", *cls._needed_parts):
            if not hasattr(cls, part):
                raise BrokenLayout(f"Rule {cls.__name__} lacks its {part}")
        if not re.fullmatch(r"[A-Z]{3,4}[0-6]\d\d", cls.code):
            said = f"the code {cls.code} is not an area and three digits, 0 to 6 first"
            raise BrokenLayout(f"Rule {cls.__name__}: {said}")
        cls.summary, cls.what_it_checks, cls.how_to_fix = _read_docstring(cls)

    def named(self) -> set[str]:
        """Return the names in braces in the message."""
        return names_in(self.message)

    @classmethod
    def plainly(cls) -> str:
        """Return the docstring of the rule's plain twin: the function `plain` in its module, which says the same as the
        expression, only slower. Tests compare both. Blank if it has none."""
        return " ".join((getattr(getattr(cls, "plain", None), "__doc__", None) or "").split())

    @property
    def category(self) -> str:
        """The category of the rule, in words."""
        return CATEGORIES[int(self.code[-3])]


class ReadingRule(Rule, abstract=True):
    """Words an issue that the reader found. `example_words` fill the message in the documentation; in braces they name
    what each layout calls otherwise (see `rule_docs`)."""

    example_words: ClassVar[dict[str, str]] = {}
    ignores_row: ClassVar[bool] = False
    """Whether the row that it is about is no record, so that it is neither loaded nor counted."""
    is_about_header: ClassVar[bool] = False
    """Whether the row that it is about is the header, which may stand below titles."""


class RowRule(Rule, abstract=True):
    """Checks each row by itself, with the stored data that the layout looks up for it."""

    columns: ClassVar[tuple[str, ...]]
    good: ClassVar[tuple[Example, ...]]
    bad: ClassVar[tuple[Example, ...]]
    _needed_parts: ClassVar = ("columns", "good", "bad")

    def __init_subclass__(cls, *, abstract: bool = False, **more: Any) -> None:
        super().__init_subclass__(abstract=abstract, **more)
        if not abstract and cls.broken is RowRule.broken:
            raise BrokenLayout(f"Rule {cls.__name__} lacks its broken, which says where a row breaks it")

    @classmethod
    def of_layout(cls, layout: Layout) -> Self:  # noqa: ARG003 - most need none
        """Return the rule for a file type's layout, of all years."""
        return cls()

    def in_layout(self, layout: Layout) -> Self:  # noqa: ARG002 - most are the same in all years
        """Return the rule for the layout of a school year."""
        return self

    def broken(self) -> pl.Expr:
        """Return an expression that is true where a row breaks the rule; null counts as not broken."""
        raise NotImplementedError

    @property
    def column(self) -> str:
        """The column whose cell a finding points at."""
        return self.columns[0]

    def message_values(self) -> dict[str, pl.Expr]:
        """Return further values for the message, as expressions over the same rows."""
        return {}

    def columns_needed(self) -> set[str]:
        """Return the columns that the rule needs for its expression and its message."""
        shown = (self._said() | self._known()) - self.message_values().keys()
        return self.expression_columns | (shown - {COLUMN, VALUE, "values"})

    def _said(self) -> set[str]:
        """Return the names that the message and the headings of causes show."""
        return self.named() | names_in(self.cause) | names_in(self.whole_file) | set(self.cause_by)

    def _known(self) -> set[str]:
        """Return the names that `known` shows and `meant` is."""
        return set().union(*map(names_in, self.known), {self.meant} - {""})

    def lists_needed(self, layout: Layout) -> set[ReferenceFile]:
        """Return the files of a reference folder without which the rule cannot be asked: those of the look-ups that its
        expression and message read. Where a list for its `known` is missing, that part is left out."""
        known_alone = self._known() - self._said() - self.expression_columns
        names = {column.partition(".")[0] for column in self.columns_needed() - known_alone}
        return set().union(*(lists_of(layout, name) for name in names))

    @cached_property
    def expression_columns(self) -> set[str]:
        """The columns that the expression and the message values name."""
        return _names_in(self.broken(), *self.message_values().values())


class RowIdentityRule(RowRule, abstract=True):
    """A built-in rule about a row's organizations, whatever the layout calls their columns and look-ups.

    They are those of the columns that the layout's `identity` names, since others may name organizations that the row
    is not of, such as where the student lives. Where it names none, they are the first district and the first school.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    good: ClassVar[tuple[Example, ...]] = ()
    bad: ClassVar[tuple[Example, ...]] = ()

    def __init__(self, layout: Layout) -> None:
        self.districts, self.schools = identity_look_ups(layout)
        lookups = [lookups_of(layout)[name] for name in (*self.districts, *self.schools)]
        self.columns = tuple(lookup.columns[0] for lookup in lookups)  # type: ignore[misc]  # per layout, not per class


def identity_look_ups(layout: Layout) -> tuple[list[str], list[str]]:
    """Find the look-ups of the organizations that a row is of, by name.

    Returns:
        Those of the districts and those of the schools.
    """
    lookups = lookups_of(layout).items()
    districts = {name: each.columns[0] for name, each in lookups if each.organization_field}
    schools = {name: each.columns[0] for name, each in lookups if each.school_field}
    return _of_identity(layout, districts), _of_identity(layout, schools)


def _of_identity(layout: Layout, by: Mapping[str, str]) -> list[str]:
    """Return the look-ups that are by a column of the layout's identity; if there is none the first one."""
    identity = (layout.identity.sau_id, layout.identity.school_id)
    return [name for name, column in by.items() if column in identity] or list(by)[:1]


class FileRule(RowRule, abstract=True):
    """Checks rows together with the file's other rows and the stored records.

    Its expression may compare rows and may ask `row_is_bad()`; it is evaluated again until no further row turns bad.
    Each of its examples is a list of rows under `rows`, of which the last is checked. Only the columns that it names
    in the expression, the message values and `needs` are kept of a file; `derived_columns` can make one of several.

    `partition_by`: rows that can affect each other have equal values in these columns, such as the student's number,
    so a large file is checked one partition at a time. `broken()` must ignore rows with a null in any of them. Where
    the rules of a file type share none, the file is one partition.

    `passes_over` names rules whose errors this rule ignores. `before` names columns of the stored record that a row
    will replace; an expression reads them as `before(column)`. `cause_by` and `cause` name message values alone.
    `held_back_by` names the message value with the number of the row that has the error; rows that break such a rule
    are correct themselves.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    partition_by: ClassVar[tuple[str, ...]] = ()
    passes_over: ClassVar[tuple[str, ...]] = ()
    before: ClassVar[tuple[str, ...]] = ()
    held_back_by: ClassVar[str] = ""
    says_no_cell: ClassVar[tuple[str, ...]] = ()
    """Message values in which no cell is said, such as the columns in which rows differ."""
    compares_with_stored: ClassVar[bool] = True
    """Whether it looks at stored lines, where the layout has rows compared with some."""
    reads_text: ClassVar[bool] = True
    """Whether it gets texts as texts; to compare them, numbers and categories are faster."""

    def lists_needed(self, layout: Layout) -> set[ReferenceFile]:
        """Return the files without which the rule cannot be asked: also that of the stored lines."""
        stored = list_of_stored_records(layout) if self.compares_with_stored else None
        return super().lists_needed(layout) | ({stored} if stored else set())

    def columns_needed(self) -> set[str]:
        """Return the columns that the rule needs, also for `derived_columns` and `prefilter`."""
        return super().columns_needed() | _names_in(*self.derived_columns().values()) | set(self.needs)

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return columns computed from each row alone, under names that begin with the rule's code."""
        return {}

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return only rows that could break the rule (default: all). May add columns named `<CODE>.<name>`. After
        dropping rows, renumber POSITION from 0 (see `renumber`)."""
        return rows


def _names_in(*expressions: pl.Expr) -> set[str]:
    return {name for expression in expressions for name in expression.meta.root_names()}


def _read_docstring(rule: type[Rule]) -> tuple[str, str, str]:
    """Read the parts of a rule's docstring.

    Returns:
        The summary, what it checks and how to fix it.
    """
    doc = inspect.cleandoc(rule.__doc__ or "")
    found = re.fullmatch(
        r"(?P<summary>.+?)\n\nWhat it checks: (?P<checks>.+?)(?:\n\nHow to fix it: (?P<fix>.+))?", doc, re.DOTALL
    )
    if not found or not (found["fix"] or rule.severity is Severity.NOTICE):
        raise BrokenLayout(f"Rule {rule.__name__}: the docstring needs a summary, What it checks and How to fix it")
    summary, checks, fix = (" ".join((found[part] or "").split()) for part in ("summary", "checks", "fix"))
    return state_text(summary), state_text(checks), state_text(fix)


class ColumnRule(Rule, abstract=True):
    """Checks the values of one column by the layout. In `message`, `{column}`, `{value}` and `{form}` are the column's
    name, the cell's text and the form that the layout asks for.

    `of_type` is the type of the columns that it is about. `message_without_value` is the message if no value may be
    shown; blank if it is the message without `{value}`. `of_odd_cells`: only a cell with a text and no value can break
    the rule, so only such cells are checked. `of_clean_cells`: a clean cell (see `Slice`) can break the rule, too. A
    rule that `comes_first` describes the error best: no other rule reports a cell that breaks it.
    """

    of_type: ClassVar[type[ColumnType]] = ColumnType
    message_without_value: ClassVar[str] = ""
    of_odd_cells: ClassVar[bool] = False
    is_about_form: ClassVar[bool] = True
    """Whether a cell that breaks the rule does not have the form of its column."""
    of_clean_cells: ClassVar[bool] = True
    comes_first: ClassVar[bool] = False
    example_values_above: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def applies_to(cls, column: Column) -> bool:
        """Whether the layout asks this of the column: by default of every column of `of_type`."""
        return isinstance(column.type, cls.of_type)

    def __init__(self, column: Column) -> None:
        self.column = column.name
        self.type = column.type

    @property
    def example_value(self) -> str:
        """A text that breaks the rule in this column, whatever limits the layout sets."""
        raise NotImplementedError

    @property
    def condition(self) -> str:
        """The fact about the upload (see `context`) without which the rule cannot be broken; blank if none."""
        return ""

    def broken(self) -> pl.Expr:
        """Return an expression that is true where the column's value breaks the rule."""
        raise NotImplementedError

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message."""
        return {"column": pl.lit(self.column), "value": pl.col(self.column), "form": pl.lit(self.type.form())}


class LookupRule(RowRule, abstract=True):
    """Reports a value that was looked up and not found. In `message`, `{label}` is what people call the value.

    `example_value` is not found. It is cut or padded with zeros to the length of the column's numbers.
    """

    lookup_type: ClassVar[type[LabelledLookup]]
    field: ClassVar[str]
    example_value: ClassVar[str]
    good = ()
    bad = ()
    _needed_parts = ("lookup_type", "field", "example_value")

    def __init__(self, name: str, find: LabelledLookup, column: Column) -> None:
        self.name = name
        self.find = find
        self.columns = (find.by,)  # type: ignore[misc]  # per look-up, not per class
        self.example_value = _of_length(self.example_value, column.type)  # type: ignore[misc]  # likewise

    def broken(self) -> pl.Expr:
        """Return an expression that is true if there is a value and nothing was found for it."""
        return value(self.find.by).is_not_null() & stored(f"{self.name}.{self.field}").is_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the words of the message."""
        return {"label": pl.lit(self.find.label), "value": text(self.find.by)}


def _of_length(number: str, of: ColumnType) -> str:
    """Return a number cut or padded to the length of a column of digits; unchanged for other columns."""
    if not isinstance(of, Digits):
        return number
    return number.ljust(of.min_length, "0")[: of.max_length]
