"""Fills the database with the demo state's reference lists, students and enrollments."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from tidegate.records.demo_state.enrollments import list_school_years
from tidegate.records.demo_state.write_reference import write_reference
from tidegate.records.import_folder import ImportSummary, import_reference
from tidegate.reference.school_years import add_school_years


@transaction.atomic
def fill(*, today: date) -> ImportSummary:
    """Import the demo state and return what was new. Run again it changes nothing; what uploads brought stays.

    Its people are filled in by `accounts.demo_people`, since records know nothing of people.
    """
    add_school_years(list_school_years(today))
    with TemporaryDirectory() as folder:
        write_reference(Path(folder), today=today)
        return import_reference(Path(folder), by=None)
