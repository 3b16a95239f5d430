"""The forms of the IDs of the state: of its students and of its organizations."""

from collections.abc import Mapping

import polars as pl

from tidegate.core.layouts.column_types import AnyColumnType, Digits, OrganizationId, StudentNumber, Text
from tidegate.core.layouts.state_package import present_state

STUDENT_NUMBER = "student_number"
"""The column of an answer that has state student numbers as integers (see `Digits.number`)."""


def student_numbers() -> Digits:
    """Return the form of the state's student numbers."""
    numbers = present_state().student_numbers
    return Digits(min_length=numbers.min_digits, max_length=numbers.max_digits)


def organization_ids() -> Digits | Text:
    """Return the form of the state's organization IDs."""
    ids = present_state().organization_ids
    if ids.form == "digits":
        return Digits(max_length=ids.max_length)
    return Text(max_length=ids.max_length, holds_ids=True)


# So many digits fit into the integer by which organizations are stored.
_MAX_DIGITS_OF_KEY = 9


def are_keys_numbers() -> bool:
    """Whether an organization's ID is itself the integer by which the organization is stored and joined.

    Other IDs get an integer of their own: in the database when they are imported, in a reference folder by their row.
    """
    ids = present_state().organization_ids
    return ids.form == "digits" and ids.max_length <= _MAX_DIGITS_OF_KEY


def are_ids_numbers() -> bool:
    """Whether organization IDs are numbers, which people may write with zeros in front."""
    return present_state().organization_ids.form == "digits"


def fold_organization_id(text: pl.Expr) -> pl.Expr:
    """Return organization IDs as they are compared: case does not matter, nor zeros in front of a number."""
    return text.str.strip_chars_start("0") if are_ids_numbers() else text.str.to_uppercase()


def as_state_has_it(column_type: AnyColumnType) -> AnyColumnType:
    """Return the type of a column; an ID of the state in the form that the state has."""
    if isinstance(column_type, StudentNumber):
        return student_numbers()
    return organization_ids() if isinstance(column_type, OrganizationId) else column_type


class StudentSchema:
    """The columns of an answer about students: STUDENT_NUMBER in the type that the state's numbers need, and others.

    It is read as an attribute of a class, so that no table has to know when the state is read.
    """

    def __init__(self, others: Mapping[str, pl.DataType | type[pl.DataType]]) -> None:
        self._others = others

    def __get__(self, instance: object, owner: type) -> pl.Schema:
        """Return the columns and their types."""
        return pl.Schema({STUDENT_NUMBER: student_numbers().number_type, **self._others})
