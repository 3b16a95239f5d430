"""Which versions were on file at a moment, and when a day ends where the state is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tidegate.records.models import Student, StudentVersion, end_of_day, on_file_at

MARCH, APRIL, MAY = (datetime(2021, month, 1, tzinfo=UTC) for month in (3, 4, 5))
MOMENT = timedelta(microseconds=1)


@pytest.mark.django_db
def test_a_version_is_on_file_from_its_beginning_until_it_is_replaced():
    student = Student.objects.create(number="900000001")
    for first, last in ((MARCH, APRIL), (APRIL, APRIL), (APRIL, None)):
        StudentVersion.objects.create(student=student, valid_from=first, replaced_at=last)

    def found(moment: datetime) -> list[tuple[datetime, datetime | None]]:
        return list(StudentVersion.objects.filter(on_file_at(moment)).values_list("valid_from", "replaced_at"))

    assert found(MARCH - MOMENT) == []
    assert found(MARCH) == found(APRIL - MOMENT) == [(MARCH, APRIL)]
    assert found(APRIL) == [(APRIL, None)]  # and not what was replaced in the same moment


@pytest.mark.django_db
def test_a_restored_version_is_on_file_again_from_the_undo_on():
    student = Student.objects.create(number="900000001")
    before = StudentVersion.objects.create(student=student, valid_from=MARCH, replaced_at=APRIL)
    undone = StudentVersion.objects.create(student=student, valid_from=APRIL, replaced_at=MAY)
    copy = StudentVersion.objects.create(student=student, valid_from=MARCH, restored_at=MAY)

    found = [StudentVersion.objects.filter(on_file_at(at)).get() for at in (MARCH, APRIL, MAY - MOMENT, MAY)]
    assert found == [before, undone, undone, copy]
    assert [version.on_file_from for version in (before, undone, copy)] == [MARCH, APRIL, MAY]


@pytest.mark.parametrize(
    ("day", "next_day_begins"),
    [
        (date(2021, 1, 15), datetime(2021, 1, 16, 5, tzinfo=UTC)),
        (date(2021, 3, 14), datetime(2021, 3, 15, 4, tzinfo=UTC)),  # the clocks go forward on this day
        (date(2021, 11, 7), datetime(2021, 11, 8, 5, tzinfo=UTC)),  # and back
    ],
)
def test_a_day_ends_by_the_clock_of_the_state(day, next_day_begins):
    assert end_of_day(day).astimezone(UTC) + MOMENT == next_day_begins


def test_a_day_ends_once_where_clocks_go_back_over_midnight(settings):
    settings.TIME_ZONE = "America/Havana"  # at 01:00 it is 00:00 again
    assert end_of_day(date(2021, 11, 6)).astimezone(UTC) + MOMENT == datetime(2021, 11, 7, 4, tzinfo=UTC)
    settings.TIME_ZONE = "America/Asuncion"  # at midnight it was 23:00 again
    assert end_of_day(date(2021, 3, 27)).astimezone(UTC) + MOMENT == datetime(2021, 3, 28, 4, tzinfo=UTC)
