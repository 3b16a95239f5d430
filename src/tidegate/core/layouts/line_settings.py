"""What a layout says about the lines that its good rows become: whether it fits together, and what it may leave out."""

import re
from collections.abc import Iterable

import msgspec

from tidegate.core.layouts.layout import VALUE, Layout, LookupSettings, OnFile
from tidegate.core.layouts.toml_lines import BrokenSetting

ENROLLMENTS = "enrollments"
"""The table of the program itself whose lines every file type may be compared with."""
ENROLLMENT_FIELDS = ("student_number", "enrollment_type", "entry_date", "exit_date", "school_id", "sau_id")
"""What says of an enrollment whose it is, where, and from when to when."""
TABLE_FORM = "[a-z][a-z0-9_]{0,49}"
"""The form of a table's name, which is also a file name of the reference folder."""


def check_lines(layout: Layout, lookup_types: Iterable[type[LookupSettings]]) -> None:
    """Raise BrokenSetting where the parts of a layout that are about stored lines do not fit together."""
    fields = {lookup_type: set(getattr(lookup_type, "gives", ())) for lookup_type in lookup_types}
    if layout.group and layout.key:
        raise BrokenSetting("a file type has a group or a key: lines are replaced together or one by one", "key")
    for name in ("group", "key"):
        for row in getattr(layout, name):
            _check_row(layout, row, fields, at=name)
    stored = layout.stored_records
    if layout.on_file is not None:
        _check_on_file(layout, layout.on_file, fields)
    _check_resting(layout)
    if stored is None:
        return
    own = layout.on_file.table if layout.on_file else ENROLLMENTS
    if stored.table not in {"", own, ENROLLMENTS}:
        raise BrokenSetting(
            f'rows are compared with the type\'s own lines or with "{ENROLLMENTS}", and not with "{stored.table}"',
            "beside.table",
        )
    if not stored.columns and (layout.on_file is None or stored.table == ENROLLMENTS):
        raise BrokenSetting("[beside] names no columns of enrollments", "beside")


def _check_resting(layout: Layout) -> None:
    """Raise BrokenSetting where other lines rest on this type, and it does not have what they are found by."""
    stored = set(layout.stored_records.columns.values()) if layout.stored_records else set()
    if not layout.resting:
        return
    if layout.on_file is None or layout.on_file.table != ENROLLMENTS or not set(ENROLLMENT_FIELDS) <= stored:
        raise BrokenSetting(
            f"lines rest on enrollments: [on_file] has the table {ENROLLMENTS}, and [beside] the columns "
            f"{', '.join(ENROLLMENT_FIELDS)}",
            "resting",
        )


def _check_on_file(layout: Layout, on_file: OnFile, fields: dict[type[LookupSettings], set[str]]) -> None:
    unit = layout.group or layout.key
    if not re.fullmatch(TABLE_FORM, on_file.table):
        raise BrokenSetting(f'table "{on_file.table}" is written as in bus_rides', "on_file.table")
    if not unit:
        raise BrokenSetting("stored lines need a group or a key, by which they are replaced", "on_file")
    for row in on_file.columns:
        _check_row(layout, row, fields, at=f"on_file.columns.{row}")
    if lacking := [row for row in (on_file.student, *unit) if row not in on_file.columns]:
        raise BrokenSetting(f"nothing stores {', '.join(dict.fromkeys(lacking))}", "on_file.columns")
    stored = list(on_file.columns.values())
    if twice := sorted({field for field in stored if stored.count(field) > 1}):
        raise BrokenSetting(f"two columns fill {', '.join(twice)}", "on_file.columns")


def _check_row(layout: Layout, row: str, fields: dict[type[LookupSettings], set[str]], *, at: str) -> None:
    """Check that a layout has a column of a row: a value, or a field of a look-up.

    Args:
        layout: The layout.
        row: The name of the column, such as `StartDate:value` or `school.id`.
        fields: The fields that each type of look-up finds.
        at: The setting that names it.

    Raises:
        BrokenSetting: The layout has no such column.
    """
    lookup = layout.stored.get(row.partition(".")[0])
    is_value = row.endswith(VALUE) and row.removesuffix(VALUE) in layout.columns
    if not is_value and (lookup is None or row.partition(".")[2] not in fields[type(lookup)]):
        raise BrokenSetting(
            f'there is no "{row}": a value is named as in "StartDate{VALUE}", and what is looked up as in "school.id"',
            at,
        )


def with_own_stored_records(layout: Layout) -> Layout:
    """Return the layout with the defaults for what `[beside]` leaves out: the type's own lines, all of their columns
    and its key."""
    settings, on_file = layout.stored_records, layout.on_file
    if settings is None or settings.columns or on_file is None:
        return layout
    settings = msgspec.structs.replace(
        settings,
        table=settings.table or on_file.table,
        student=on_file.student,
        columns={row: row for row in on_file.columns},
        key=settings.key or layout.key or layout.group,
    )
    return msgspec.structs.replace(layout, stored_records=settings)
