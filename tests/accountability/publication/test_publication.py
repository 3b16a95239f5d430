"""Publication: what everybody sees of a snapshot goes through the guard, adds up, and is never taken back."""

import csv
import io
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import msgspec
import pytest
from django.db import connection
from tools.attack_guard import leaks_of

from tests.accountability.conftest import approved
from tidegate.accountability.guard.hide import Guarded
from tidegate.accountability.guard.release import Release, TwoWayTable
from tidegate.accountability.models import Publication, Snapshot, SnapshotMove
from tidegate.accountability.periods.period import find_period, find_periods
from tidegate.accountability.publication.describe_hidden import describe_hidden
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.draft import draw_up
from tidegate.accountability.publication.exact_counts import count_exactly
from tidegate.accountability.publication.publish import preview_publication, publish_snapshot
from tidegate.accountability.publication.read import newer_one, publication_csv
from tidegate.accountability.publication.same_count import published_before
from tidegate.accountability.reports.student_count import StudentCount
from tidegate.accounts.models import Person
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteRecord

PROGRAMS = ("01.0205", "43.0103", "47.0604", "12.0503")
CENTERS = (1002, 2002, 3002, 4002)
TABLES = (("school",), ("program",), ("school", "program"), ("school", "grade"))


def fill(seed: int = 1, *, people: int = 260) -> None:
    """Fill the database with a small state in which some students are in two programs, and some at two centers."""
    rng = random.Random(seed)
    SchoolYear.objects.create(first=2020, name="2020-2021")
    Code.objects.bulk_create(Code(list_name="cte_codes", code=code, title=f"Program {code}") for code in PROGRAMS)
    for sau in (1000, 2000, 3000, 4000):
        parent = Organization.objects.create(id=sau, name=f"District {sau}", kind="SAU")
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
    numbers = [f"9000{number:05d}" for number in range(people)]
    Student.objects.bulk_create(Student(number=number) for number in numbers)
    StudentVersion.objects.bulk_create(
        StudentVersion(student_id=number, last_name="A", gender=rng.choice("FFMMMX")) for number in numbers
    )
    enrollments, lines = [], []
    for number in numbers:
        centers = rng.choices(CENTERS, (9, 6, 3, 1), k=rng.choice((1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)))
        grade = rng.choices(("09", "10", "11", "12"), (1, 3, 6, 6))[0]
        for center in set(centers):
            of = {"student_id": number, "school_year_id": 2020, "school_id": center, "sau_id": center - 2}
            enrollments.append(
                Enrollment(**of, enrollment_type="C", grade_level=grade, entry_date="2020-09-01", start_status="02")
            )
            codes = set(rng.choices(PROGRAMS, (8, 5, 3, 1), k=rng.choice((0, 1, 1, 1, 1, 2))))
            lines += [CteRecord(**of, cte_code=code, start_date="2020-09-02", credits_earned=1) for code in codes]
    Enrollment.objects.bulk_create(enrollments)
    CteRecord.objects.bulk_create(lines)


@pytest.fixture(scope="module")
def filled(module_transaction):
    with module_transaction.unblock():
        fill()
        return approved().pk


@pytest.fixture
def snapshot(filled, db) -> Snapshot:
    return Snapshot.objects.select_related("school_year").get(pk=filled)


def seen_in(publication: Publication) -> tuple[Release, Guarded]:
    """Return what a reader of the CSV file sees, with the exact numbers for the hidden ones: what the attack takes."""
    exact = dict(count_exactly(StudentCount(), publication.snapshot, all_tables(publication)).release.cells())
    tables = [table for report in published_reports(publication) for table in report.tables if not table.is_withheld]
    dimensions: dict = {}
    crossed, hidden, closed = [], set(), set()
    for table in tables:
        closed |= table.closed()
        for cell, number in table.cells().items():
            count = exact.get(cell, 0) if number is None else number
            if number is None:
                hidden.add(cell)
            if len(cell) == 1:
                dimensions.setdefault(cell[0][0], {})[cell[0][1]] = count
        if table.is_crossed:
            inner = {(cell[0][1], cell[1][1]): exact.get(cell, 0) for cell in table.cells() if len(cell) == 2}
            crossed.append(TwoWayTable(*table.dimensions, inner))
    return Release(dimensions, tuple(crossed)), Guarded(hidden, closed=closed)


def all_tables(publication: Publication):
    return tuple(table.dimensions for report in published_reports(publication) for table in report.tables)


def rows_of(publication: Publication) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(publication_csv(publication)).decode())))


