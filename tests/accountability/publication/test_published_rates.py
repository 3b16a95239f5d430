"""Rates of indicators and participation are published through the guard, and an attack on them finds nobody."""

import csv
import io
import random
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from tools.attack_guard import View, leaks_of

from tests.accountability.conftest import approved
from tidegate.accountability.definitions.definition import Definition, find_definitions
from tidegate.accountability.guard.hide import Guarded
from tidegate.accountability.guard.rates import MET
from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.models import Publication, Snapshot
from tidegate.accountability.outputs.counts import refuse_unknown_reports
from tidegate.accountability.periods.period import Period, find_period, find_periods
from tidegate.accountability.periods.publication_settings import PublicationSettings, check_publication, has_circle
from tidegate.accountability.publication import publish
from tidegate.accountability.publication.document import published_reports
from tidegate.accountability.publication.exact_counts import count_exactly
from tidegate.accountability.publication.publish import preview_publication, publish_snapshot
from tidegate.accountability.publication.rates import add_up_rates
from tidegate.accountability.publication.read import newer_one, publication_csv
from tidegate.accountability.publication.same_count import published_before
from tidegate.accountability.reports.participation import Participation, participation_tables
from tidegate.core.errors import BrokenState, Conflict
from tidegate.core.layouts.toml_lines import BrokenSetting
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord

YEAR, PEOPLE = 2020, 420
PROGRAMS = {"01.0205": 0.5, "43.0103": 0.02, "47.0604": 0.97, "12.0503": 0.3, "51.3801": 0.0}
"""Each program with the chance that a graduate of it has earned credits."""
CENTERS = (1002, 2002, 3002, 4002)
BY = ("school", "program")
PARTICIPATION = {"participation": ("school by measure", "program by measure", "gender by measure")}


def fill(seed: int = 1) -> None:
    """Fill the database with students who graduate, at schools and in programs of very different success."""
    rng = random.Random(seed)
    SchoolYear.objects.create(first=YEAR, name=f"{YEAR}-{YEAR + 1}")
    Code.objects.bulk_create(Code(list_name="cte_codes", code=code, title=f"Program {code}") for code in PROGRAMS)
    for sau in (1000, 2000, 3000, 4000):
        parent = Organization.objects.create(id=sau, name=f"District {sau}", kind="SAU")
        Organization.objects.create(id=sau + 1, name=f"High {sau}", kind="School", parent=parent)
        Organization.objects.create(id=sau + 2, name=f"Center {sau}", kind="CTE School", parent=parent)
    numbers = [f"9000{number:05d}" for number in range(PEOPLE)]
    Student.objects.bulk_create(Student(number=number) for number in numbers)
    StudentVersion.objects.bulk_create(
        StudentVersion(student_id=number, last_name="A", gender=rng.choice("FM")) for number in numbers
    )
    enrollments, lines = [], []
    for number in numbers:
        center = rng.choices(CENTERS, (9, 6, 3, 1))[0]
        of = {"student_id": number, "school_year_id": YEAR, "sau_id": center - 2}
        dated = {"entry_date": date(YEAR, 9, 1), "start_status": "02"}
        exits = {"exit_date": date(2021, 6, 11), "exit_type": "15"} if rng.random() < 0.8 else {}
        enrollments += [
            Enrollment(**of, **dated, **exits, school_id=center - 1, enrollment_type="P"),
            Enrollment(**of, **dated, school_id=center, enrollment_type="C"),
        ]
        for code in set(rng.choices([*PROGRAMS], (8, 6, 5, 2, 1), k=rng.choice((0, 1, 1, 1, 2)))):
            earned = 3 if rng.random() < PROGRAMS[code] else None
            lines += [
                CteRecord(
                    **of, school_id=center, cte_code=code, credits_earned=1, postsecondary_credits=earned,
                    start_date=date(YEAR, 9, 2 + part),
                )
                for part in range(rng.choice((1, 2, 2, 2)))
            ]  # fmt: skip
    Enrollment.objects.bulk_create(enrollments)
    CteRecord.objects.bulk_create(lines)


