"""The roster: who is to be looked for in the student list of a district, in the list's order."""

from django.db import connection, models

from tidegate.core.layouts.state import MAX_STUDENT_DIGITS


class RosterLine(models.Model):
    """A student under a name on the roster of a district in a school year: an index over two tables, enrollments and
    names.

    Triggers write it (decision 21), for the district that enrolls a student and for the district of the school. They
    take nothing out: lines stay of students who have left or have another name now, so a reader compares them with the
    records. `last_key` and `first_key` are the names in capitals, in the order of their letters' codes."""

    pk = models.CompositePrimaryKey("sau_id", "school_year_id", "last_key", "first_key", "student_id")
    sau_id = models.IntegerField()
    school_year_id = models.IntegerField()
    last_key = models.TextField(db_collation="C")
    first_key = models.TextField(db_collation="C")
    student_id = models.CharField(max_length=MAX_STUDENT_DIGITS)

    def __str__(self) -> str:
        return "Line of a roster"


def fill_roster() -> None:
    """Put every current enrollment on the roster that is not there, which the triggers could not do."""
    # Needed where the database has capitals of its own: after a restore elsewhere, or a change of its locale.
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_fill_roster()")
