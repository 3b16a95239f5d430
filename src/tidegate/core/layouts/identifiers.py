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
    return Digits(max_length=ids.max_length) if ids.form == "digits" else Text(max_length=ids.max_length)


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
