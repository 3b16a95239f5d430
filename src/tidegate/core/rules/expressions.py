"""The columns that a rule's expression may use, by the names of the layout."""

from collections.abc import Sequence

import polars as pl

ROW = "row"
AT = "at"
"""The column with the number of the file's rows before the row."""
ROW_IS_BAD = "row_is_bad"
POSITION = "position"
UPLOAD = "on_file.upload"
"""Of a stored record: the upload that it came with."""
HAS_CHANGED = "on_file.has_changed"
"""Of a stored record: whether its group has changed since the upload that the file, a fix file, corrects."""
STAYS = "on_file.stays"
"""Of a stored record: whether no row of the file, a fix file, may change it that has another code or day: it has come
since, or a row of its student that is not corrected yet may be about it."""

MOVES = "on_file.moves"
"""Of a stored record: whether a row with another code or day changes it, as long as no row of its student has an
error."""

MAY_BELONG = "on_file.may_belong"
"""Of a stored record: the first row that could not be placed and may be about its group; null if there is none."""

MAY_BE_ANOTHERS = "on_file.may_be_anothers"
"""Of a row of a complete file: whether it is new and may be a line that another organization has sent, with another
code or day."""


def text(column: str) -> pl.Expr:
    """The text of a column as in the file, without surrounding spaces; blank is an empty string."""
    return pl.col(column)


def value(column: str) -> pl.Expr:
    """The typed value of a column; null if it is blank or does not have the column's form."""
    return pl.col(f"{column}:value")


def stored(name: str) -> pl.Expr:
    """A column of a look-up, as `school.name`; null if nothing was found."""
    return pl.col(name)


def context(name: str) -> pl.Expr:
    """A fact about the upload: `first_day` and `last_day` of the school year, `organization_id`,
    `organization_name`, or one about the order of the file's dates (see `day_order_context`)."""
    return pl.col(f"context.{name}")


def before(column: str) -> pl.Expr:
    """A column of the stored record that the row will replace; null if there is no such record.
    Only for rules across rows that name the column in `before`."""
    return pl.col(before_column(column))


def before_column(column: str) -> str:
    """Return the name of the column with the values of the stored record that a row will
    replace."""
    return f"before:{column}"


def row_is_bad() -> pl.Expr:
    """Whether the row has an error by now. Only for rules across rows."""
    return pl.col(ROW_IS_BAD)


def present(column: str) -> pl.Expr:
    """Whether the cell is there and not blank."""
    return pl.col(column) != ""


def renumber(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their positions numbered from 0 again, after rows were dropped."""
    return rows.drop(POSITION).with_row_index(POSITION)


def at_position(name: str, there: pl.Expr) -> pl.Expr:
    """A column's value in the row at another position; null if the position is null."""
    return pl.col(name).gather(there)


def hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return a hash of these columns for each row. Equal rows have equal hashes; others may, by
    chance."""
    return rows.select(pl.col(columns).to_physical()).hash_rows()


def repeated_rows(rows: pl.DataFrame, columns: Sequence[str], is_asked: pl.Expr) -> pl.DataFrame:
    """Return the rows that are asked for and equal another such row in these columns; by chance also some others."""
    groups, asked = hashes(rows, columns), rows.select(is_asked).to_series()
    ordered = groups.filter(asked).sort()  # a third of the time of `is_duplicated`
    return rows.filter(asked & groups.is_in(ordered.filter(ordered == ordered.shift()).implode()))


_EXCEL_ERRORS = (
    "#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!",
)  # fmt: skip
_TRANSLATED_ERRORS = (
    "#NUL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#N/D", "#PROPAGATION!", "#CALCUL!", "#CHAMP!",  # French
    "#\u00a1NULO!", "#\u00a1DIV/0!", "#\u00a1VALOR!", "#\u00a1REF!", "#\u00bfNOMBRE?", "#\u00a1NUM!",  # Spanish
    "#\u00a1DESBORDAMIENTO!", "#\u00a1CALC!", "#\u00a1CAMPO!",
    "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#\u00dcBERLAUF!", "#KALK!", "#FELD!",  # German
    "#NOME?", "#VALOR!", "#RIF!", "#VALORE!",  # Portuguese, Italian
)  # fmt: skip
_OTHER_ERRORS = (
    "#ERROR!", "Loading...",  # Google Sheets
    "#FMT", "#MACRO?", *(f"Err:{number}" for number in range(500, 541)),  # LibreOffice
    "(error)", "(absent)",  # Miller
    "NaN", "NaT", "<NA>", "Invalid Date", "[object Object]",  # pandas, JavaScript
)  # fmt: skip
_MAY_BE_NAMES = ("nan", "inf", "-inf", "Inf", "-Inf", "+Inf", "Infinity", "-Infinity", "undefined")
_WITHOUT_NAMES = (*_EXCEL_ERRORS, *_TRANSLATED_ERRORS, *_OTHER_ERRORS)
# Lists, not Series: Polars must not have computed anything before web processes are forked.
_NO_NAMES = list(_WITHOUT_NAMES)
_ALL = [*_WITHOUT_NAMES, *_MAY_BE_NAMES]


def is_error_word(text: pl.Expr, *, holds_names: bool) -> pl.Expr:
    """Return whether the whole text is an error word of a program. In names, words that somebody
    may be called by do not count."""
    return text.is_in(_NO_NAMES if holds_names else _ALL)
