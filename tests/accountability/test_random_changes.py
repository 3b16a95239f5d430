"""Random uploads, undos, renames, moves and imports around snapshots change nothing in them. `--long` does 1,000."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction

from tests.uploads.test_process import CTE_HEADER, ENROLLMENT_HEADER
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.outputs.indicator_table import indicators_csv
from tidegate.accountability.outputs.participation_table import participation_csv
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.content import content_of
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accountability.snapshots.verify import verify_snapshot
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.models import State, Upload

STUDENTS = ("900000001", "900000002", "900000003")
CODES = ("01.0205", "43.0103", "12.0503")
WITHDRAW = SendOptions(missing="withdraw")
INFORMATION_HEADER = ",".join(find("student-information").layout.columns)
OUTCOME_HEADER = ",".join(find("cte-outcome").layout.columns)
SAMPLE, ROUND, ALL = 10, 100, 1_000
TAKE_EVERY = 4


class Changes:
    """Random acts that change what is on file."""

    def __init__(self, seed: int, *, load: Callable[..., Upload], person, folder) -> None:
        self.random = random.Random(seed)
        self.load, self.person, self.folder = load, person, folder
        self.uploads: list[Upload] = []

    def act(self) -> None:
        sends = (self.send_cte, self.send_enrollments, self.send_information, self.send_outcomes)
        self.random.choice((*sends, self.undo, self.rename, self.move, self.import_lists))()

    def send_cte(self) -> None:
        student = self.random.choice(STUDENTS)
        lines = [self.cte_line(each) for each in (student, student, self.random.choice(STUDENTS))]
        self.uploads.append(self.load("\n".join([CTE_HEADER, *lines, ""]), by=self.person, options=WITHDRAW))

    def cte_line(self, student: str) -> str:
        code = self.random.choice(CODES)
        return f"1000,2001,{student},1,{code},2020-09-{self.random.randint(1, 30):02d},,{self.random.randint(0, 5)}.50,"

    def send_enrollments(self) -> None:
        student, grade = self.random.choice(STUDENTS), self.random.choice(("09", "10", "11", "12"))
        exit_day = self.random.choice((",,,", ",2021-06-11,15,", ",2021-01-22,20,"))
        self.send(
            "student-enrollment", ENROLLMENT_HEADER, f"1000,1001,{student},1,P,{grade},2020-09-01,02,1000,{exit_day}"
        )

    def send_information(self) -> None:
        number = self.random.choice((1, 2, 3))
        race, learner = self.random.choice(("WH7", "BL7", "")), self.random.choice("YN")
        named = f"1000,90000000{number},1,Sample{number},Student,,2004-0{number}-15,F"
        self.send("student-information", INFORMATION_HEADER, f"{named},{race},NONE,N,N,N,N,{learner},N,N,N,N")

    def send_outcomes(self) -> None:
        taught = CteRecord.objects.filter(replaced_at=None).order_by("student_id", "cte_code", "start_date")
        lines = list(taught.values_list("student_id", "cte_code")) or [(STUDENTS[0], CODES[0])]
        student, code = self.random.choice(lines)
        learning = self.random.choice(("PaidInternship", "Other"))
        self.send("cte-outcome", OUTCOME_HEADER, f"1000,2001,{student},1,{code},,,{learning},")

    def send(self, file_type: str, header: str, line: str) -> None:
        self.uploads.append(self.load(f"{header}\n{line}\n", by=self.person, file_type=file_type))

    def undo(self) -> None:
        sent = [each for each in self.uploads if each.state == State.FINISHED]
        if sent:
            chosen = self.random.choice(sent)
            with suppress(Refusal):  # it changed nothing, or somebody has changed the same since
                undo(chosen, by=self.person)
            self.uploads.remove(chosen)

    def rename(self) -> None:
        chosen = Organization.objects.filter(pk=self.random.choice((1001, 2000, 2001)))
        chosen.update(name=f"Name {self.random.random()}")

    def move(self) -> None:
        Organization.objects.filter(pk=self.random.choice((1001, 2001))).update(parent=self.random.choice((1000, 2000)))

    def import_lists(self) -> None:
        given = self.folder / f"lists-{self.random.random()}"
        shutil.copytree(find("cte").folder / "cases" / "all_good" / "reference", given)
        students = given / "students.csv"
        students.write_text(students.read_text().replace(",F\n", self.random.choice((",M\n", ",X\n"))))
        codes = given / "cte_codes.csv"
        codes.write_text(codes.read_text().replace("ics", self.random.choice(("ica", "ics", "iks"))))
        import_reference(given, by=None)


def take() -> Snapshot:
    """Take a snapshot of what has the most reports: the year end, with all that is frozen for it."""
    return take_snapshot(find_period("cte-year-end"), SchoolYear.objects.get(first=2020), by=None)


def said_by(snapshot: Snapshot) -> tuple[bytes, ...]:
    participation = participation_csv(snapshot, [definition_of(snapshot)])
    reports = (content_of(snapshot), counts_csv(snapshot), participation, indicators_csv(snapshot))
    return tuple(b"".join(each) for each in reports)


def check_round(count: int, changes: Changes) -> None:
    """Act so often, and compare each snapshot with what it said when it was taken."""
    kept = {}
    for number in range(count):
        if number % TAKE_EVERY == 0:
            taken = take()
            kept[taken] = said_by(taken)
            assert take().sha256 == taken.sha256
        changes.act()
        oldest = next(iter(kept))
        assert said_by(oldest) == kept[oldest]
    for snapshot, before in kept.items():
        assert said_by(snapshot) == before
        assert verify_snapshot(snapshot) == ""
    assert len({snapshot.sha256 for snapshot in kept}) > 1, "The acts changed nothing: the test says nothing"
    loaded = set(Upload.objects.filter(success_count__gt=0).values_list("file_type", flat=True))
    assert loaded
    if count > SAMPLE:
        assert len(loaded) == 4, "Some kind of line was never loaded"


@pytest.mark.timeout(7200)  # with --long; the sample takes seconds
def test_random_changes_change_nothing_in_a_snapshot(request, process_file, specialist, tmp_path):
    rounds, count = (ALL // ROUND, ROUND) if request.config.getoption("--long") else (1, SAMPLE)
    for number in range(rounds):
        with transaction.atomic():  # a round is undone: what one transaction may lock has an end
            changes = Changes(20201001 + number, load=process_file, person=specialist, folder=tmp_path)
            check_round(count, changes)
            transaction.set_rollback(True)
