"""A rule: a small documented class with a code, a message and an expression that is true where a row breaks it."""

import inspect
import re
import string
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

import polars as pl

from tidegate.core.errors import BrokenLayout

Example = Mapping[str, Any]
"""A row in short: the cells and stored values that differ from the layout's example row."""


class Severity(StrEnum):
    """What a finding does to its row: an error keeps it from being loaded, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class WhoCanAct(StrEnum):
    """Who can put right what a rule has found, as the uploader sees it."""

    YOU = "You"
    SENDING_SAU = "The sending school's SAU"
    CTE_SCHOOL = "The CTE school"
    STATE = "The state"


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

    `message` names columns and look-ups in braces: `{CTECode}` is the text of that cell, `{school.name}` a stored
    value. `suppressed_by` names rules whose findings make this one a mere consequence. The docstring's first line is
    the summary, followed by *What it checks* and *How to fix it*.
    """

    code: ClassVar[str]
    message: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    suppressed_by: ClassVar[tuple[str, ...]] = ()
    who_can_act: ClassVar[WhoCanAct] = WhoCanAct.YOU
    summary: ClassVar[str]
    what_it_checks: ClassVar[str]
    how_to_fix: ClassVar[str]
    is_abstract: ClassVar[bool] = True

    def __init_subclass__(cls, *, abstract: bool = False, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.is_abstract = abstract
        if abstract:
            return
        for part in ("code", "message", *cls._needed_parts()):
            if not hasattr(cls, part):
                raise BrokenLayout(f"Rule {cls.__name__} lacks its {part}")
        if not re.fullmatch(r"[A-Z]{3,4}[0-6]\d\d", cls.code):
            raise BrokenLayout(
                f"Rule {cls.__name__}: the code {cls.code} is not an area and three digits, 0 to 6 first"
            )
        cls.summary, cls.what_it_checks, cls.how_to_fix = _read_docstring(cls)

    @classmethod
    def _needed_parts(cls) -> tuple[str, ...]:
        return ()

    def named(self) -> set[str]:
        """Return the names that the message has in braces."""
        return {name for _, name, _, _ in string.Formatter().parse(self.message) if name}

    @property
    def category(self) -> str:
        """The kind of trouble, in words."""
        return CATEGORIES[int(self.code[-3])]


class ReadingRule(Rule, abstract=True):
    """Words a fault that the reader found. `example_words` fill the message in the documentation."""

    example_words: ClassVar[dict[str, str]] = {}


class RowRule(Rule, abstract=True):
    """Judges each row by itself, with the stored data that the layout looks up for it."""

    columns: ClassVar[tuple[str, ...]]
    good: ClassVar[tuple[Example, ...]]
    bad: ClassVar[tuple[Example, ...]]

    @classmethod
    def _needed_parts(cls) -> tuple[str, ...]:
        return ("columns", "good", "bad")

    def broken(self) -> pl.Expr:
        """Return an expression that is true where a row breaks the rule; null counts as not broken."""
        raise NotImplementedError

    @property
    def column(self) -> str:
        """The column whose cell a finding points at."""
        return self.columns[0]

    def message_values(self) -> dict[str, pl.Expr]:
        """Return further values that the message names, as expressions over the same rows."""
        return {}

    def is_row_rule(self) -> set[str]:
        """Return the columns that the rule asks for to judge, and to say what is wrong."""
        return self.judged_by() | (self.named() - self.message_values().keys())

    def judged_by(self) -> set[str]:
        """Return the columns that the expression and the facts name."""
        return _names_in(self.broken(), *self.message_values().values())


class FileRule(RowRule, abstract=True):
    """Checks rows together with the file's other rows and the stored records.

    Its expression may compare rows and may ask `row_is_bad()`; it is evaluated again until no further row turns bad.
    In its examples each is a list of rows under `rows`, the last of which is the one checked. Of the whole file only
    the columns that the expression, the message values and `needs` name are kept, so they should be few:
    `derived_columns` says in short what a row says by itself.

    `partition_by`: rows that can affect each other have equal values in these columns, such as the student's number,
    so a large file is checked one partition at a time. Rows with a null in any of them land in arbitrary partitions;
    `broken()` must ignore them. Empty, or nothing common to all rules of a file type: the file is one partition.

    `passes_over` names rules: a row that breaks these alone has no error in the eyes of this rule.
    `before` names columns of the stored record that a row will replace; an expression reads them as `before(column)`.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    partition_by: ClassVar[tuple[str, ...]] = ()
    passes_over: ClassVar[tuple[str, ...]] = ()
    before: ClassVar[tuple[str, ...]] = ()

    def is_row_rule(self) -> set[str]:
        """Return the columns that the rule asks for, also in the steps before its expression."""
        return super().is_row_rule() | _names_in(*self.derived_columns().values()) | set(self.needs)

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
    doc = inspect.cleandoc(rule.__doc__ or "")
    found = re.fullmatch(
        r"(?P<summary>.+?)\n\nWhat it checks: (?P<checks>.+?)\n\nHow to fix it: (?P<fix>.+)", doc, re.DOTALL
    )
    if not found:
        raise BrokenLayout(f"Rule {rule.__name__}: the docstring needs a summary, What it checks and How to fix it")
    summary, checks, fix = (" ".join(found[part].split()) for part in ("summary", "checks", "fix"))
    return summary, checks, fix
