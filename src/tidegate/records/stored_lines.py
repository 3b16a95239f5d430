"""The models of stored lines, each with its file type: found among the apps, never listed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from django.apps import apps
from django.db import models
from django.db.models import Model

from tidegate.core.layouts.column_types import Day
from tidegate.core.layouts.layout import VALUE, Layout, OnFile
from tidegate.core.layouts.state_package import StatePackage, present_package
from tidegate.core.lookups.school import first_school_field
from tidegate.core.reference.stored_lines import LineTable, line_table
from tidegate.file_types import FileType
from tidegate.file_types.file_type import find_all_of
from tidegate.records.models.stored_line import StoredLine
from tidegate.records.models.versioned import Versioned
from tidegate.reference.models import Organization

StoredField: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True, eq=False)
class StoredLines:
    """The stored lines of a file type: its layout, and the model that has them."""

    file_type: FileType
    model: type[StoredLine]
    table: LineTable

    @property
    def layout(self) -> Layout:
        """The file type's layout, of all years."""
        return self.file_type.layout

    @property
    def is_base(self) -> bool:
        """Whether the lines are a noun of the program itself, which has a reference table of its own."""
        return self.model.base_name == self.table.name

    @property
    def fields(self) -> dict[str, StoredField]:
        """The field that each column of a row fills, in the layout's order under `[on_file]`."""
        return {row: field_of(self.model, name) for row, name in on_file_of(self.layout).columns.items()}

    @property
    def shown(self) -> dict[str, StoredField]:
        """The fields that the Student page shows, by the column of a row that fills them."""
        by_name = {field.name: row for row, field in self.fields.items()}
        hidden = {"student", *self.model.personal}
        names = self.model.shown or [name for name in by_name if name not in hidden]
        return {by_name[name]: self.fields[by_name[name]] for name in names}

    @property
    def first_day(self) -> str | None:
        """The first column of a row that has a day, by which lines are put in order; None where no line must have one
        in the school year."""
        return next(iter(self._days), None)

    @property
    def last_day(self) -> str | None:
        """The second column of a row that has a day: lines with one last from the first to it, null is open."""
        return next(iter(self._days[1:]), None)

    @property
    def _days(self) -> list[str]:
        """The days in the school year, from the first one that no line lacks on: a birth date is no day of a line."""
        rows = [(row, self.layout.columns.get(row.removesuffix(VALUE))) for row in self.fields]
        days = [(row, of) for row, of in rows if of and isinstance(of.type, Day) and of.type.within_school_year]
        first = next((place for place, (_, of) in enumerate(days) if of.required), len(days))
        return [row for row, _ in days[first:]]

    @property
    def taught(self) -> tuple[str, str] | None:
        """The columns of the table with the school and with the code of its list; None where lines lack one."""
        school = first_school_field(self.layout)
        code = next((each.row for each in self.table.columns if each.is_code and each.row.endswith(".code")), "")
        if school not in self.fields or code not in self.fields:
            return None
        return str(self.fields[school].column), str(self.fields[code].column)

    @property
    def unit(self) -> list[str]:
        """The columns of the table in which lines agree that are replaced together, but for the school year."""
        fields = self.fields
        return [str(fields[row].column) for row in self.table.unit]


def on_file_of(layout: Layout) -> OnFile:
    """Return what a layout that stores lines says about them."""
    assert layout.on_file, layout.name
    return layout.on_file


def field_of(model: type[Model], name: str) -> StoredField:
    """Return a model's field by its name or its column's. Raises KeyError where it has none."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to it
    named = {known: field for field in fields for known in (field.name, field.column)}
    return named[name]


def line_models() -> list[type[StoredLine]]:
    """Return every model of stored lines of the present state, what others rest on first."""
    state = present_package().name
    of_state = (each for each in apps.get_models() if issubclass(each, StoredLine))
    found = [each for each in of_state if each.base_name or apps.get_app_config(_label(each)).name == state]
    return sorted(found, key=lambda model: (_depth(model), model._meta.db_table))  # noqa: SLF001 - as above


def _label(model: type[Model]) -> str:
    return model._meta.app_label  # noqa: SLF001 - as above


def _depth(model: type[Model]) -> int:
    beneath = [each for each in rests_on(model) if each is not model]
    return 1 + max(map(_depth, beneath)) if beneath else 0


def rests_on(model: type[Model]) -> tuple[type[StoredLine], ...]:
    """Return the stored lines that a model's lines rest on."""
    named = model.rests_on if issubclass(model, StoredLine) else ()
    found = (apps.get_model(each) if isinstance(each, str) else each for each in named)
    return tuple(each for each in found if issubclass(each, StoredLine))


def resting_on(model: type[Model]) -> list[type[StoredLine]]:
    """Return the models whose lines rest on a model's."""
    return [each for each in line_models() if model in rests_on(each)]


def stored_lines() -> tuple[StoredLines, ...]:
    """Return the stored lines of every file type of the present state, in the order of file types."""
    return _of_package(present_package())


@cache
def _of_package(package: StatePackage) -> tuple[StoredLines, ...]:
    return tuple(_of_types(find_all_of(package).values()))


def _of_types(types: Iterable[FileType]) -> Iterator[StoredLines]:
    for file_type in types:
        on_file = file_type.layout.on_file
        model = model_of(file_type)
        if on_file is not None and model is not None:
            yield StoredLines(file_type, model, line_table(file_type.layout, on_file))


def model_of(file_type: FileType) -> type[StoredLine] | None:
    """Return the model of a file type's lines; None where it has none."""
    on_file = file_type.layout.on_file
    for model in line_models():
        if model.file_type == file_type.slug or (on_file and model.base_name and model.base_name == on_file.table):
            return model
    return None


def lines_of(file_type: FileType) -> StoredLines | None:
    """Return the stored lines of a file type; None where it stores none."""
    return next((lines for lines in stored_lines() if lines.file_type.slug == file_type.slug), None)


def records_of(file_type: FileType) -> type[Versioned] | None:
    """Return the records that a type's good rows become; None for a type that is only checked."""
    if file_type.own_load is not None:
        records: type[Versioned] = file_type.own_load.RECORDS
        return records
    lines = lines_of(file_type)
    return lines.model if lines else None


def organization_fields(records: type[Model]) -> list[str]:
    """Return the names of the fields that lead to an organization."""
    fields = records._meta.concrete_fields  # noqa: SLF001 - as above
    return [field.name for field in fields if field.related_model is Organization]


def unit_of(records: type[Versioned]) -> tuple[str, ...]:
    """Return the columns of what is replaced together."""
    if records.UNIT:
        return records.UNIT
    lines = next(lines for lines in stored_lines() if lines.model is records)
    return (*lines.unit, "school_year_id")
