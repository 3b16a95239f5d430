"""State student numbers between the core, which has them as integers, and the database, which has them as texts."""

import polars as pl
from psycopg import sql

from tidegate.core.layouts.identifiers import student_numbers

# So many of the last digits are left out of the limits of a query.
_DIGITS_LEFT_OUT = 4


def as_integer(column: str) -> sql.Composable:
    """Return SQL for the integer of a column of student numbers, as `Digits.number` makes it."""
    numbers, name = student_numbers(), sql.SQL(".").join(map(sql.Identifier, column.split(".")))
    if not numbers.has_one_length:
        return sql.SQL("('1' || {})::bigint").format(name)
    return sql.SQL("{}::integer" if numbers.number_type == pl.UInt32 else "{}::bigint").format(name)


def student_keys(numbers: pl.Series) -> pl.DataFrame:
    """Return the distinct numbers as the database writes them, sorted: an index is walked faster in its own order."""
    distinct = numbers.drop_nulls().unique().sort().alias("number").to_frame()
    keys = distinct.select(student_numbers().digits(pl.col("number")))
    return keys if student_numbers().has_one_length else keys.sort("number")


def outermost_keys(numbers: pl.Series) -> pl.DataFrame:
    """Return the keys of the numbers, sorted; of numbers of one length the lowest and the highest are enough."""
    if not student_numbers().has_one_length:
        return student_keys(numbers)
    return student_keys(pl.concat([numbers.bottom_k(1), numbers.top_k(1)]))


def key_limits(keys: pl.DataFrame) -> tuple[str, str]:
    """Return two texts between which all of the sorted keys lie, blank where there are none. No
    student has them as a number: they are part of a statement, which a database may show and
    log."""
    if not keys.height:
        return "", ""
    length = student_numbers().min_length - _DIGITS_LEFT_OUT
    lowest, highest = (str(keys["number"][at])[:length] for at in (0, -1))
    return between(lowest)[0], between(highest)[1]


def between(beginning: str) -> tuple[str, str]:
    """Return two texts between which all numbers lie that begin with some digits."""
    fewest, most = student_numbers().lengths
    return beginning.ljust(fewest, "0"), beginning.ljust(most, "9")
