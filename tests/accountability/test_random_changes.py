"""Random uploads, undos, renames, moves and imports around snapshots change nothing in them. `--long` does 1,000."""

import csv
import random
import shutil
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, ENROLLMENT_HEADER
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.definitions.definition import Definition, find_definitions
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.outputs.indicator_table import indicators_csv
from tidegate.accountability.outputs.participation_table import participation_csv
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.content import content_of
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.records.import_folder import import_reference
from tidegate.reference.import_file import NewerRecords
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.models import State, Upload

STUDENTS = ("900000001", "900000002", "900000003")
CODES = ("01.0205", "01.0205", "43.0107", "12.0503")
COUNTED = {"3S1", "4S1", "5S1", "5S2", "5S3"}
LEFT, GRADUATED = "2020-12-18", "2021-06-11"
WITHDRAW = SendOptions(missing="withdraw")
INFORMATION_HEADER = ",".join(find("student-information").layout.columns)
OUTCOME_HEADER = ",".join(find("cte-outcome").layout.columns)
SAMPLE, ROUND, ALL = 10, 100, 1_000
ROUNDS_ALIKE = 3
TAKE_EVERY = 4


class Changes:
    """Random acts that change what is on file."""

    def __init__(self, seed: int, *, load: Callable[..., Upload], person, other_person, folder) -> None:
        self.random = random.Random(seed)
        self.load, self.person, self.other_person, self.folder = load, person, other_person, folder
        self.uploads: list[Upload] = []

    def begin(self, number: int) -> None:
        """Let concentrators graduate, some of them early enough to be asked for a placement in the same year: in each
        of three rounds others, so that every indicator begins with three values, whatever the acts do."""
        of_round = (
            ((LEFT, "POSTSEC"), (GRADUATED, "")),
            ((LEFT, "POSTSEC"),) * 2 + ((GRADUATED, ""),),
            ((LEFT, "UNKNOWN"),),
        )
        left = dict(zip(STUDENTS, of_round[number % ROUNDS_ALIKE], strict=False))
        lines = [f"1000,2001,{each},1,01.0205,2020-09-0{day},,1.50,3" for each in left for day in (2, 3)]
        primary = (f"1000,1001,{each},1,P,12,2020-09-01,02,1000,,,," for each in left)
        self.send("student-enrollment", ENROLLMENT_HEADER, *primary)
        self.send_exits(*((student, "12", f",{day},15,") for student, (day, _) in left.items()))
        self.uploads.append(self.load("\n".join([CTE_HEADER, *lines, ""]), by=self.person))
        attained = (f"1000,2001,{each},1,01.0205,NCCER,2021-01-15,Other,{placed}" for each, (_, placed) in left.items())
        self.send("cte-outcome", OUTCOME_HEADER, *attained)

    def act(self) -> None:
        sends = (self.send_cte, self.send_enrollments, self.send_information, self.send_outcomes, self.send_outcomes)
        self.random.choice((*sends, self.undo, self.rename, self.move, self.import_lists))()

    def send_cte(self) -> None:
        student = self.random.choice(STUDENTS)
        lines = [self.cte_line(each) for each in (student, student, self.random.choice(STUDENTS))]
        self.uploads.append(self.load("\n".join([CTE_HEADER, *lines, ""]), by=self.person, options=WITHDRAW))

    def cte_line(self, student: str) -> str:
        code, day, earned = self.random.choice(CODES), self.random.randint(1, 30), self.random.randint(0, 5)
        college = self.random.choice(("", "0", "3"))
        return f"1000,2001,{student},1,{code},2020-09-{day:02d},,{earned}.50,{college}"

    def send_enrollments(self) -> None:
        exits = (",,,", f",{GRADUATED},15,", f",{LEFT},15,", f",{LEFT},16,", ",2021-01-22,20,")
        student, grade = self.random.choice(STUDENTS), self.random.choice(("09", "10", "11", "12"))
        self.send_exits((student, grade, self.random.choice(exits)))

    def send_exits(self, *of: tuple[str, str, str]) -> None:
        """Send the enrollments at the technical school first, which do not outlast those at the high school."""
        center = [f"2000,2001,{student},1,C,{grade},2020-09-01,02,1000,{end}" for student, grade, end in of]
        self.send("student-enrollment", ENROLLMENT_HEADER, *center, by=self.other_person, organization_id=2000)
        primary = [f"1000,1001,{student},1,P,{grade},2020-09-01,02,1000,{end}" for student, grade, end in of]
        self.send("student-enrollment", ENROLLMENT_HEADER, *primary)

    def send_information(self) -> None:
        number = self.random.choice((1, 2, 3))
        race, learner = self.random.choice(("WH7", "BL7", "")), self.random.choice("YN")
        named = f"1000,90000000{number},1,Sample{number},Student,,2004-0{number}-15,{self.random.choice('FM')}"
        self.send("student-information", INFORMATION_HEADER, f"{named},{race},NONE,N,N,N,N,{learner},N,N,N,N")

    def send_outcomes(self) -> None:
        taught = CteRecord.objects.filter(replaced_at=None).order_by("student_id", "cte_code", "start_date")
        lines = list(taught.values_list("student_id", "cte_code")) or [(STUDENTS[0], CODES[0])]
        student, code = self.random.choice(lines)
        learning, placement = (
            self.random.choice(each) for each in (("PaidInternship", ""), ("", "POSTSEC", "UNKNOWN"))
        )
        credential = self.random.choice((",", "NCCER,2021-01-15"))
        self.send("cte-outcome", OUTCOME_HEADER, f"1000,2001,{student},1,{code},{credential},{learning},{placement}")

    def send(self, file_type: str, header: str, *lines: str, **more) -> None:
        by = {"by": self.person} | more
        self.uploads.append(self.load("\n".join([header, *lines, ""]), file_type=file_type, **by))

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
        import_reference(given, by=None, newer=NewerRecords.OVERWRITE)


