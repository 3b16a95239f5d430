"""The base of what file types store: one model for the lines of each type."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from tidegate.records.models.versioned import Versioned


class StoredLine(Versioned):
    """A stored line of a file type: one good row, and its versions.

    The model names the file type; the type's layout says under `[on_file]` which column fills which field, and by
    `group` or `key` which lines are replaced together. Loading, undo, the state hash, the reference folder and the
    Student page follow from both. Every model has the foreign keys `student` and `school_year`.

    Attributes:
        file_type: The file type, as in addresses: `bus-riders`.
        base_name: Of a noun of the program itself: the table by which a layout names it in `[on_file]`.
        rests_on: The models, or their labels, of what a line was checked against. What a line rests on cannot be
            undone as long as the line is newer.
        personal: The fields that the Student page does not show: they say more of a person than the line is about.
        shown: The fields that the Student page shows, in order; by default all others that the layout fills.
        counted_by: The fields by which reports of a snapshot count students, under what they are counted by, such as
            `sex`. A snapshot freezes them also where they are personal.
        outcomes: The fields that say what a student has attained, under the names by which indicators ask for them.
        finds_student: The text fields by which the student list finds a student, such as a number of the school's own.
    """

    file_type: ClassVar[str] = ""
    base_name: ClassVar[str] = ""
    rests_on: ClassVar[tuple[type[models.Model] | str, ...]] = ()
    personal: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()
    counted_by: ClassVar[Mapping[str, str]] = {}
    outcomes: ClassVar[Mapping[str, str]] = {}
    finds_student: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
