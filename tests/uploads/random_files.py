"""Random files about few students, so that they meet what is on file: new, changed, left out, mistyped."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from django.db import transaction

from tests.core.worlds import ROWS, STUDENTS
from tidegate.file_types import FileType
from tidegate.uploads.lifecycle.receiving.receive import SendOptions

TYPES = ("student-enrollment", "cte", "student-information", "cte-outcome")
OPTIONS = [
    SendOptions(),
    SendOptions(missing="keep"),
    SendOptions(missing="withdraw"),
    SendOptions(complete=True),
    SendOptions(complete=True, missing="keep"),
    SendOptions(complete=True, missing="withdraw"),
]
_STUDENTS_MET = 6


def random_file(kind: FileType, chance: Random) -> str:
    """Return a file of a few rows about a few students."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(kind.layout.columns), restval="")
    writer.writeheader()
    for _ in range(chance.randrange(2, 16)):
        row = ROWS[kind.slug](chance)
        if row["StateStudentID"] in STUDENTS:
            row["StateStudentID"] = chance.choice(STUDENTS[:_STUDENTS_MET])
        if kind.slug == "cte":
            row["CreditsEarned"] = chance.choice(["1.50", "1.50", "2", "x"])
            row["StartDate"] = chance.choice(["2020-09-02", "2020-09-02", "2020-10-05", "10/6/2020"])
        if kind.slug == "cte-outcome":
            row["WorkBasedLearning"] = chance.choice(["PaidInternship", "JobShadowing", ""])
        writer.writerow(row)
    return out.getvalue()


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block has done, and give back the locks of its temporary tables, of which there are not enough for
    thousands of uploads in one transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
