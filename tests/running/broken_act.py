"""A person's act that breaks on purpose: `python -m tests.running.broken_act POINT HOW ACT ARGUMENTS`, these as JSON.

Points and HOW are as in `broken_worker`. What the act gives is written to standard output: the ID of an upload, or the
number of points where they are counted. A Conflict ends with 3.
"""

import json
import sys
import threading
from pathlib import Path

from django.db.models import Count

from tests.running.broken_worker import Breaking, watch
from tidegate.accounts.models import Person
from tidegate.core.errors import Conflict
from tidegate.file_types import find
from tidegate.records.models import CURRENT
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, texts_of
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.lifecycle.decisions.undo import undo_parts
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.lifecycle.receiving.send_again import load_checked, withdraw_missing
from tidegate.uploads.models import Upload
from tidegate.uploads.rechecks.recheck import recheck


class Acts:
    """What a person may do, one method for each act."""

    def __init__(self) -> None:
        self.by = Person.objects.get(email="rockstar@demo.example")
        self.organization = self.by.memberships.get().organization
        self.year = SchoolYear.objects.get(first=2020)

    def send(self, path: str, file_type: str = "cte", *, check_only: bool = False, **options: object) -> int:
        """Send a file."""
        with Path(path).open("rb") as file:
            return receive(
                file=file,
                file_name="upload.csv",
                file_type=file_type,
                school_year=self.year,
                organization=self.organization,
                by=self.by,
                check_only=check_only,
                options=SendOptions(**options),
            ).pk

    def load(self, upload: int) -> int:
        """Load what was checked."""
        return load_checked(Upload.objects.get(pk=upload), by=self.by).pk

    def withdraw(self, upload: int) -> int:
        """Withdraw what an upload leaves out."""
        return withdraw_missing(Upload.objects.get(pk=upload), None, reason="Moved away", by=self.by).pk

    def correct(self, **values: str) -> int:
        """Correct a CTE line of the organization in the school year by hand, that of a student who has no other one:
        those of a class section are sent along."""
        lines = lines_of(find("cte"))
        assert lines is not None
        found = lines.model.objects.filter(CURRENT, sau=self.organization, school_year=self.year)
        alone = found.values("student_id").annotate(count=Count("pk")).filter(count=1)
        line = found.filter(student_id__in=alone.values("student_id")).order_by("pk").first()
        (before,) = texts_of(lines, [line.pk], self.year)
        correction = Correction(lines, self.organization, self.year, line, before | values)
        return send_correction(correction, by=self.by, reason="The teacher says so").pk

    def undo(self, upload: int) -> int:
        """Undo an upload, or what can be undone of it."""
        return undo_parts(Upload.objects.get(pk=upload), by=self.by).upload.pk

    def nothing(self, school: int) -> int:
        """Report that a school has nothing to report."""
        return report_nothing(
            organization=self.organization,
            school=Organization.objects.get(pk=school),
            file_type="cte",
            school_year=self.year,
            by=self.by,
        ).pk

    def recheck(self) -> int:
        """Check all lines on file again."""
        return recheck().misfit_count


def main() -> None:
    """Do the act."""
    breaking = Breaking(int(sys.argv[1]), sys.argv[2])
    act = getattr(Acts(), sys.argv[3])
    arguments = json.loads(sys.argv[4])
    watch(breaking)
    breaking.thread = threading.get_ident()
    try:
        given = act(**arguments)
    except Conflict as conflict:
        sys.stdout.write(f"{conflict.code}\n")
        sys.exit(3)
    sys.stdout.write(f"{breaking.count if breaking.how == 'counting' else given}\n")


if __name__ == "__main__":
    main()
