"""Whoever changes the records breaks anywhere: worker, person's act, or their connection. Nothing is half done, it is
done once when tried again, and the counts are right.

In the suite a point or two of each; `make breaks` takes every one.
"""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from tests.running.conftest import RunningSystem, wait_for
from tests.running.forks import Forked
from tests.running.test_broken_workers import STATE, TURNS, UNFINISHED, files, start, steps, stop
from tidegate.file_types import find

__all__ = ["files", "start"]

HOWS = ("killed", "cut off")
CHANGES = """
    SELECT added_count, replaced_count, coalesce(withdrawn_count, 0), unchanged_count FROM uploads_upload WHERE id = %s
"""
WRITTEN = """
    SELECT (SELECT count(*) FROM records_cterecord WHERE brought_by = %(id)s),
           (SELECT count(*) FROM records_cterecord WHERE replaced_by = %(id)s)
"""
LEFT_BEHIND = """
    SELECT (SELECT count(*) FROM uploads_planslice WHERE upload_id = %(id)s),
           (SELECT count(*) FROM uploads_receipt WHERE upload_id = %(id)s),
           (SELECT count(*) FROM uploads_finding WHERE upload_id = %(id)s)
"""
EVENTS = "SELECT count(*) FROM audit_event WHERE act = %s AND subject_id = %s"
A_SCHOOL_WITHOUT_LINES = """
    SELECT school.id FROM reference_organization school JOIN reference_organization sau ON school.parent_id = sau.id
    WHERE sau.name = 'Rock Star Public Schools'
        AND NOT EXISTS (SELECT FROM records_cterecord WHERE school_id = school.id AND replaced_at IS NULL) LIMIT 1
"""


@dataclass
class Acting:
    """Does acts in processes of their own, which may break."""

    system: RunningSystem
    folder: Path
    rows: list[list[str]] = field(default_factory=list)

    def run(self, act: str, point: int = 0, how: str = "sound", **arguments: object) -> tuple[int, str]:
        """Return the exit code and what was written."""
        told = [str(point), how, act, json.dumps(arguments)]
        more = {"TIDEGATE_TEST_GATE": str(self.folder / "gate"), "TIDEGATE_TEST_URL": self.system.url}
        done = self.system.fork("tests.running.broken_act", told, cwd=self.folder, **more)
        with done.stdout as out:
            said = out.read().decode()
        return done.wait(), said.strip()

    def do(self, act: str, **arguments: object) -> int:
        """Do an act that ends well."""
        code, said = self.run(act, **arguments)
        assert code == 0, (act, code, said)
        return int(said)

    def file(self, rows: list[list[str]]) -> str:
        """Return the path of a CTE file with these rows."""
        path = self.folder / f"{next(TURNS)}.csv"
        path.write_text("\n".join([",".join(find("cte").layout.columns), *(",".join(row) for row in rows), ""]))
        return str(path)

    def turned(self) -> list[list[str]]:
        """Return the rows of the demo with other credits each time."""
        credits_earned = f"{next(TURNS) % 900 / 100 + 0.25:.2f}"
        return [[*row[:7], credits_earned, *row[8:]] for row in self.rows]

    def ended(self, upload_id: int) -> int:
        """Wait until a worker has ended it well."""
        wait_for(lambda: self.system.state_of(upload_id) in ("finished", "failed"), "The upload ends")
        said = "SELECT state, incident_id, (SELECT max(message) FROM uploads_finding WHERE upload_id = u.id) FROM"
        found = self.system.ask(f"{said} uploads_upload u WHERE id = %s", upload_id)
        assert found[0] == "finished", found
        return upload_id

    def state(self) -> tuple:
        return self.system.ask(STATE)