def test_each_student_is_counted_once_in_every_published_table(snapshot):
    release = count_exactly(StudentCount(), snapshot, TABLES).release
    assert release.total == 260
    assert release.dimensions["program"]["+"] > 0, "Who is in two programs has a row of their own"
    assert release.dimensions["school"]["+"] > 0
    assert {table.name for table in release.tables} == {("school", "program"), ("school", "grade")}


def test_an_attack_on_the_published_file_finds_no_small_number(snapshot):
    published = publish_snapshot(snapshot, by=None)
    release, guarded = seen_in(published)
    assert published.hidden_count > 20
    assert leaks_of(release, guarded, smallest=published.smallest) == []
    rows = rows_of(published)
    assert Counter(row["Status"] for row in rows)["shown"] > 10
    assert all(row["Students"] == "" and row["Percent"] == "" for row in rows if row["Status"] != "shown")
    shown = [int(row["Students"]) for row in rows if row["Status"] == "shown"]
    assert not [number for number in shown if 0 < number < published.smallest]


def test_the_published_file_has_each_total_once(snapshot):
    published = publish_snapshot(snapshot, by=None)
    rows = rows_of(published)
    of = [(row["By"], row["Key"], row["SecondBy"], row["SecondKey"]) for row in rows]
    assert len(of) == len(set(of))
    (total,) = [row["Students"] for row in rows if row["By"] == "All"]
    assert total == "260"
    told = {(row["By"], row["Key"].lstrip("'")): row["Students"] for row in rows if not row["SecondBy"]}
    for table in (each for report in published_reports(published) for each in report.tables if each.is_crossed):
        margins = [
            *zip(table.rows, table.row_totals, strict=True),
            *zip(table.columns, table.column_totals, strict=True),
        ]
        titles = [table.titles[0]] * len(table.rows) + [table.titles[1]] * len(table.columns)
        for title, ((key, _), number) in zip(titles, margins, strict=True):
            assert told[title, key] == ("" if number is None else str(number)), "A hidden total stays hidden"


def test_the_published_file_names_the_tables_that_are_left_out(snapshot, monkeypatch):
    from tidegate.accountability.publication import exact_counts

    monkeypatch.setattr(exact_counts, "deduplicated_counts", lambda report, found, tables: report.tables(found))
    rows = rows_of(publish_snapshot(snapshot, by=None))
    left_out = [row["By"] for row in rows if row["Status"] == "left out"]
    assert {"Program", "CTE School by Program"} <= set(left_out)


def test_a_corrected_count_and_the_first_one_give_nothing_away_together(snapshot):
    first = publish_snapshot(snapshot, by=None)
    for enrollment in Enrollment.objects.filter(school_id=2002).order_by("student_id")[:7]:
        Enrollment.objects.filter(pk=enrollment.pk).delete()
    Snapshot.objects.filter(pk=snapshot.pk).update(state="open")
    second = publish_snapshot(approved(), by=None)
    before, (release, guarded) = seen_in(first), seen_in(second)
    from tools.attack_guard import View

    assert leaks_of(release, guarded, smallest=second.smallest, before=[View(*before)]) == []
    moved = {(row["Key"], row["SecondKey"], row["By"], row["SecondBy"]): row["Students"] for row in rows_of(first)}
    for row in rows_of(second):
        was = moved.get((row["Key"], row["SecondKey"], row["By"], row["SecondBy"]), "")
        if was and row["Students"] and row["By"] != "All":  # the total is of nobody in particular
            change = abs(int(was) - int(row["Students"]))
            assert change == 0 or change >= second.smallest, row


def test_student_counts_of_two_days_are_two_counts(snapshot, monkeypatch):
    first = publish_snapshot(snapshot, by=None)
    period = find_period("cte-october-count")
    other = replace(period, file=msgspec.structs.replace(period.file, count_day="10-15"))
    monkeypatch.setitem(find_periods(), period.slug, other)
    Snapshot.objects.filter(pk=snapshot.pk).update(state="open")
    again = approved()
    assert published_before(again, ["student-count"]) == []
    publish_snapshot(again, by=None)
    assert newer_one(first) is None


def test_what_was_published_once_is_not_published_again(snapshot):
    published = publish_snapshot(snapshot, by=None)
    with pytest.raises(Conflict, match=f"as publication {published.pk}"):
        publish_snapshot(snapshot, by=None)


def test_a_publication_excludes_that_of_an_older_release(snapshot):
    publish_snapshot(snapshot, by=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 0) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            ["publication 2020-2021 2020-10-01"],  # its lock; it is held until the transaction ends
        )
        assert (True,) in cursor.fetchall()


