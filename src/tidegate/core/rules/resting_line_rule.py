"""Finds the stored lines of other file types that a row leaves without what they rest on."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

import polars as pl

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.line_settings import ENROLLMENT_FIELDS
from tidegate.core.rules.expressions import POSITION, ROW, before, before_column, renumber, row_is_bad
from tidegate.core.rules.line_rule import LineRule

_NEVER = pl.date(9999, 12, 31)
_MAX_NAMED_LINES = 5
_EXAMPLE = "resting."

_WITHOUT_ENROLLMENT = pl.Schema(
    {
        POSITION: pl.UInt32,
        "line": pl.UInt32,
        "day": pl.Date,
        "noun": pl.String,
        "nouns": pl.String,
        "words": pl.String,
    }
)

FindResting = Callable[[pl.Series], pl.DataFrame]
"""Takes students, and returns the lines of other file types that rest on their enrollments, in the columns that
`RestingLineRule.rows_with_orphans` takes."""


class RestingLineRule(LineRule, abstract=True):
    """Part of the rule about lines of other file types that rest on the enrollments of a file.

    `message_of_withdrawal` says it of enrollments that end without a row in their place.
    """

    message_of_withdrawal: ClassVar[str]

    @classmethod
    def applies_to(cls, layout: Layout) -> bool:
        """Whether lines of other file types rest on those of the layout."""
        return bool(layout.resting)

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        assert layout.stored_records, layout.name
        assert layout.on_file, layout.name
        rows = {field: row for row, field in layout.stored_records.columns.items()}
        self._rows = {field: rows[field] for field in ENROLLMENT_FIELDS}
        self._noun = layout.on_file.noun[0]
        self.student = self._rows["student_number"]
        self._lines = self.computed(self.number, "lines")
        self.needs = tuple(self._rows.values())  # type: ignore[misc]  # per layout, not per class
        self.partition_by = (self.student,)  # type: ignore[misc]  # likewise
        self.before = tuple(self._rows[field] for field in ("entry_date", "exit_date", "sau_id"))  # type: ignore[misc]

    def broken(self) -> pl.Expr:
        """True where lines have lost what they rest on."""
        return pl.col(self._lines).is_not_null()

    def message_values(self) -> dict[str, pl.Expr]:
        """Return the lines in words."""
        return {"lines": pl.col(self._lines)}

    def changed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the good rows that end or move a stored enrollment."""
        now = {field: pl.col(self._rows[field]) for field in ("exit_date", "sau_id")}
        then = {field: before(self._rows[field]) for field in now}
        differs = pl.any_horizontal(now[field].ne_missing(then[field]) for field in now)
        has_stored = before(self._rows["entry_date"]).is_not_null()
        return rows.filter(pl.col(ROW).is_not_null() & ~row_is_bad() & has_stored & differs)

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return no row: which lines rest on it has to be known; see `rows_with_orphans`."""
        return rows.clear().with_columns(pl.lit(None, pl.String).alias(self._lines))

    def leaving(self, rows: pl.DataFrame, find: FindResting | None) -> pl.DataFrame:
        """Return the rows that leave lines without an enrollment; none where nobody knows the lines."""
        changed = self.changed(rows)
        if changed.is_empty() or find is None:
            return self.prefilter(rows)
        return self.rows_with_orphans(rows, find(changed[self.student].unique()))

    def rows_with_orphans(self, rows: pl.DataFrame, resting: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that leave lines without an enrollment, with these lines in words.

        Args:
            rows: The rows, and the stored enrollments that no good row replaces.
            resting: The lines. `line` numbers them: one that rests on several enrollments is there several times.
                `student` is the student's number; `enrollment_type` (blank for any) and `narrow`, a
                value of the field `narrowed_by`, say which enrollments a line may rest on, and `day` which day they
                must cover, null where they need not. `noun` and `nouns` are what lines are called, `words` names one;
                it is null where another organization may have sent it.
        """
        changed = self.changed(rows)
        lines = resting.with_columns(pl.col("student").cast(rows.schema[self.student]))
        left = [self._left(changed, rows, of_field) for of_field in lines.partition_by("narrowed_by")]
        if not left:
            return self.prefilter(rows)
        said = pl.concat(left).unique([POSITION, "line"]).sort("day", "line").group_by(POSITION).agg(self._in_words())
        return renumber(rows.join(said, on=POSITION, how="inner", maintain_order="left"))

    def _left(self, changed: pl.DataFrame, rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines that depended on the stored enrollment of a changed row and now have none, each with the
        POSITION of the row."""
        narrow = self._narrowed_by(lines)
        is_by_sau = lines["narrowed_by"][0] == "sau_id"
        then = self._periods(
            changed, before(self._rows["sau_id"]) if is_by_sau else narrow, exit_date=before(self._rows["exit_date"])
        )
        there = rows.filter(~row_is_bad())
        return _lost(then, self._periods(there, narrow, exit_date=pl.col(self._rows["exit_date"])), lines)

    def left_by_ending(self, ended: pl.DataFrame, staying: pl.DataFrame, resting: pl.DataFrame) -> pl.DataFrame:
        """Return the lines whose enrollment ends and that no remaining enrollment supports.

        Args:
            ended: Stored enrollments that end, with their POSITION, under the names of the rows' columns.
            staying: The enrollments of the same students that are on file afterwards, likewise.
            resting: The lines; see `rows_with_orphans`.

        Returns:
            Each line with the POSITION of every enrollment that it rested on; see `in_words`.
        """
        exit_date = pl.col(self._rows["exit_date"])
        left = [_WITHOUT_ENROLLMENT.to_frame()]
        for of_field in resting.partition_by("narrowed_by"):
            narrow = self._narrowed_by(of_field)
            then, now = (self._periods(each, narrow, exit_date=exit_date) for each in (ended, staying))
            left.append(_lost(then, now, of_field))
        return pl.concat(left).unique([POSITION, "line"]).sort(POSITION, "day", "line")

    def in_words(self, left: pl.DataFrame, *by: str) -> pl.DataFrame:
        """Return lines without an enrollment in words, under the name of this rule's message value: grouped by some
        columns, or all together. Each line is named once."""
        once = left.unique([*by, "line"]).sort("day", "line")
        words = self._in_words().alias("lines")
        return once.group_by(by, maintain_order=True).agg(words) if by else once.select(words)

    def _narrowed_by(self, lines: pl.DataFrame) -> pl.Expr:
        """Return what lines with one `narrowed_by` and their enrollments have in common in addition to the student."""
        narrowed_by = lines["narrowed_by"][0]
        return pl.col(self._rows[narrowed_by]) if narrowed_by else pl.lit(0, pl.Int32)

    def _periods(self, rows: pl.DataFrame, narrow: pl.Expr, *, exit_date: pl.Expr) -> pl.DataFrame:
        return rows.select(
            POSITION,
            pl.col(self.student).alias("student"),
            narrow.cast(pl.Int32).alias("narrow"),
            pl.col(self._rows["enrollment_type"]).cast(pl.String).alias("type"),
            pl.col(self._rows["entry_date"]).alias("entry"),
            pl.coalesce(exit_date, _NEVER).alias("end"),
        ).drop_nulls(["student", "narrow", "entry"])

    def _in_words(self) -> pl.Expr:
        """Return a row's lines in words, the first ones alone where there are many."""
        is_one = pl.len() == 1
        what = pl.when(is_one).then(pl.col("noun").first()).otherwise(pl.col("nouns").first())
        count = pl.len().cast(pl.String) + " " + what + f" on file without the {self._noun} that " + _needs(is_one)
        named = pl.col("words").drop_nulls()
        more = pl.when(named.len() > _MAX_NAMED_LINES).then(
            " and " + (named.len() - _MAX_NAMED_LINES).cast(pl.String) + " more"
        )
        names = pl.when(named.len() > 0).then(": " + named.head(_MAX_NAMED_LINES).str.join(", ") + more.fill_null(""))
        return (count + names.fill_null("")).alias(self._lines)


def _lost(then: pl.DataFrame, now: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines that rested on an enrollment of `then`, and rest on none of `now`."""
    on = ["student", "narrow"]
    held_now = lines.join(now, on=on, how="inner").filter(_holds())
    held_then = lines.join(then, on=on, how="inner").filter(_holds())
    return held_then.join(held_now, on="line", how="anti").select(_WITHOUT_ENROLLMENT.names())


def _needs(is_one: pl.Expr) -> pl.Expr:
    return pl.when(is_one).then(pl.lit("it needs")).otherwise(pl.lit("they need"))


def _holds() -> pl.Expr:
    """Whether a line may rest on an enrollment."""
    is_of_type = (pl.col("enrollment_type") == "") | (pl.col("enrollment_type") == pl.col("type"))
    return is_of_type & (pl.col("day").is_null() | pl.col("day").is_between(pl.col("entry"), pl.col("end")))


def in_example(
    *, resting_on: dict[str, Any], day: date | None, before_columns: dict[str, Any], words: str
) -> dict[str, Any]:
    """Return what an example's row adds: what it replaces, and a line on file that rests on that.

    Args:
        resting_on: `enrollment_type`, `narrowed_by` and `narrow` of the line; see `RestingLineRule.rows_with_orphans`.
        day: The day that the enrollment must cover.
        before_columns: The stored enrollment that the row replaces, by the columns of a row.
        words: What the line is called.
    """
    line = {"line": 0, **resting_on, "day": day, "words": words, "noun": "record", "nouns": "records"}
    replaced = {before_column(name): value for name, value in before_columns.items()}
    return {**replaced, **{f"{_EXAMPLE}{name}": value for name, value in line.items()}}


def resting_in_example(rows: pl.DataFrame, *, student: str) -> pl.DataFrame:
    """Return the lines on file that the rows of an example name, each of the row's `student`; see `in_example`."""
    named = [name for name in rows.columns if name.startswith(_EXAMPLE)]
    of_line = (pl.col(name).alias(name.removeprefix(_EXAMPLE)) for name in named)
    return rows.select(pl.col(student).alias("student"), *of_line).drop_nulls("narrowed_by")
