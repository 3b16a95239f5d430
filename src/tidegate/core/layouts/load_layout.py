"""Reads a layout from TOML; whatever is wrong with it is said at start-up, with the place."""

from datetime import date
from pathlib import Path

import msgspec

from tidegate.core.errors import BrokenLayout, Refusal
from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.layout import Ages, Layout, fold_name
from tidegate.core.layouts.lookup_settings import PersonLookup
from tidegate.core.layouts.school_year import SchoolYear


def load_layout(path: Path) -> Layout:
    """Return the layout in `path`. Raises BrokenLayout, which names the file, the place and the fault."""
    try:
        layout = msgspec.toml.decode(path.read_bytes(), type=Layout)
        columns = {name: msgspec.structs.replace(column, name=name) for name, column in layout.columns.items()}
        layout = msgspec.structs.replace(layout, columns=columns)
        _check(layout)
    except (msgspec.DecodeError, Refusal, ValueError) as fault:
        message = f"{path}: {fault}"
        raise BrokenLayout(message) from fault
    return layout


def _check(layout: Layout) -> None:
    """Raise ValueError where the parts of a layout do not fit together."""
    folded = [fold_name(name) for column in layout.columns.values() for name in (column.name, *column.aliases)]
    folded += [fold_name(name) for name in layout.known_extras]
    if len(folded) != len(set(folded)):
        raise ValueError("two columns, aliases or known extras have the same name")
    named = {layout.identity.sau_id, layout.identity.school_id, layout.identity.student_number} - {""}
    for find in layout.stored.values():
        named |= set(find.columns) if isinstance(find, PersonLookup) else set()
        named |= {getattr(find, part) for part in ("by", "student", "covering") if getattr(find, part, "")}
        look_ups = () if isinstance(find, PersonLookup) else ("sau", "school", "within")
        others = {getattr(find, part) for part in look_ups if getattr(find, part, "")}
        if others - layout.stored.keys():
            raise ValueError(f"[stored] has no {', '.join(sorted(others - layout.stored.keys()))}")
    sample = layout.sample_row
    named |= {sample.column, *sample.agrees_in} if sample is not None else set()
    if named - layout.columns.keys():
        raise ValueError(f"[columns] has no {', '.join(sorted(named - layout.columns.keys()))}")
    if layout.ages is not None:
        _check_ages(layout, layout.ages)
    for column in layout.columns.values():
        column.is_in(SchoolYear(0))  # a since or until that is no school year is refused here


def _check_ages(layout: Layout, ages: Ages) -> None:
    """Raise ValueError where a grade has no limits, or these are in the wrong order."""
    grade, born = (layout.columns.get(name) for name in (ages.grade, ages.birth_date))
    if grade is None or born is None or not isinstance(grade.type, Choice) or not isinstance(born.type, Day):
        raise ValueError("[ages] names a column of dates and one of choices")
    if grade.type.choices.keys() != ages.grades.keys():
        raise ValueError("[ages.grades] has the same grades as its column")
    for name, of in ages.grades.items():
        if not of.possible[0] <= of.usual[0] <= of.usual[1] <= of.possible[1]:
            raise ValueError(f"[ages.grades] {name}: the usual ages lie within the possible ones")
    date(2000, *ages.month_and_day)  # a day that does not exist is refused here
