"""What a snapshot freezes stays as it was, whatever happens to the records afterwards."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from psycopg import sql

from tests.uploads.lifecycle.processing.test_process import CTE_HEADER, ENROLLMENT_HEADER
from tidegate.accountability.certification.verify_snapshot import verify_snapshot
from tidegate.accountability.frozen_lines.tables import frozen_tables, students_counted
from tidegate.accountability.models import FrozenLine, FrozenWarning, Snapshot
from tidegate.accountability.outputs.counts import counts_csv
from tidegate.accountability.periods.period import find_period, find_periods
from tidegate.accountability.snapshots.content import content_of, hash_of, hash_of_description, hash_of_found
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accountability.snapshots.verify import verify_lines
from tidegate.audit.models import Event
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, NotFound, Refusal
from tidegate.core.layouts.school_year import SchoolYear as Year
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.copy_rows import raw_cursor
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.retention import apply_retention

LINE = "1000,2001,900000001,1,01.0205,2020-09-02,,1.50,"
LATER = "1000,2001,900000001,1,43.0103,2020-09-02,,2.00,"
TOTAL = "student-count,All,,,,,2"


def file_of(*lines: str) -> str:
    return "\n".join([CTE_HEADER, *lines, ""])


def numbers(snapshot: Snapshot) -> list[str]:
    return b"".join(counts_csv(snapshot)).decode().splitlines()


def text_of(snapshot: Snapshot) -> bytes:
    return b"".join(content_of(snapshot))


@pytest.fixture
def loaded(process_file, specialist):
    """A CTE line on file."""
    return process_file(file_of(LINE), by=specialist)


def test_an_unchanged_state_has_the_same_hash_twice(loaded, take):
    first, second = take(), take()
    assert first.pk != second.pk
    assert first.sha256 == second.sha256 == hashlib.sha256(text_of(first)).hexdigest()


def test_a_state_that_an_undo_has_restored_has_the_same_hash(loaded, take, process_file, specialist):
    before = take()
    changed = process_file(file_of(LINE.replace("1.50", "2.50")), by=specialist)
    assert take().sha256 != before.sha256
    undo(changed, by=specialist)
    assert take().sha256 == before.sha256


def test_uploads_undos_renames_and_moves_change_no_number(loaded, take, process_file, specialist):
    snapshot = take()
    before, text = numbers(snapshot), text_of(snapshot)
    assert TOTAL in before
    process_file(file_of(LATER), by=specialist)
    undo(loaded, by=specialist)
    Organization.objects.filter(pk=2001).update(name="Renamed", parent_id=1000, kind="School")
    Code.objects.all().delete()
    StudentVersion.objects.update(gender="X", last_name="Otherwise")
    Enrollment.objects.all().delete()
    apply_retention()
    assert (numbers(snapshot), text_of(snapshot)) == (before, text)
    assert verify_snapshot(snapshot) == ""


def test_a_snapshot_keeps_its_reports_whatever_its_period_becomes(loaded, take, monkeypatch):
    snapshot = take()
    before, period = numbers(snapshot), find_period("cte-october-count")
    assert snapshot.reports == ["lines-on-file", "student-count"]
    for reports in (("lines-on-file",), ("lines-on-file", "student-count", "participation")):
        changed = replace(period, file=msgspec.structs.replace(period.file, reports=reports))
        monkeypatch.setitem(find_periods(), period.slug, changed)
        assert numbers(snapshot) == before
    snapshot.period = "a-file-of-another-name"
    assert numbers(snapshot) == before


def test_no_later_definition_counts_a_snapshot_of_an_older_release(loaded, take, monkeypatch):
    snapshot = take()
    before, period = numbers(snapshot), find_period("cte-october-count")
    snapshot.reports = None
    added = msgspec.structs.replace(period.file, reports=("lines-on-file", "student-count", "participation"))
    monkeypatch.setitem(find_periods(), period.slug, replace(period, file=added))
    assert numbers(snapshot) == before


def test_the_text_is_one_json_array_a_line_in_the_order_of_its_bytes(loaded, take):
    StudentVersion.objects.filter(student="900000001").update(last_name='É"\\\t\x7f/\u2028 ', first_name="")
    snapshot = take()
    lines = text_of(snapshot).decode().split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) == line
    heads = [place for place, line in enumerate(lines) if line.startswith('["table",')]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        own = [line.encode() for line in lines[start + 1 : end]]
        assert own == sorted(own)
    assert '["2020-2021","1000","2001","900000001","01.0205","2020-09-02",null,"1.5",null]' in lines


def test_cells_are_the_same_whatever_a_session_is_set_to(loaded):
    period, year = find_period("cte-october-count"), Year(2020)
    queries = [
        sql.SQL("WITH counted AS ({}) SELECT cells FROM ({}) t (name, cells, version) ORDER BY cells").format(
            students_counted(period, year), table.query
        )
        for table in frozen_tables(period, year)
    ]

    def cells() -> list[object]:
        with raw_cursor() as cursor:
            return [cursor.execute(query).fetchall() for query in queries]

    before = cells()
    assert len(before[0]) > 1
    with raw_cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'German, DMY'; SET LOCAL timezone = 'Asia/Tokyo'")
    assert cells() == before


def test_earlier_years_of_its_students_are_frozen_and_later_ones_are_not(loaded, take):
    usual = {"sau_id": 1000, "school_id": 2001, "cte_code": "01.0205", "credits_earned": 1}
    Student.objects.create(number="900000099")
    StudentVersion.objects.create(student_id="900000099", last_name="Before")
    for first, student in ((2019, "900000001"), (2021, "900000001"), (2019, "900000099")):
        SchoolYear.objects.get_or_create(first=first, name=f"{first}-{first + 1}")
        CteRecord.objects.create(student_id=student, school_year_id=first, start_date=date(first, 9, 1), **usual)
    frozen = FrozenLine.objects.filter(snapshot=take(), table_name="cte_records")
    assert sorted(line.cells[0] for line in frozen) == ["2019-2020", "2020-2021"]


def test_comments_and_local_numbers_are_not_frozen(loaded, take):
    Enrollment.objects.update(comments="Something about a child", school_student_id="LOCAL77")
    text = text_of(take()).decode()
    assert "Something about a child" not in text
    assert "LOCAL77" not in text


def test_an_altered_line_is_found(loaded, take):
    snapshot, other = take(), take()
    line = FrozenLine.objects.filter(snapshot=snapshot, table_name="cte_records").get()
    line.cells[7] = "9.5"
    line.save()
    assert verify_snapshot(snapshot) == (
        f"Snapshot {snapshot.pk} is not what was frozen: a line of it, its head or its hash was altered"
    )
    assert verify_snapshot(other) == ""
    snapshot.sha256 = hash_of(snapshot)
    snapshot.save()
    assert verify_snapshot(snapshot) == (
        f"Snapshot {snapshot.pk} has another hash than the audit log noted when it was taken"
    )


def read_the_district_as_the_school(lines) -> None:
    taken = Snapshot.objects.get()
    for table in taken.tables:
        table.update({"school": "sau"} if "school" in table else {})
    taken.save()


@pytest.mark.parametrize(
    "alter",
    [
        lambda lines: lines.first().delete(),
        lambda lines: FrozenLine.objects.create(**{**lines.values().first(), "id": None}),
        lambda lines: lines.filter(table_name="organizations").update(cells=["1"]),
        lambda lines: Snapshot.objects.update(count_day="2020-10-02"),
        lambda lines: Snapshot.objects.update(digests={}),
        lambda lines: Snapshot.objects.update(sha256="0" * 64),
        lambda lines: lines.filter(table_name="codes").update(table_name="students"),
        lambda lines: Snapshot.objects.update(reports=["lines-on-file"]),
        read_the_district_as_the_school,
    ],
)
def test_whatever_is_altered_is_found(loaded, take, alter):
    taken = take()
    alter(FrozenLine.objects.filter(snapshot=taken))
    assert "is not what was frozen" in verify_snapshot(Snapshot.objects.get(pk=taken.pk))


def test_what_an_older_release_found_is_not_compared(loaded, take):
    head = {each: getattr(take(), each) for each in ("period", "title", "school_year", "count_day", "app_version")}
    older = Snapshot.objects.create(**head)
    older.sha256 = hash_of(older)
    older.save()
    record_event("snapshot.taken", by=None, subject=older, sha256=older.sha256)
    FrozenWarning.objects.create(snapshot=older, file_type="cte", version_id=1, code="CTE304", identifier="1000")
    assert verify_lines(older) == ""


def test_taking_leaves_an_event_with_all_hashes(loaded, take):
    taken = take()
    event = Event.objects.get(act="snapshot.taken")
    hashes = {"sha256": taken.sha256, "found_sha256": hash_of_found(taken)}
    hashes["description_sha256"] = hash_of_description(taken)
    assert event.details == {"period": "cte-october-count", **hashes}
    assert (event.subject_kind, event.subject_id) == ("snapshot", str(taken.pk))


@pytest.mark.parametrize("day", [date(2020, 9, 30), date(2020, 7, 1), date(2019, 12, 1)])
def test_before_the_window_opens_no_snapshot_is_taken(state, take, day):
    with pytest.raises(Conflict) as refused:
        take(on=day)
    assert refused.value.message == (
        f"CTE October Student Count of 2020-2021 is open from 2020-10-01 on, and today is {day}"
    )
    assert not Snapshot.objects.exists()


def test_an_unknown_period_is_refused_with_the_names_of_those_there_are(state):
    with pytest.raises(NotFound) as refused:
        find_period("cte-november-count")
    assert (refused.value.message, refused.value.fix) == (
        "There is no such period",
        "Choose one of: cte-october-count, cte-year-end",
    )


def test_who_sends_files_takes_no_snapshot(loaded, take, specialist):
    with pytest.raises(Refusal) as refused:
        take(by=specialist)
    assert refused.value.message == "Your role does not allow you to take and review snapshots"


def test_an_enrollment_that_ends_on_the_count_day_is_not_counted(loaded, take, process_file, other_specialist):
    ends = "2000,2001,900000001,1,C,11,2020-09-01,02,1000,,{day},02,"
    for day, count in (("2020-10-02", 2), ("2020-10-01", 1)):
        lines = "\n".join([ENROLLMENT_HEADER, ends.format(day=day), ""])
        sent = process_file(lines, by=other_specialist, organization_id=2000, file_type="student-enrollment")
        assert sent.success_count == 1
        assert f"student-count,All,,,,,{count}" in numbers(take())


def test_a_snapshot_of_a_state_without_lines_is_empty_and_whole(state, take):
    Enrollment.objects.all().delete()
    taken = take()
    assert "student-count,All,,,,,0" in numbers(taken)
    assert verify_snapshot(taken) == ""


def test_two_periods_of_a_year_do_not_share_a_window(state):
    period, year = find_period("cte-october-count"), SchoolYear.objects.get(first=2020)
    assert take_snapshot(period, year, by=None, on=date(2020, 10, 1)).count_day == date(2020, 10, 1)
