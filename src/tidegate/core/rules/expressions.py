"""The columns that a rule's expression may speak of, by the names of the layout."""

from collections.abc import Sequence

import polars as pl

ROW = "row"
AT = "at"
"""How many rows of the file stand before the row."""
ROW_IS_BAD = "row_is_bad"
POSITION = "place"
UPLOAD = "on_file.upload"
"""Of a stored record: the upload that brought it."""
HAS_CHANGED = "on_file.has_changed"
"""Of a stored record: whether its group has changed since the upload that the file, a fix file, corrects."""


def text(column: str) -> pl.Expr:
    """The text of a column as it stands in the file, without surrounding spaces; blank is an empty string."""
    return pl.col(column)


def value(column: str) -> pl.Expr:
    """The typed value of a column; null where it is blank or does not have the column's form."""
    return pl.col(f"{column}:value")


def stored(name: str) -> pl.Expr:
    """A column of a look-up, as `school.name`; null where nothing was found."""
    return pl.col(name)


def context(name: str) -> pl.Expr:
    """A fact of the upload: `first_day`, `last_day` (the school year), `organization_id`, `organization_name`, and
    what is known of the order of the file's dates (see `day_order_context`)."""
    return pl.col(f"context.{name}")


def before(column: str) -> pl.Expr:
    """What a column of the stored record says whose place the row will take; null where there is no such record. Only
    for rules about the file as a whole that name the column in `before`."""
    return pl.col(before_column(column))


def before_column(column: str) -> str:
    """Return the name under which rows have what the stored record says whose place they will take."""
    return f"before:{column}"


def row_is_bad() -> pl.Expr:
    """Whether the row has an error by now. Only for rules about the file as a whole."""
    return pl.col(ROW_IS_BAD)


def present(column: str) -> pl.Expr:
    """Whether the cell is there and not blank."""
    return pl.col(column) != ""


def renumber(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their places counted anew, from 0, after others were left out."""
    return rows.drop(POSITION).with_row_index(POSITION)


def at_position(name: str, there: pl.Expr) -> pl.Expr:
    """A column's value in the row at another place; null where that place is null."""
    return pl.col(name).gather(there)


def hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return for each row a number that is the same where all these columns are; by chance also for some others."""
    return rows.select(pl.col(columns).to_physical()).hash_rows()


_OF_EXCEL = (
    "#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!",
)  # fmt: skip
_IN_OTHER_LANGUAGES = (
    "#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D", "#PROPAGATION!", "#CALCUL!", "#CHAMP!",  # French
    "#\u00a1NULO!", "#\u00a1DIV/0!", "#\u00a1VALOR!", "#\u00a1REF!", "#\u00bfNOMBRE?", "#\u00a1NUM!",  # Spanish
    "#\u00a1DESBORDAMIENTO!", "#\u00a1CALC!", "#\u00a1CAMPO!",
    "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#\u00dcBERLAUF!", "#KALK!", "#FELD!",  # German
    "#NOME?", "#VALOR!", "#RIF!", "#VALORE!",  # Portuguese, Italian
)  # fmt: skip
_OF_OTHERS = (
    "#ERROR!", "Loading...",  # Google Sheets
    "#FMT", "#MACRO?", *(f"Err:{number}" for number in range(500, 541)),  # LibreOffice
    "(error)", "(absent)",  # Miller
    "NaN", "NaT", "<NA>", "Invalid Date", "[object Object]",  # pandas, JavaScript
)  # fmt: skip
_MAY_BE_NAMES = ("nan", "inf", "-inf", "Inf", "-Inf", "+Inf", "Infinity", "-Infinity", "undefined")
_WITHOUT_NAMES = (*_OF_EXCEL, *_IN_OTHER_LANGUAGES, *_OF_OTHERS)
# Lists, not Series: before web processes are forked Polars must not have computed anything.
_NO_NAMES = list(_WITHOUT_NAMES)
_ALL = [*_WITHOUT_NAMES, *_MAY_BE_NAMES]


def is_error_word(text: pl.Expr, *, holds_names: bool) -> pl.Expr:
    """Return whether the whole text is such a word. Those that somebody may be called by do not count in names."""
    return text.is_in(_NO_NAMES if holds_names else _ALL)
