"""The roster: who is to be looked for in the student list of a SAU, in the list's order."""

from django.db import connection, models


class RosterLine(models.Model):
    """A student on the roster of a SAU in a school year, under a name: an index over enrollments and names, which no
    index of one table could be. The database writes it by triggers (decision 21) and takes nothing out, so that lines
    are there of whoever has left or is called otherwise now: whoever reads it looks at the records, too.

    A SAU's lines are of whom it enrolls, and of whom its schools have. `last_key` and `first_key` are the names in
    capitals, in the order of their letters' codes.
    """

    pk = models.CompositePrimaryKey("sau_id", "school_year_id", "last_key", "first_key", "student_id")
    sau_id = models.IntegerField()
    school_year_id = models.IntegerField()
    last_key = models.TextField(db_collation="C")
    first_key = models.TextField(db_collation="C")
    student_id = models.CharField(max_length=9)

    def __str__(self) -> str:
        return "Line of a roster"


def fill_roster() -> None:
    """Put every current enrollment on the roster that is not there, which the triggers could not do."""
    # Needed where the database has capitals of its own: after a restore elsewhere, or a change of its locale.
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_fill_roster()")