@pytest.fixture(scope="module")
def filled(module_transaction):
    with module_transaction.unblock():
        fill()
        return approved("cte-year-end", YEAR).pk


@pytest.fixture
def snapshot(filled, db) -> Snapshot:
    return Snapshot.objects.select_related("school_year").get(pk=filled)


def seen_in(publication: Publication) -> View:
    """Return what a reader sees of 5S2, with the exact numbers for the hidden ones: what the attack takes."""
    (report, _) = published_reports(publication)
    tables = tuple((name,) for name in BY)
    indicator = find_indicators()["5S2"]
    exact = add_up_rates(indicator, publication.snapshot, tables, smallest=publication.smallest, edge=5).release
    hidden = {cell for table in report.tables for cell, number in table.cells().items() if number is None}
    withheld = {table.dimensions for table in report.tables if table.is_withheld}
    return View(exact, Guarded(hidden, withheld))


def rows_of(publication: Publication) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(publication_csv(publication)).decode())))


def test_published_rates_have_the_numbers_of_the_indicator(snapshot):
    indicator = find_indicators()["5S2"]
    total = next(iter(indicator.counts(snapshot)))
    release = add_up_rates(indicator, snapshot, (("school",), ("program",)), smallest=10, edge=5).release
    assert release.total == total.denominator > 200
    assert release.dimensions[MET]["yes"] == total.numerator > 50
    assert release.dimensions["program"]["+"] > 0, "Who is in two programs is counted once"


def test_an_attack_on_published_rates_finds_no_small_number(snapshot):
    published = publish_snapshot(snapshot, by=None)
    view = seen_in(published)
    assert published.hidden_count == len(view.guarded.hidden) > 10, "The count says nothing of how many are 0"
    assert published.number_count == sum(1 for _ in view.release.cells()) + len(view.release.coded_zeros())
    assert leaks_of(*view, smallest=10) == []
    told = {cell for cell in view.release.coded if len(cell) == 2} & view.guarded.hidden
    careless = Guarded(view.guarded.hidden - {min(told)}, view.guarded.withheld_tables)
    assert leaks_of(view.release, careless, smallest=10), "The attack finds what is given away"


def test_a_second_publication_of_rates_and_the_first_give_nothing_away(snapshot):
    first = seen_in(publish_snapshot(snapshot, by=None))
    late = CteRecord.objects.filter(postsecondary_credits=None, school_id=1002)[:6]
    CteRecord.objects.filter(pk__in=[each.pk for each in late]).update(postsecondary_credits=2)
    Snapshot.objects.filter(pk=snapshot.pk).update(state="open")
    second = seen_in(publish_snapshot(approved("cte-year-end", YEAR), by=None))
    assert leaks_of(*second, smallest=10, before=[first]) == []


def test_a_published_rate_shows_no_number_that_nobody_or_everybody_met(snapshot):
    published = publish_snapshot(snapshot, by=None)
    rows = [row for row in rows_of(published) if row["Report"] == "5S2"]
    shown = [int(row["Students"]) for row in rows if row["SecondKey"] and row["Students"]]
    assert shown
    assert min(shown) >= 10, "A 0 is hidden, too"
    coded = [row["Percent"] for row in rows if row["Percent"].startswith(("<", ">")) and not row["Students"]]
    assert coded, "Of a hidden number it is said that it is low or high"
    (nobody,) = [row for row in rows if (row["Key"], row["SecondKey"]) == ("43.0103", "yes")]
    assert nobody["Status"] == "hidden, may be 0"
    assert nobody["Percent"].startswith("< ")


def test_an_indicator_without_data_is_published_as_such(snapshot):
    (_, placement) = published_reports(publish_snapshot(snapshot, by=None))
    assert CteOutcome.objects.count() == 0
    assert (placement.slug, placement.tables) == ("3S1", ())