def test_publishing_is_an_act_of_the_state_and_on_record(snapshot):
    with pytest.raises(NotAllowed, match="publish counts"):
        publish_snapshot(snapshot, by=Person.objects.create_user("a@example.org", "a long password", name="A"))
    published = publish_snapshot(snapshot, by=None)
    event = Event.objects.get(act="snapshot.published")
    assert event.details["publication"] == published.pk
    assert event.details["sha256"] == published.sha256


def test_only_an_approved_count_is_published(snapshot):
    for state in ("snapshot", "certified", "open"):
        Snapshot.objects.filter(pk=snapshot.pk).update(state=state)
        with pytest.raises(Conflict):
            preview_publication(Snapshot.objects.get(pk=snapshot.pk), by=None)


def publish_before_signing(monkeypatch) -> None:
    period = find_period("cte-october-count")
    early = msgspec.structs.replace(period.file.publication, before_signing=True)
    monkeypatch.setitem(
        find_periods(), period.slug, replace(period, file=msgspec.structs.replace(period.file, publication=early))
    )


def standing_in(publication: Publication) -> set[str]:
    return {row["Count"] for row in rows_of(Publication.objects.get(pk=publication.pk))}


def move(snapshot: Snapshot, state: str) -> Snapshot:
    Snapshot.objects.filter(pk=snapshot.pk).update(state=state)
    return Snapshot.objects.get(pk=snapshot.pk)


def test_a_publication_says_how_to_take_its_numbers(snapshot, monkeypatch):
    publish_before_signing(monkeypatch)
    early = publish_snapshot(move(snapshot, "reviewed"), by=None)
    with pytest.raises(Conflict, match="published already"):
        publish_snapshot(move(snapshot, "certified"), by=None)
    again = publish_snapshot(move(snapshot, "approved"), by=None)
    assert again.sha256 == early.sha256
    assert [standing_in(each) for each in (early, again)] == [{"preliminary"}, {"approved"}]
    move(snapshot, "open")
    assert [standing_in(each) for each in (early, again)] == [{"revoked"}] * 2


def test_an_older_snapshot_is_not_published_after_a_newer_one(snapshot, monkeypatch):
    publish_before_signing(monkeypatch)
    older = move(snapshot, "reviewed")
    published = publish_snapshot(approved(), by=None)
    with pytest.raises(Conflict, match=f"Snapshot {published.snapshot_id} was taken since") as refused:
        publish_snapshot(older, by=None)
    assert refused.value.code == "NOT_NEWEST"
    an_older_release = {"document": published.document, "smallest": 10, "edge_percent": 5, "sha256": ""}
    counts = dict.fromkeys(("number_count", "hidden_count", "withheld_count"), 0)
    of_older = Publication.objects.create(snapshot=older, **an_older_release, **counts)
    assert (newer_one(published), newer_one(of_older)) == (None, published)


def test_what_an_older_release_published_says_how_far_it_was(snapshot):
    published = publish_snapshot(snapshot, by=None)
    noted = import_module("tidegate.accountability.migrations.0012_state_at_publication").NOTE_STATES_OF_BEFORE
    states = []
    for to_state, days in (("", 0), ("reviewed", 2), ("certified", 1), ("open", -1)):
        if to_state:
            at = published.published_at - timedelta(days=days)
            of = {"from_state": "snapshot", "to_state": to_state, "reason": "Wrong"}
            SnapshotMove.objects.create(snapshot=snapshot, at=at, **of)
        with connection.cursor() as cursor:
            cursor.execute(noted)
        states.append(Publication.objects.get().snapshot_state)
    assert states == ["snapshot", "reviewed", "certified", "certified"]


def test_a_preview_says_how_much_is_hidden_and_publishes_nothing(snapshot):
    _, draft = preview_publication(snapshot, by=None)
    assert describe_hidden(draft).startswith(f"{draft.hidden_count} of {draft.number_count} numbers are hidden")
    assert not Publication.objects.exists()


def test_what_is_published_stays_as_it_was_whatever_is_counted_later(snapshot):
    published = publish_snapshot(snapshot, by=None)
    before = b"".join(publication_csv(published))
    Organization.objects.filter(pk=1002).update(name="Renamed")
    Enrollment.objects.all().delete()
    assert b"".join(publication_csv(Publication.objects.get(pk=published.pk))) == before


def test_a_dimension_whose_numbers_do_not_add_up_is_left_out_and_named(snapshot, monkeypatch):
    from tidegate.accountability.publication import exact_counts

    monkeypatch.setattr(exact_counts, "deduplicated_counts", lambda report, found, tables: report.tables(found))
    settings = find_period("cte-october-count").file.publication
    (report,) = draw_up(snapshot, settings).reports
    assert "Program" in report.left_out
    assert "CTE School by Program" in report.left_out