@pytest.fixture
def acting(files, system, tmp_path) -> Acting:
    with (system.data_dir / "demo-files" / "cte.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return Acting(system, tmp_path, rows)


@dataclass
class Sound:
    """A worker that does not break, which brings uploads to their ends. It rests while another one is to break."""

    acting: Acting
    start: Callable[[], Forked]
    worker: Forked | None = None

    def __call__(self, upload_id: int) -> int:
        """Bring an upload to its end; the worker rests again where it did."""
        rested = self.worker is None
        self.begin()
        self.acting.ended(upload_id)
        wait_for(lambda: self.acting.system.ask(UNFINISHED) == (0,), "No job is left")
        if rested:
            self.rest()
        return upload_id

    def begin(self) -> None:
        """Let it work from now on."""
        self.worker = self.worker or self.start()

    def rest(self) -> None:
        """Let nobody work until it begins again."""
        if self.worker is not None:
            stop(self.worker)
        self.worker = None


@pytest.fixture
def sound(acting, start) -> Sound:
    return Sound(acting, start)


Queue = Callable[[], int]
"""Queues the upload that is to break, when all that it needs is there and no worker works."""


def load_by_plan(acting: Acting, sound: Sound) -> tuple[Queue, tuple]:
    """The load of a checked plan that changes every line."""
    check = sound(acting.do("send", path=acting.file(acting.turned()), check_only=True))
    count = len(acting.rows)
    return lambda: acting.do("load", upload=check), (count, count, 0, 0)


def withdraw_without_file(acting: Acting, sound: Sound) -> tuple[Queue, tuple]:
    """The withdrawal of the lines that a complete file leaves out."""
    rows = acting.turned()
    sound(acting.do("send", path=acting.file(rows)))
    named = sound(acting.do("send", path=acting.file(without_last_student(rows)), complete=True))
    return lambda: acting.do("withdraw", upload=named), (0, _count_of_last(rows), _count_of_last(rows), 0)


def withdraw_with_file(acting: Acting, sound: Sound) -> tuple[Queue, tuple]:
    """A complete file that withdraws what it leaves out, and changes the rest."""
    sound(acting.do("send", path=acting.file(acting.turned())))
    rows = acting.turned()
    left, count = without_last_student(rows), _count_of_last(rows)
    sent = {"path": acting.file(left), "complete": True, "missing": "withdraw"}
    return lambda: acting.do("send", **sent), (len(left), len(rows), count, 0)


def correct_by_hand(acting: Acting, sound: Sound) -> tuple[Queue, tuple]:
    """A correction by hand."""
    sound(acting.do("send", path=acting.file(acting.turned())))
    credits_earned = f"{next(TURNS) % 900 / 100 + 0.25:.2f}"
    return lambda: acting.do("correct", CreditsEarned=credits_earned), (1, 1, 0, 0)


def without_last_student(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if row[2] != rows[-1][2]]


def _count_of_last(rows: list[list[str]]) -> int:
    return len(rows) - len(without_last_student(rows))


def by_turns(points: Sequence[int]) -> list[tuple[int, str]]:
    """Return what happens at each of these points: it is killed there or cut off, by turns."""
    return list(zip(points, cycle(HOWS), strict=False))


KINDS = {each.__name__: each for each in (load_by_plan, withdraw_without_file, withdraw_with_file, correct_by_hand)}
POINTS: dict[str, int] = {}


def queue_alone(kind: str, acting: Acting, sound: Sound) -> tuple[int, tuple]:
    """Queue an upload of that kind while no worker works; also return the changes that it is to make."""
    sound.begin()
    queue, changes = KINDS[kind](acting, sound)
    sound.rest()
    return queue(), changes


def points_of(kind: str, acting: Acting, sound: Sound, start) -> int:
    """Return how many points a worker has with that kind of upload; it is counted once."""
    if kind not in POINTS:
        upload_id, _ = queue_alone(kind, acting, sound)
        worker = start(0, "counting")
        acting.ended(upload_id)
        assert worker.stdout is not None
        POINTS[kind] = int(worker.stdout.readline())
        stop(worker)
    return POINTS[kind]


def check_done_once(acting: Acting, upload_id: int, changes: tuple) -> None:
    """Whether the upload has done what was planned, once, and its counts say so."""
    system = acting.system
    wait_for(lambda: system.ask(UNFINISHED) == (0,), "No job is left")
    assert system.state_of(upload_id) == "finished"
    assert system.ask(CHANGES, upload_id) == changes
    assert system.connection.execute(WRITTEN, {"id": upload_id}).fetchone() == changes[:2]
    slices, receipts, _ = system.connection.execute(LEFT_BEHIND, {"id": upload_id}).fetchone()
    assert (slices > 0, receipts) == (True, 1)
    assert system.ask(EVENTS, "upload.finished", str(upload_id)) == (1,)


@pytest.mark.rounds(minutes=6)
@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_that_breaks_at_a_step_of_a_plan_does_all_of_it_or_none(acting, sound, start, rounds, is_long, kind):
    if not is_long and kind != "withdraw_with_file":
        pytest.skip("make breaks does it")
    points = points_of(kind, acting, sound, start)
    assert points >= 25
    every = by_turns(steps(points))
    for point, how in rounds(every, [(points * 2 // 3, "killed")]):
        upload_id, changes = queue_alone(kind, acting, sound)
        before = acting.state()
        worker = start(point, how)
        if how == "killed":
            worker.wait(timeout=120)
            acting.system.let_leases_end()
            is_done = acting.system.state_of(upload_id) == "finished"
            assert (acting.state() == before) is not is_done
            if not is_done:
                assert acting.system.connection.execute(LEFT_BEHIND, {"id": upload_id}).fetchone() == (0, 0, 0)
            worker = start()
        acting.ended(upload_id)
        check_done_once(acting, upload_id, changes)
        assert acting.state() != before
        sound.worker = worker  # it has broken once, and prepares the next round
    sound.rest()


def acts_to_break(acting: Acting, act: str, sound: Sound) -> dict[str, object]:
    """Return the arguments of an act of a person on a state that is made for it. No worker works then."""
    if act == "undo":
        return {"upload": changed_in_part_since(acting, sound)}
    if act == "nothing":
        return {"school": acting.system.ask(A_SCHOOL_WITHOUT_LINES)[0]}
    if act == "load":
        return {"upload": sound(acting.do("send", path=acting.file(acting.turned()), check_only=True))}
    return {"CreditsEarned": f"{next(TURNS) % 900 / 100 + 0.25:.2f}"}


def changed_in_part_since(acting: Acting, sound: Sound) -> int:
    """Return an upload that changed lines, some of which a later one has changed again."""
    sound.begin()
    sound(acting.do("send", path=acting.file(acting.turned())))
    first = sound(acting.do("send", path=acting.file(acting.turned())))
    later = acting.turned()
    sound(acting.do("send", path=acting.file([row for row in later if row[2] == later[0][2]])))
    sound.rest()
    return first


TRACES = """
    SELECT (SELECT count(*) FROM uploads_upload), (SELECT count(*) FROM records_change),
           (SELECT count(*) FROM uploads_linetowithdraw), (SELECT count(*) FROM uploads_receipt),
           (SELECT count(*) FROM audit_event), (SELECT count(*) FROM procrastinate_jobs)
"""


ACTS = {"undo": 10, "nothing": 1, "load": 1, "correct": 2}
"""The acts, and about how many minutes all of their rounds take."""


@pytest.mark.parametrize("act", [pytest.param(act, marks=pytest.mark.rounds(minutes=ACTS[act])) for act in ACTS])
def test_an_act_of_a_person_that_breaks_at_a_step_leaves_no_trace_or_is_done(acting, sound, rounds, is_long, act):
    if not is_long and act not in ("undo", "nothing"):
        pytest.skip("make breaks does it")
    arguments = acts_to_break(acting, act, sound)
    code, said = acting.run(act, 0, "counting", **arguments)
    assert code == 0, said
    points = int(said)
    every = by_turns(steps(points))
    for point, how in rounds(every, [(points - 6, "killed")]):
        finish_waiting(acting, sound)
        arguments = acts_to_break(acting, act, sound)
        before, traces = acting.state(), acting.system.ask(TRACES)
        last = acting.system.ask("SELECT max(id) FROM uploads_upload")[0]
        code, _ = acting.run(act, point, how, **arguments)
        after = acting.system.ask(TRACES)
        is_done = after[1 if act != "nothing" else 0] > traces[1 if act != "nothing" else 0]
        if not is_done:
            assert (acting.state(), after) == (before, traces)
        code, _ = acting.run(act, **arguments)
        if act == "undo":
            check_undone_in_part(acting, arguments["upload"], before, again=code)
        elif act == "nothing":
            assert acting.system.ask(TRACES)[3] == traces[3] + 1 + is_done
        else:
            check_sent_once(acting, sound, last, act, twice=is_done)


ENDS = """
    SELECT state, added_count, (SELECT max(message) FROM uploads_finding WHERE upload_id = u.id AND code = 'FILE043')
    FROM uploads_upload u WHERE id > %s AND NOT check_only ORDER BY id
"""
HAVE_CHANGED = (
    "Nothing was changed, because lines on file have changed since they were chosen, or what is added is on file "
    "already"
)


def check_sent_once(acting: Acting, sound, last: int, act: str, *, twice: bool) -> None:
    """Whether one of both tries has done what was asked for. If the first had been done although nobody was told, the
    second changes nothing and says why: a load becomes a check, a correction fails with its sentence."""
    (first,) = acting.system.ask("SELECT min(id) FROM uploads_upload WHERE id > %s", last)
    sound(first)
    ends = acting.system.connection.execute(ENDS, [last]).fetchall()
    assert ends[0] == ("finished", 1 if act == "correct" else len(acting.rows), None)
    assert ends[1:] == ([("failed", None, HAVE_CHANGED)] if twice and act == "correct" else [])


def finish_waiting(acting: Acting, sound) -> None:
    """Bring what waits to its end."""
    waiting = acting.system.ask("SELECT max(id) FROM uploads_upload WHERE state IN ('waiting', 'processing')")[0]
    if waiting:
        sound(waiting)


def check_undone_in_part(acting: Acting, upload_id: object, before: tuple, *, again: int) -> None:
    """Whether the undo was done once: what was changed later stays, and a second try has nothing left."""
    assert again in (0, 3)
    assert acting.state() != before
    ask = acting.system.ask
    assert ask("SELECT count(*) FROM records_change WHERE undoes = %s", upload_id) == (1,)
    assert ask(EVENTS, "upload.undone", str(upload_id)) == (1,)
    assert acting.system.state_of(upload_id) == "finished"
    assert acting.run("undo", upload=upload_id)[0] == 3


ENDS_EARLY = """
    UPDATE records_enrollment SET exit_date = '2020-09-02'
    WHERE replaced_at IS NULL AND enrollment_type = 'C' AND school_year_id = 2020 AND entry_date <= '2020-09-02'
"""


def misfits(acting: Acting) -> set[tuple]:
    """Return what is on the list of lines that no longer fit."""
    return set(acting.system.connection.execute("SELECT file_type, line_id, code FROM uploads_misfit").fetchall())


@pytest.mark.rounds(minutes=7)
def test_a_recheck_that_breaks_at_a_step_changes_no_record_and_is_right_when_run_again(acting, rounds):
    dates = acting.system.connection.execute(
        "SELECT id, exit_date FROM records_enrollment WHERE replaced_at IS NULL AND enrollment_type = 'C'"
    ).fetchall()
    try:
        acting.system.connection.execute(ENDS_EARLY)
        code, said = acting.run("recheck", 0, "counting")
        assert code == 0
        points = int(said)
        listed = misfits(acting)
        assert listed
        state, seen = acting.state(), set()
        every = by_turns(steps(points))
        for point, how in rounds(every, [(points // 2, "killed")]):
            acting.system.connection.execute("DELETE FROM uploads_misfit")
            acting.run("recheck", point, how)
            left = frozenset(misfits(acting))
            assert left <= listed  # file types are checked one after the other: what is listed is true
            assert acting.state() == state
            if (left, how) not in seen:  # from the same lines and the same list it would do the same again
                acting.do("recheck")
                assert misfits(acting) == listed
                assert acting.state() == state
            seen.add((left, how))
    finally:
        with acting.system.connection.cursor() as cursor:
            cursor.executemany("UPDATE records_enrollment SET exit_date = %s WHERE id = %s", [(b, a) for a, b in dates])
        acting.do("recheck")
