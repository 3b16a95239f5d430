"""How the lines of one group compare with those that are on file, for the rules that ask so."""

import polars as pl

from tidegate.core.rules.expressions import HAS_CHANGED, ROW, UPLOAD, present, stored, value
from tidegate.core.rules.rule import FileRule

GROUP = ("StateStudentID:value", "school.id", "code.code")
"""What the lines have in common that are replaced together: they have no number of their own."""
IS_NEW = "CTE601.is_new"
IN_FILE, ON_FILE = "CTE601.in_file", "CTE601.on_file"
LINES = "CTE601.lines"
HAS_GROUP_CHANGED = "CTE603.has_changed"
_CONTENT, _IS_UNKNOWN = "CTE601.content", "CTE601.is_unknown"
NOT_THEIRS = ("CTE501", "CTE504", "ORG201")
"""A row that breaks these is from a SAU that has nothing to do with the student: its findings do
not say what is on file."""
_OPTIONAL = ("SchoolStudentID", "EndDate", "PostsecondaryCredits")
_FOUND = (IS_NEW, IN_FILE, ON_FILE, LINES, HAS_GROUP_CHANGED)
_MAX_NAMED_LINES = 5


def is_in_a_group() -> pl.Expr:
    """Whether student, school and code are all known."""
    return pl.all_horizontal(pl.col(GROUP).is_not_null())


class LinesOnFileRule(FileRule, abstract=True):
    """Compares the lines of a group with those on file, where the file has fewer or the group has changed.

    Its expression may use IS_NEW: whether no line is left on file for the row that says the same, since two lines that
    are alike are two class sections; IN_FILE and ON_FILE: how many lines of the group the file has and how many are on
    file; LINES: these in words; HAS_GROUP_CHANGED: see HAS_CHANGED.
    """

    needs = GROUP
    partition_by = GROUP
    columns = ("StateStudentID", "SchoolID", "CTECode")

    def derived_columns(self) -> dict[str, pl.Expr]:
        """Return what a line says in addition to its group, as one number, and whether a cell of
        it cannot be read."""
        said = [stored("sau.id"), value("SchoolStudentID").fill_null("")]
        said += [value(name) for name in ("StartDate", "EndDate", "CreditsEarned", "PostsecondaryCredits")]
        unread = [stored("sau.id").is_null(), value("StartDate").is_null(), value("CreditsEarned").is_null()]
        unread += [present(name) & value(name).is_null() for name in _OPTIONAL]
        return {_CONTENT: pl.struct(said).hash(), _IS_UNKNOWN: pl.any_horizontal(unread)}

    def prefilter(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the groups that have stored records."""
        if not rows[ROW].has_nulls():
            return rows.clear().with_columns(pl.lit(None).alias(name) for name in _FOUND)
        records = rows.filter(pl.col(ROW).is_null() & is_in_a_group())
        rows = rows.filter(pl.col(ROW).is_not_null())
        rows = rows.join(_groups(records), on=GROUP, how="inner", maintain_order="left")
        equals = [*GROUP, _CONTENT]
        alike = records.group_by(equals).agg(pl.len().cast(pl.Int64).alias("alike"))
        rows = rows.join(alike, on=equals, how="left", maintain_order="left")
        is_unknown = pl.col(_IS_UNKNOWN).fill_null(True)
        number = pl.int_range(pl.len()).over(*equals, is_unknown)
        return rows.with_columns(
            (~is_unknown & (number >= pl.col("alike").fill_null(0))).alias(IS_NEW),
            pl.len().over(GROUP).alias(IN_FILE),
        ).drop("alike")

    def message_values(self) -> dict[str, pl.Expr]:
        """Return how many lines there are, and those on file."""
        return {"on_file": pl.col(ON_FILE), "in_file": pl.col(IN_FILE), "lines": pl.col(LINES)}


def has_fewer() -> pl.Expr:
    """Whether the file has fewer lines of the group than are on file."""
    return pl.col(IN_FILE) < pl.col(ON_FILE)


def _groups(records: pl.DataFrame) -> pl.DataFrame:
    """Return the groups of the records with what is on file of each."""
    has_changed = pl.col(HAS_CHANGED).any() if HAS_CHANGED in records.columns else pl.lit(False)
    return records.group_by(GROUP).agg(
        pl.len().alias(ON_FILE), _in_words(records).alias(LINES), has_changed.alias(HAS_GROUP_CHANGED)
    )


def _in_words(records: pl.DataFrame) -> pl.Expr:
    """Return the records of a group in words, the first ones alone where there are many."""
    upload = pl.col(UPLOAD) if UPLOAD in records.columns else pl.lit(None)
    credits_earned = value("CreditsEarned").cast(pl.Decimal(12, 2)).cast(pl.String)
    line = pl.format('StartDate "{}" with CreditsEarned "{}"', value("StartDate").cast(pl.String), credits_earned)
    brought = pl.when(upload.is_not_null()).then(pl.format(" from upload {}", upload)).otherwise(pl.lit(""))
    lines = (line + brought).sort_by(value("StartDate"), value("CreditsEarned"), upload)
    more = (
        pl.when(pl.len() > _MAX_NAMED_LINES)
        .then(pl.format(" and {} more", pl.len() - _MAX_NAMED_LINES))
        .otherwise(pl.lit(""))
    )
    return lines.head(_MAX_NAMED_LINES).str.join(", ") + more
