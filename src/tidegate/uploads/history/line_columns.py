"""What pages show of stored lines: the columns of a file type's lines, with their titles and values as text."""

import re
from dataclasses import dataclass

from django.db import models
from django.utils.text import capfirst

from tidegate.core.layouts.column_types import Day, Number
from tidegate.core.layouts.state_package import present_state
from tidegate.records.models import Enrollment, EnrollmentType, StoredLine
from tidegate.records.stored_lines import StoredField, StoredLines, field_of
from tidegate.reference.models import Organization


@dataclass(frozen=True)
class ShownColumn:
    """A field of stored lines; `kind` is how it is shown: as a `code`, a `day`, a `number` or plain."""

    field: StoredField
    kind: str

    @property
    def title(self) -> str:
        """The title: districts go by the state's own word."""
        return re.sub(r"\bsau\b", present_state().word("sau"), str(self.field.verbose_name))

    @property
    def heading(self) -> str:
        """The title as it begins a line; a word of the state stays as the state writes it."""
        return capfirst(self.title)

    def text_of(self, record: StoredLine) -> str:
        """Return what a record has in the field, as text."""
        value = getattr(record, self.field.name)
        if isinstance(value, Organization):
            return value.name
        if self.field.model is Enrollment and self.field.name == "enrollment_type":
            return EnrollmentType(value).in_words
        chosen = dict(self.field.flatchoices).get(value, value)
        return "" if chosen is None else str(chosen)


def columns_of(lines: StoredLines) -> list[ShownColumn]:
    """Return the columns of a file type's lines that pages show."""
    return [ShownColumn(field, _kind_of(lines, row)) for row, field in lines.shown.items()]


def line_in_words(lines: StoredLines, record: StoredLine) -> str:
    """Return what a stored line says: the columns that pages show, each with its title, but for those without a
    value."""
    said = (each for each in columns_of(lines) if getattr(record, each.field.name) not in (None, ""))
    return "; ".join(f"{each.heading} {each.text_of(record)}" for each in said)


def columns_of_enrollments() -> list[ShownColumn]:
    """Return the columns of enrollments that pages show, also in a state without a file type for them."""
    fields = [field_of(Enrollment, name) for name in Enrollment.shown]
    return [ShownColumn(field, "day" if isinstance(field, models.DateField) else "") for field in fields]


def _kind_of(lines: StoredLines, row: str) -> str:
    column = lines.table.column_of(row)
    kinds = {Day.polars_type: "day", Number.polars_type: "number"}
    return "code" if column.is_code else kinds.get(column.type, "")