def test_participation_is_published_in_parts_that_add_up(snapshot, monkeypatch):
    period = find_period("cte-year-end")
    file = msgspec.structs.replace(period.file, publication=PublicationSettings(tables=PARTICIPATION))
    monkeypatch.setattr(publish, "find_period", lambda slug: replace(period, file=file))
    published = publish_snapshot(snapshot, by=None)
    (report,) = published_reports(published)
    named = tuple(tuple(name.split(" by ")) for name in PARTICIPATION["participation"])
    release = count_exactly(Participation(), snapshot, named).release
    (line,) = participation_tables(snapshot, definition(snapshot))[0].lines
    parts = release.dimensions["measure"]
    assert line.counts["enrolled"] == release.total
    assert line.counts["concentrators"] == parts["concentrators"] > 50
    assert line.counts["participants"] == parts["concentrators"] + parts["participants"]
    hidden = {cell for table in report.tables for cell, number in table.cells().items() if number is None}
    closed = {line for table in report.tables for line in table.closed()}
    withheld = {table.dimensions for table in report.tables if table.is_withheld}
    assert leaks_of(release, Guarded(hidden, withheld, closed=closed), smallest=10) == []


def test_the_published_file_has_the_totals_of_crossed_counts(snapshot, monkeypatch):
    period = find_period("cte-year-end")
    file = msgspec.structs.replace(period.file, publication=PublicationSettings(tables=PARTICIPATION))
    monkeypatch.setattr(publish, "find_period", lambda slug: replace(period, file=file))
    published = publish_snapshot(snapshot, by=None)
    (report,) = published_reports(published)
    rows = [row for row in rows_of(published) if not row["SecondBy"]]
    for table in report.tables:
        totals = [row["Students"] for row in rows if row["By"] == table.titles[0]]
        assert totals == ["" if number is None else str(number) for number in table.row_totals]
    measures = [row["Key"] for row in rows if row["By"] == "Participation"]
    assert sorted(measures) == ["concentrators", "enrolled", "participants"]
    assert [row["Students"] for row in rows if row["By"] == "All"] == ["420"]


def count_on(monkeypatch, day: str, **changed) -> None:
    """Let the period's file name another count day."""
    period = find_period("cte-year-end")
    file = msgspec.structs.replace(period.file, count_day=day, **changed)
    monkeypatch.setitem(find_periods(), period.slug, replace(period, file=file))


def taken_again(snapshot: Snapshot) -> Snapshot:
    Snapshot.objects.filter(pk=snapshot.pk).update(state="open")
    return approved("cte-year-end", YEAR)


def test_another_count_day_does_not_make_the_guard_forget(snapshot, monkeypatch):
    first = publish_snapshot(snapshot, by=None)
    late = CteRecord.objects.filter(postsecondary_credits=None, school_id=1002)[:6]
    CteRecord.objects.filter(pk__in=[each.pk for each in late]).update(postsecondary_credits=2)
    count_on(monkeypatch, "05-15")
    second = publish_snapshot(taken_again(snapshot), by=None)
    assert (first.snapshot.count_day, second.snapshot.count_day) == (date(2021, 6, 1), date(2021, 5, 15))
    assert leaks_of(*seen_in(second), smallest=10, before=[seen_in(first)]) == []
    (before, now) = (
        {tuple(row.values())[:7]: int(row["Students"]) for row in rows_of(each) if row["Students"]}
        for each in (first, second)
    )
    moved = {abs(before[of] - number) for of, number in now.items() if of in before}
    assert not moved & set(range(1, 10)), "Who is new in a group would show"
    assert newer_one(first) == second


