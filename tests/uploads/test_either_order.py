"""CTE first and enrollments second gives the same records as the other order, where rows wait."""

from random import Random

import pytest
from django.db import transaction

from tests.uploads.conftest import OTHER_SAU
from tests.uploads.test_correct_rows import file_of
from tests.uploads.test_process import ENROLLMENT_HEADER
from tests.uploads.test_rows_that_wait import work
from tidegate.records.models import CURRENT, Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.receive import SendOptions

__all__ = ["work"]
WORLDS = 10
MANY_WORLDS = 300
STUDENTS = [f"90000000{number}" for number in range(1, 7)]
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


@pytest.mark.usefixtures("state")
def test_either_order_gives_the_same_records(process_file, specialist, other_specialist, work, request):
    senders, seen = {1000: specialist, OTHER_SAU: other_specialist}, 0

    def enroll(files) -> None:
        for organization, lines in files:
            if lines:
                content = "\n".join([ENROLLMENT_HEADER, *lines, ""])
                named = {"by": senders[organization], "organization_id": organization}
                sent = process_file(content, file_type="student-enrollment", **named)
                assert sent.error_count == 0

    def outcome(acts) -> list[tuple]:
        try:
            with transaction.atomic():
                for act in acts:
                    act()
                work()
                found = records()
                raise ZeroDivisionError
        except ZeroDivisionError:
            return found

    many = request.config.getoption("--long")
    for number in range(MANY_WORLDS if many else WORLDS):
        chance = Random(number)
        lines, files = cte_lines(chance), enrollment_files(chance)
        send = lambda **more: process_file(file_of(*lines), by=specialist, **more)  # noqa: B023, E731
        waiting = [lambda: send(options=SendOptions(let_wait=True)), work, *[]]  # noqa: B023
        between = [each for file in files for each in (lambda file=file: enroll([file]), work)]
        one = outcome([*waiting, *between])
        other = outcome([lambda: enroll(files), send])  # noqa: B023
        assert one == other, f"world {number}: {lines} {files}"
        seen += len(other)
    assert seen > WORLDS
