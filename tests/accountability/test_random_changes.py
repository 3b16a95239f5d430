"""Random uploads, undos, renames, moves and imports around snapshots change nothing in them. `--long` does 1,000."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress

from tests.uploads.test_process import CTE_HEADER, ENROLLMENT_HEADER
from tidegate.accountability.content import content_of
from tidegate.accountability.counts import counts_csv
from tidegate.accountability.frozen_definitions import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.participation_table import participation_csv
from tidegate.accountability.verify import verify_snapshot
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.receive import SendOptions
from tidegate.uploads.lifecycle.undo import undo
from tidegate.uploads.models import State, Upload

STUDENTS = ("900000001", "900000002", "900000003")
CODES = ("01.0205", "43.0103", "12.0503")
WITHDRAW = SendOptions(missing="withdraw")
SAMPLE, ALL = 10, 1_000
TAKE_EVERY = 4


class Changes:
    """Random acts that change what is on file."""

    def __init__(self, seed: int, *, load: Callable[..., Upload], person, folder) -> None:
        self.random = random.Random(seed)
        self.load, self.person, self.folder = load, person, folder
        self.uploads: list[Upload] = []

    def act(self) -> None:
        acts = (self.send_cte, self.send_enrollments, self.undo, self.rename, self.move, self.import_lists)
        self.random.choice(acts)()

    def send_cte(self) -> None:
        lines = [self.cte_line() for _ in range(3)]
        self.uploads.append(self.load("\n".join([CTE_HEADER, *lines, ""]), by=self.person, options=WITHDRAW))

    def cte_line(self) -> str:
        student, code = self.random.choice(STUDENTS), self.random.choice(CODES)
        return f"1000,2001,{student},1,{code},2020-09-{self.random.randint(1, 30):02d},,{self.random.randint(0, 5)}.50,"

    def send_enrollments(self) -> None:
        student, grade = self.random.choice(STUDENTS), self.random.choice(("09", "10", "11", "12"))
        line = f"1000,1001,{student},1,P,{grade},2020-09-01,02,1000,,,,"
        text = "\n".join([ENROLLMENT_HEADER, line, ""])
        self.uploads.append(self.load(text, by=self.person, file_type="student-enrollment"))

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


def said_by(snapshot: Snapshot) -> tuple[bytes, bytes, bytes]:
    participation = participation_csv(snapshot, [definition_of(snapshot)])
    return b"".join(content_of(snapshot)), b"".join(counts_csv(snapshot)), b"".join(participation)


def test_random_changes_change_nothing_in_a_snapshot(request, take, process_file, specialist, tmp_path):
    count = ALL if request.config.getoption("--long") else SAMPLE
    changes = Changes(20201001, load=process_file, person=specialist, folder=tmp_path)
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
    assert CteRecord.objects.exists()
    assert Enrollment.objects.exists()