def test_another_count_day_is_no_way_around_a_refusal(snapshot, monkeypatch):
    published = publish_snapshot(snapshot, by=None)
    count_on(monkeypatch, "05-15", publication=PublicationSettings(tables=PARTICIPATION))
    again = taken_again(snapshot)
    with pytest.raises(Conflict) as refused:
        publish_snapshot(again, by=None)
    assert refused.value.code == "ANOTHER_REPORT"
    assert refused.value.message.startswith(f"Publication {published.pk} shows 3S1 of the same students")


def test_participation_on_a_count_day_is_another_count_than_the_years(snapshot, monkeypatch):
    publish_snapshot(snapshot, by=None)
    named = find_definitions()
    text = named["2020-2021"].text.replace('base = "school-year"', 'base = "count-day"')
    monkeypatch.setitem(named, "2020-2021", Definition.read("2020-2021", text))
    count_on(monkeypatch, "05-15", publication=PublicationSettings(tables=PARTICIPATION))
    again = taken_again(snapshot)
    assert published_before(again, ["participation"]) == []
    assert len(published_before(again, ["5S2"])) == 1


def test_who_left_before_may_be_published_beside_this_years(snapshot, monkeypatch):
    publish_snapshot(snapshot, by=None)
    count_on(monkeypatch, "12-31", publication=PublicationSettings(tables={"3S1": ("school",)}))
    preview_publication(taken_again(snapshot), by=None)
    count_on(monkeypatch, "12-31", publication=PublicationSettings(tables={"5S3": ("school",)}))
    with pytest.raises(Conflict, match="shows 5S2 of the same students"):
        preview_publication(Snapshot.objects.latest("pk"), by=None)


def test_a_report_that_came_later_is_not_published_of_a_snapshot(snapshot, monkeypatch):
    count_on(monkeypatch, "06-01", publication=PublicationSettings(tables=PARTICIPATION))
    preview_publication(snapshot, by=None)
    snapshot.reports = ["lines-on-file"]
    with pytest.raises(Conflict) as refused:
        preview_publication(snapshot, by=None)
    assert refused.value.code == "LATER_REPORT"


def definition(snapshot: Snapshot):
    from tidegate.accountability.frozen_lines.definition import definition_of

    return definition_of(snapshot)


def test_another_report_of_the_same_students_is_refused(snapshot, monkeypatch):
    publish_snapshot(snapshot, by=None)
    period = find_period("cte-year-end")
    file = msgspec.structs.replace(period.file, publication=PublicationSettings(tables=PARTICIPATION))
    monkeypatch.setattr(publish, "find_period", lambda slug: replace(period, file=file))
    with pytest.raises(Conflict, match="of the same students, and together with another report"):
        publish_snapshot(snapshot, by=None)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"5S2": ("school by program",)}, "counted by one thing"),
        ({"5S2": ()}, "counted by nothing"),
        ({"5S2": ("school",), "participation": ("school",)}, "of one report, or of indicators alone"),
        ({"participation": ("school by grade", "grade by gender", "gender by school")}, "linked in a circle"),
    ],
)
def test_tables_that_cannot_be_kept_safe_together_are_refused(tables, said):
    with pytest.raises(BrokenSetting, match=said):
        check_publication(PublicationSettings(tables=tables), ("participation",))


@pytest.mark.parametrize(("codes", "said"), [(("5S1", "5S2"), "count the same students"), (("9S9",), "publishes 9S9")])
def test_indicators_that_cannot_be_published_are_refused_at_the_start(codes, said, monkeypatch):
    period = find_period("cte-year-end")
    settings = PublicationSettings(tables=dict.fromkeys(codes, ("school",)))
    broken = Period(period.slug, msgspec.structs.replace(period.file, publication=settings), "")
    monkeypatch.setattr("tidegate.accountability.outputs.counts.find_periods", lambda: {period.slug: broken})
    with pytest.raises(BrokenState, match=said):
        refuse_unknown_reports()


def test_tables_without_a_circle_are_let_be():
    assert not has_circle([("a", "b"), ("b", "c"), ("b", "a"), ("d",)])
    assert has_circle([("a", "b"), ("b", "c"), ("c", "a")])