def take() -> Snapshot:
    """Take a snapshot of what has the most reports: the year end, with all that is frozen for it."""
    return take_snapshot(find_period("cte-year-end"), SchoolYear.objects.get(first=2020), by=None)


def add_nontraditional_programs(monkeypatch) -> None:
    """Let the definition of the year name programs in which a gender is underrepresented: the state's has none yet."""
    named = find_definitions()
    text = named["2020-2021"].text + '\n[nontraditional]\nF = ["01.0205"]\nM = ["43.0107"]\n'
    monkeypatch.setitem(named, "2020-2021", Definition.read("2020-2021", text))


def totals_of(indicators: bytes) -> set[tuple[str, int, int]]:
    """Return each indicator with data, with the numerator and denominator of all."""
    rows = [row for row in csv.DictReader(indicators.decode("utf-8-sig").splitlines()) if row["By"] == "all"]
    return {(row["Indicator"], int(row["Numerator"]), int(row["Denominator"])) for row in rows if row["Percent"]}


def said_by(snapshot: Snapshot) -> tuple[bytes, ...]:
    participation = participation_csv(snapshot, [definition_of(snapshot)])
    reports = (content_of(snapshot), counts_csv(snapshot), participation, indicators_csv(snapshot))
    return tuple(b"".join(each) for each in reports)


def check_round(number: int, count: int, changes: Changes) -> set[tuple[str, int, int]]:
    """Act so often, compare each snapshot with what it said when it was taken, and return what indicators were."""
    kept: dict[Snapshot, tuple[bytes, ...]] = {}
    changes.begin(number)
    for place in range(count):
        if place % TAKE_EVERY == 0:
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
    return {total for before in kept.values() for total in totals_of(before[-1])}


@pytest.mark.timeout(7200)  # with --long; the sample takes seconds
def test_random_changes_change_nothing_in_a_snapshot(
    request, process_file, specialist, other_specialist, tmp_path, monkeypatch
):
    add_nontraditional_programs(monkeypatch)
    Code.objects.create(list_name="credential_codes", code="NCCER", title="Construction")
    rounds, count = (ALL // ROUND, ROUND) if request.config.getoption("--long") else (1, SAMPLE)
    totals = set()
    for number in range(rounds):
        with transaction.atomic():  # a round is undone: what one transaction may lock has an end
            people = {"person": specialist, "other_person": other_specialist}
            changes = Changes(20201001 + number, load=process_file, folder=tmp_path, **people)
            totals |= check_round(number, count, changes)
            transaction.set_rollback(True)
    assert {code for code, met, of in totals if met and of} == COUNTED, "An indicator was always 0: it says nothing"
    if rounds > 1:
        for code in COUNTED:
            assert len({total for total in totals if total[0] == code}) > 2, f"{code} hardly ever moved"
