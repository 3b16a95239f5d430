"""CTE first and enrollments second gives the same records as the other order: rows wait, and much comes between."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import F

from tests.uploads.conftest import OTHER_SAU
from tests.uploads.lifecycle.corrections.test_correct_rows import file_of
from tests.uploads.lifecycle.processing.test_process import ENROLLMENT_HEADER
from tests.uploads.lifecycle.waiting.test_rows_that_wait import work
from tidegate.core.errors import Conflict
from tidegate.records.models import CURRENT, Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.receiving.receive import SendOptions
from tidegate.uploads.lifecycle.waiting.start_waiting import start_waiting, stop_waiting
from tidegate.uploads.lifecycle.waiting.wake_waiting import end_overdue
from tidegate.uploads.models import Upload, WaitingRow

__all__ = ["work"]
WORLDS = (1, 5, 9, 13)  # in which each disturbance comes at least once
MANY_WORLDS = range(300)
STUDENTS = [f"90000000{number}" for number in range(1, 7)]
WAITING = SendOptions(let_wait=True)
DISTURBANCES = UNDONE_CTE, UNDONE_ENROLLMENTS, STOPPED, OVER = (
    "the CTE file is undone and sent again",
    "the enrollments are undone and sent again",
    "the wait is stopped and begun again",
    "the wait is over, and the rows are sent again",
)
FIELDS = ("student_id", "school_id", "cte_code", "start_date", "credits_earned")


def cte_lines(chance: Random) -> list[str]:
    """Some lines; a few have a fault of their own, and several may be of one group."""
    codes = [*["01.0205", "43.0107"] * 4, "99.9999"]
    return [
        f"1000,2001,{chance.choice(STUDENTS)},,{chance.choice(codes)},2020-{chance.choice(['09-01', '09-20'])},,"
        f"{chance.choice(['1.00', '1.50', '2.00', '2.00', 'many'])},"
        for _ in range(chance.randint(1, 12))
    ]


def enrollment_files(chance: Random) -> list[tuple[int, str]]:
    """Primary and concurrent enrollments of some students, in several files of both districts, the primary first."""
    primary = [student for student in STUDENTS[2:] if chance.random() < 0.8]
    concurrent = [student for student in primary if chance.random() < 0.7]
    chance.shuffle(primary)
    days = ["2020-09-01", "2020-09-10"]
    first = [f"1000,1001,{student},,P,11,2020-09-01,02,1000,,,," for student in primary]
    second = [f"2000,2001,{student},,C,11,{chance.choice(days)},02,1000,,,," for student in concurrent]
    half = len(second) // 2
    return [(1000, first), (OTHER_SAU, second[:half]), (OTHER_SAU, second[half:])]


def records() -> list[tuple]:
    assert Enrollment.objects.filter(CURRENT).exists()
    return sorted(CteRecord.objects.filter(CURRENT).values_list(*FIELDS))


class Senders:
    """Two districts that send their files in one order or the other, and what comes between."""

    def __init__(self, process_file, work, by) -> None:
        self.process_file, self.work, self.by = process_file, work, by
        self.done = dict.fromkeys(DISTURBANCES, 0)

    def send(self, lines, **more) -> Upload:
        return self.process_file(file_of(*lines), by=self.by[1000], **more)

    def enroll(self, organization, lines) -> Upload:
        content = "\n".join([ENROLLMENT_HEADER, *lines, ""])
        named = {"by": self.by[organization], "organization_id": organization}
        sent = self.process_file(content, file_type="student-enrollment", **named)
        assert sent.error_count == 0
        return sent

    def cte_second(self, lines, files) -> None:
        for file in files:
            self.enroll(*file)
        self.send(lines)

    def cte_first(self, lines, files, chance) -> None:
        first = self.send(lines, options=WAITING)
        self.work()
        for file in files:
            what = chance.choice(DISTURBANCES)
            with suppress(Conflict):  # nothing waits
                first = self.before_enrollments(what, first, lines)
            sent = self.enroll(*file)
            self.work()
            with suppress(Conflict):  # nothing waits, or another file rests on the enrollments
                first = self.after_enrollments(what, first, lines, sent, file)
            self.work()

    def before_enrollments(self, what, first, lines) -> Upload:
        if what == UNDONE_CTE:
            undo(first, by=self.by[1000])
            self.done[what] += 1
            return self.send(lines, options=WAITING)
        if what == STOPPED:
            self.done[what] += stop_waiting(first, by=self.by[1000])
        if what == OVER:
            WaitingRow.objects.update(since=F("since") - timedelta(days=settings.TIDEGATE_WAIT_DAYS + 1))
            self.done[what] += end_overdue()
        return first

    def after_enrollments(self, what, first, lines, sent, file) -> Upload:
        if what == UNDONE_ENROLLMENTS:
            undo(sent, by=self.by[file[0]])
            self.done[what] += 1
            self.work()
            self.enroll(*file)
        if what == STOPPED:
            start_waiting(first, by=self.by[1000])
        return self.send(lines, options=WAITING) if what == OVER else first  # the sender is told to send them again


def outcome(act, work) -> list[tuple]:
    """Return the records after an act, of which nothing stays."""
    try:
        with transaction.atomic():
            act()
            work()
            found = records()
            raise ZeroDivisionError
    except ZeroDivisionError:
        return found


@pytest.mark.usefixtures("state")
def test_either_order_gives_the_same_records(process_file, specialist, other_specialist, work, request):
    senders, seen = Senders(process_file, work, {1000: specialist, OTHER_SAU: other_specialist}), 0
    for number in MANY_WORLDS if request.config.getoption("--long") else WORLDS:
        chance = Random(number)
        lines, files = cte_lines(chance), [file for file in enrollment_files(chance) if file[1]]
        one = outcome(lambda: senders.cte_first(lines, files, chance), work)  # noqa: B023
        other = outcome(lambda: senders.cte_second(lines, files), work)  # noqa: B023
        assert one == other, f"world {number}: {lines} {files}"
        seen += len(other)
    assert seen > len(WORLDS)
    assert all(senders.done.values()), senders.done
