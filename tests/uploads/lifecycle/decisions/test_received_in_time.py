"""What counts is when a file was received: every way in asks for the window, and nothing that was in time is lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.uploads.conftest import OTHER_SAU, ROCK_STAR, person
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, LINE
from tests.uploads.lifecycle.waiting.test_rows_that_wait import AT_ONCE, NEW, enroll, work  # noqa: F401 - fixtures
from tidegate.accounts.roles import DataSpecialist
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, Refusal
from tidegate.records.models import Change
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.close_year import OpenWork, close_year, reopen_year
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.loading.hold import release
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.send_again import load_checked
from tidegate.uploads.lifecycle.waiting.load_waiting import load_waiting_rows
from tidegate.uploads.lifecycle.withdrawals.withdraw import send_withdrawal
from tidegate.uploads.models import State, Upload, WaitingRow, WaitState
from tidegate.windows.allow_late import allow_late
from tidegate.windows.check_open import check_can_change
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.models import CollectionWindow

FILE = f"{CTE_HEADER}\n{LINE}\n"
ONE_DAY = timedelta(days=1)


@pytest.fixture
def year(state) -> SchoolYear:
    return SchoolYear.objects.get(first=2020)


@pytest.fixture
def close(year):
    """Have the window of CTE closed since yesterday."""

    def close_window(*, days_ago: int = 1) -> CollectionWindow:
        closes = timezone.localdate() - timedelta(days=days_ago)
        CollectionWindow.objects.all().delete()
        return CollectionWindow.objects.create(
            file_type="cte", school_year=year, opens=closes - ONE_DAY, due=closes, closes=closes
        )

    return close_window


def reread(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def test_a_file_after_the_closing_day_is_refused_with_the_day(send, close, specialist):
    closes = close().closes
    with pytest.raises(Conflict, match=f"CTE for 2020-2021 closed on .* {closes.day}, {closes.year}") as refused:
        send(FILE, by=specialist)
    assert (refused.value.code, Upload.objects.count()) == ("CLOSED", 0)
    assert refused.value.fix.startswith("Ask the state data team to allow a late file")


def test_a_check_is_always_possible_and_its_plan_cannot_be_loaded_late(process_file, close, year, specialist):
    close()
    check = process_file(FILE, by=specialist, check_only=True)
    assert (check.state, check.success_count) == (State.FINISHED, 1)
    with pytest.raises(Conflict, match="closed on"):
        load_checked(check, by=specialist)
    close_year(year, by=None)
    assert send_check(process_file, specialist).state == State.FINISHED


def send_check(process_file, specialist) -> Upload:
    return process_file(FILE, by=specialist, check_only=True)


def test_a_file_of_the_closing_day_is_loaded_after_midnight(send, close, specialist):
    close(days_ago=0)
    upload = send(FILE, by=specialist)
    close()  # midnight goes by while it waits
    process(upload_id=upload.pk)
    assert (reread(upload).state, CteRecord.objects.count()) == (State.FINISHED, 1)


def test_the_day_is_that_of_the_states_time_zone(close, year, settings):
    closes = close().closes
    district = Organization.objects.get(pk=ROCK_STAR)
    midnight = datetime(closes.year, closes.month, closes.day, tzinfo=ZoneInfo(settings.TIME_ZONE)) + ONE_DAY
    check_can_change("cte", year, district, received_at=midnight - timedelta(seconds=1))
    with pytest.raises(Conflict):
        check_can_change("cte", year, district, received_at=midnight)


def test_an_allowed_late_file_is_loaded_and_recorded_as_late(process_file, close, year, specialist, administrator):
    close()
    district = Organization.objects.get(pk=ROCK_STAR)
    allowance = allow_late("cte", year, district, until=timezone.localdate(), reason="A storm", by=administrator)
    assert process_file(FILE, by=specialist).state == State.FINISHED
    assert Event.objects.get(act="upload.sent").details["late_allowance"] == allowance.pk


def test_nothing_is_changed_after_the_closing_day_by_another_way(process_file, close, year, specialist):
    upload = process_file(FILE, by=specialist)
    close()
    district = Organization.objects.get(pk=ROCK_STAR)
    line = CteRecord.objects.get()
    acts = (
        lambda: undo(upload, by=specialist),
        lambda: send_withdrawal(upload, [line.pk], by=specialist, reason="Twice"),
        lambda: report_nothing(
            organization=district, school=district, file_type="cte", school_year=year, by=specialist
        ),
    )
    for act in acts:
        with pytest.raises(Conflict, match="closed on"):
            act()
    assert (Upload.objects.count(), Change.objects.filter(undoes=upload.pk).count()) == (1, 0)


def test_a_file_type_that_is_not_collected_is_refused_with_a_sentence(send, year, specialist):
    choose_collected(year, ["student-enrollment"], by=None)
    with pytest.raises(Conflict, match="CTE is not collected for 2020-2021"):
        send(FILE, by=specialist)
    assert send(FILE, by=specialist, check_only=True).state == State.WAITING


@pytest.fixture
def held(send, specialist, settings) -> Upload:
    """A file that waits for a second person."""
    settings.TIDEGATE_HOLD_PERCENT, settings.TIDEGATE_HOLD_COUNT = 10, 1
    process(upload_id=send(FILE, by=specialist).pk)
    upload = send(FILE.replace("1.50", "2.00"), by=specialist)
    process(upload_id=upload.pk)
    assert reread(upload).state == State.ON_HOLD
    return upload


def test_a_file_on_hold_is_released_after_its_window_but_not_its_year(held, close, year, administrator):
    close()
    close_year(year, by=administrator)
    with pytest.raises(Conflict, match="2020-2021 was closed on"):
        release(held, by=administrator)
    reopen_year(year, reason="One district was forgotten", by=administrator)
    process(upload_id=release(held, by=administrator).pk)
    assert reread(held).state == State.FINISHED


def test_rows_that_were_in_time_are_loaded_after_the_closing_day(process_file, close, specialist, enroll):  # noqa: F811
    process_file(f"{CTE_HEADER}\n{NEW}\n", by=specialist, options=AT_ONCE)
    close()
    enroll()
    assert (WaitingRow.objects.get().state, CteRecord.objects.count()) == (WaitState.LOADED, 1)


def test_rows_of_a_closed_year_wait_until_it_is_reopened(process_file, close, year, specialist, work):  # noqa: F811
    upload = process_file(f"{CTE_HEADER}\n{NEW}\n", by=specialist, options=AT_ONCE)
    close()
    assert WaitingRow.objects.get().state == WaitState.WAITING
    close_year(year, by=None)
    assert load_waiting_rows(upload.pk) == []
    assert WaitingRow.objects.get().state == WaitState.WAITING
    reopen_year(year, reason="The enrollment comes late", by=None)
    work()
    assert WaitingRow.objects.get().state == WaitState.WAITING  # its enrollment has not arrived


def test_what_was_received_before_a_year_was_closed_is_loaded(send, year, specialist, administrator):
    upload = send(FILE, by=specialist)
    assert close_year(year, by=administrator) == OpenWork(busy_count=1, held_count=0, waiting_row_count=0)
    process(upload_id=upload.pk)
    assert reread(upload).state == State.FINISHED
    with pytest.raises(Conflict, match="was closed on"):
        undo(upload, by=specialist)
    with pytest.raises(Conflict, match="was closed on"):
        send(FILE, by=specialist)
    with pytest.raises(Conflict, match="closed already"):
        close_year(year, by=administrator)


def test_a_year_is_reopened_with_a_reason_and_what_was_closed_stays(send, close, year, specialist, administrator):
    close()
    with pytest.raises(Conflict, match="is not closed"):
        reopen_year(year, reason="Nothing", by=administrator)
    close_year(year, by=administrator)
    with pytest.raises(Refusal, match="needs a reason"):
        reopen_year(year, reason=" ", by=administrator)
    reopen_year(year, reason="An audit", by=administrator)
    with pytest.raises(Conflict, match="CTE for 2020-2021 closed on"):
        send(FILE, by=specialist)
    moves = list(year.moves.values_list("is_closed", "reason"))
    assert moves == [(True, ""), (False, "An audit")]
    acts = Event.objects.filter(act__startswith="school_year.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["school_year.closed", "school_year.reopened"]


def test_other_organizations_are_not_late_with_one(send, close, year, specialist):
    close()
    other = person(DataSpecialist, OTHER_SAU)
    CollectionWindow.objects.create(
        file_type="cte",
        school_year=year,
        organization_id=OTHER_SAU,
        opens=timezone.localdate(),
        due=timezone.localdate(),
        closes=timezone.localdate(),
    )
    assert send(FILE, by=other, organization_id=OTHER_SAU).state == State.WAITING
    with pytest.raises(Conflict):
        send(FILE, by=specialist)
