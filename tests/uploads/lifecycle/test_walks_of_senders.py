"""Walks through random acts of people who send files, correct by hand and undo. After each act nothing has gone that
nobody confirmed, nothing is on file twice, and what was done is what its plan says.

On forty walks: .venv/bin/pytest --long --timeout 0 -p no:randomly tests/uploads/lifecycle/test_walks_of_senders.py
"""

from collections import Counter

from tests.uploads.conftest import CTE_CENTER, ROCK_STAR
from tests.uploads.lifecycle.test_stories_of_senders import (
    CONFIRMED,
    FIRST_DAY,
    SECOND_DAY,
    World,
    X,
    Y,
    cte,
    new_world,
    reference,
)
from tests.uploads.random_files import OPTIONS, undone
from tidegate.core.errors import Conflict
from tidegate.records.models import CURRENT, Change
from tidegate.records.state_hash import state_hash
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.receiving.send_again import choose_missing, load_checked, withdraw_missing
from tidegate.uploads.models import State, Upload
from tidegate.uploads.queries.newer_file import is_superseded

__all__ = ["new_world", "reference"]

LONG_WALKS, STEPS = 40, 12
DAMAGES = [(2, "99"), (2, ""), (1, "43"), (4, "43"), (5, "x"), (7, "x"), (0, "2000")]
_FIELDS = {"CTECode": "cte_code", "CreditsEarned": "credits_earned", "StartDate": "start_date"}
LINE = ("student_id", "school_id", "cte_code", "start_date", "credits_earned", "school_student_id")


class Walk:
    """The acts of a walk, one method each; `sent` are the uploads so far."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.chance
        self.sent: list[Upload] = []

    def step(self) -> None:
        before = Counter(student for student, *_ in lines_on_file().elements())
        act = self.chance.choice([self.send] * 6 + [self.by_hand, self.undo, self.withdraw, self.choose, self.load])
        done = act()
        if isinstance(done, Upload) and not may_withdraw(done):
            after = Counter(student for student, *_ in lines_on_file().elements())
            assert not before - after, act.__name__

    def rows(self) -> list[str]:
        """Return rows about few students: doubled, damaged, of other codes, days and credits."""
        rows = []
        for student in self.chance.sample(self.world.students, self.chance.randint(1, 3)):
            for _ in range(self.chance.randint(1, 3)):
                code, day = self.chance.choice([X, X, Y]), self.chance.choice([FIRST_DAY, SECOND_DAY])
                rows.append(cte(student, code, day, self.chance.choice(["1.50", "2.00"])))
        if self.chance.random() < 0.2:
            rows.append(self.chance.choice(rows))
        if self.chance.random() < 0.3:
            at = self.chance.randrange(len(rows))
            column, text = self.chance.choice(
                [(2, "99"), (2, ""), (1, "43"), (4, "43"), (5, "x"), (7, "x"), (0, "2000")]
            )
            cells = rows[at].split(",")
            cells[column] = text
            rows[at] = ",".join(cells)
        return rows

    def send(self) -> Upload:
        rows, said = self.rows(), self.chance.choice(OPTIONS)
        of = self.chance.choice([ROCK_STAR, ROCK_STAR, CTE_CENTER])
        state = state_hash()
        upload = self.world.send(*rows, of=of, said=said)
        self.sent.append(upload)
        after = state_hash()
        if said == CONFIRMED and of == ROCK_STAR and not upload.error_count and not upload.of_others_count:
            in_file = Counter(map(as_line, rows))
            assert not lines_on_file(sent_by=ROCK_STAR) - in_file
            assert not in_file - lines_on_file()
        if self.chance.random() < 0.5:
            again = self.world.send(*rows, of=of, said=said)
            assert (again.added_count, again.replaced_count) == (0, 0)
            assert state_hash() == after
        elif self.chance.random() < 0.3 and (upload.added_count or upload.replaced_count):
            self.world.undo(upload)
            assert state_hash() == state
        return upload

    def by_hand(self) -> Upload | None:
        values = self.chance.choice([{"CTECode": Y}, {"CreditsEarned": "3.25"}, {"StartDate": "2020-11-02"}, {}])
        on_file = CteRecord.objects.filter(CURRENT, sau_id=ROCK_STAR).order_by("pk")
        # What a line says already is no correction.
        lines = [
            line for line in on_file if all(str(getattr(line, _FIELDS[title])) != values[title] for title in values)
        ]
        if not lines:
            return None
        upload = self.world.by_hand(self.chance.choice(lines), **values)
        self.sent.append(upload)
        return upload

    def undo(self) -> None:
        for upload in self.chance.sample(self.sent, min(1, len(self.sent))):
            upload.refresh_from_db()
            planned = lines_on_file()
            try:
                self.world.undo(upload)
            except Conflict:
                assert lines_on_file() == planned

    def withdraw(self) -> Upload | None:
        named = [each for each in self.sent if each.missing_count and each.state == State.FINISHED]
        if not named:
            return None
        upload = self.chance.choice(named)
        try:
            withdrawal = withdraw_missing(upload, None, reason="Moved", by=self.world.people[upload.organization_id])
        except Conflict:
            return None
        return self.world.ended(withdrawal)

    def choose(self) -> Upload | None:
        waiting = [each for each in self.sent if each.is_file and each.finding_counts.filter(code="CTE601").exists()]
        waiting = [each for each in waiting if each.state == State.FINISHED and not is_by_hand(each)]
        if not waiting:
            return None
        upload = self.chance.choice(waiting)
        said = self.chance.choice(["keep", "withdraw"])
        is_only_checked = upload.check_only or is_superseded(upload)
        chosen = self.world.ended(choose_missing(upload, said, by=self.world.people[upload.organization_id]))
        assert chosen.check_only == is_only_checked
        return chosen

    def load(self) -> Upload:
        check = self.world.send(*self.rows(), said=self.chance.choice(OPTIONS), check_only=True)
        self.send()
        loaded = self.world.ended(load_checked(check, by=self.world.people[ROCK_STAR]))
        assert loaded.check_only == loaded.plan_has_moved
        self.sent.append(loaded)
        return loaded


def is_by_hand(upload: Upload) -> bool:
    return upload.file_name == "correction-by-hand.csv"


def may_withdraw(upload: Upload) -> bool:
    """Whether somebody has said yes to it."""
    return upload.missing == "withdraw" or not upload.is_file


def as_line(row: str) -> tuple[str, ...]:
    sau, school, student, local, code, day, _, earned, _ = row.split(",")
    assert sau == str(ROCK_STAR)
    return student, school, code, day, earned, local


def lines_on_file(*, sent_by: int | None = None) -> Counter[tuple[str, ...]]:
    found = CteRecord.objects.filter(CURRENT)
    if sent_by:
        found = found.filter(began_with__in=Change.objects.filter(organization_id=sent_by).values("pk"))
    return Counter(tuple(map(str, line)) for line in found.values_list(*LINE))


def test_a_walk_loses_and_doubles_nothing(new_world, request):
    for seed in range(LONG_WALKS) if request.config.getoption("--long") else [3]:
        with undone():
            walk = Walk(new_world(seed))
            for step in range(STEPS):
                try:
                    walk.step()
                except AssertionError as error:
                    raise AssertionError(f"walk {seed}, step {step}") from error
