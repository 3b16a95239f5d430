"""The amounts of old EDFacts files from a snapshot: those of a plain count, or refused with the reason."""

from collections import Counter
from datetime import date
from itertools import cycle

import pytest

from tests.accountability.department.test_edfacts import HEAD
from tests.accountability.indicators.test_indicators import PLACED, PROGRAMS, YEAR, Plain
from tidegate.accountability.definitions.definition import find_definition
from tidegate.accountability.department.edfacts.amounts import read_amounts
from tidegate.accountability.department.edfacts.fixed_file import read_file, write_file
from tidegate.accountability.department.edfacts.make import MADE, make_amounts
from tidegate.accountability.department.edfacts.profile import find_profile
from tidegate.accountability.department.forms import forms_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accounts.models import Person
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, NotAllowed, Refusal
from tidegate.records.models import Enrollment
from tidegate.reference.models import SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord, StudentInformation


@pytest.fixture
def state(db) -> Plain:
    """A random state in which nobody has a gender that the files have no code for, and who left is a concentrator."""
    found = Plain(5)
    StudentInformation.objects.filter(gender="X").update(gender="F")
    for years in found.said.values():
        years |= {year: ("F", *said[1:]) for year, said in years.items() if said[0] == "X"}
    answers = cycle(("POSTSEC", "NOTPLACED", "EMPLOYMENT", "UNKNOWN", ""))
    for number, enrolled in found.enrolled.items():
        year, left_on, exit_type, sau = enrolled[-1]
        at_center = {"sau_id": 1000, "school_id": 1002, "enrollment_type": "C", "entry_date": date(year, 9, 1)}
        Enrollment.objects.create(student_id=number, school_year_id=year, **at_center)
        if left_on is not None and left_on.year == YEAR and exit_type != "03":
            of = {"student_id": number, "sau_id": sau, "school_id": 1002, "cte_code": PROGRAMS[0]}
            for _ in range(2):
                CteRecord.objects.create(**of, school_year_id=year, start_date=date(year, 9, 2), credits_earned=1)
                found.lines[number].append((year, "1002", PROGRAMS[0], 1, None))
            CteOutcome.objects.create(**of, school_year_id=YEAR, placement=next(answers))
    return found


def take() -> Snapshot:
    year = SchoolYear.objects.get(first=YEAR)
    return take_snapshot(find_period("cte-year-end"), year, by=None, on=date(2021, 6, 20))


def made(file: str, snapshot: Snapshot, **more) -> dict[tuple, int]:
    usual = {"by": None} | more
    text = make_amounts(snapshot, find_profile(file), **usual).content.decode()
    return {each[:3]: each.students for each in read_amounts(find_profile(file), text)}


def answers_of(state: Plain) -> dict[str, set[str]]:
    """Return what those who are asked for their placement have answered in their programs."""
    file = find_definition("2020-2021").file
    asked = {number: programs for number in state.gender if (programs := state.base("3S1", number, file))}
    said = CteOutcome.objects.filter(school_year=YEAR).values_list("student_id", "cte_code", "placement")
    return {
        number: {answer for of, code, answer in said if of == number and code in programs and answer}
        for number, programs in asked.items()
    }


def test_nothing_is_made_of_altered_lines(state):
    snapshot = take()
    snapshot.lines.filter(table_name="students").first().delete()
    with pytest.raises(Conflict) as refused:
        made("158", snapshot)
    assert refused.value.code == "ALTERED"


def test_placements_are_those_of_a_plain_count_and_written(state):
    expected: Counter = Counter()
    for number, answers in answers_of(state).items():
        outcome = "PLACED" if answers & PLACED else "NOTPLACED" if "NOTPLACED" in answers else "MISSING"
        expected[(outcome,), "", ""] += 1
        expected[(outcome,), "GenderID", state._sex(number) or "MISSING"] += 1
    assert {outcome for (outcome, *_) in expected} == {("PLACED",), ("NOTPLACED",), ("MISSING",)}
    snapshot = take()
    found = made("158", snapshot)
    assert {key: count for key, count in found.items() if key[1] in ("", "GenderID") and count} == expected
    details = Event.objects.get(act=MADE).details
    assert (details["file"], details["snapshot_sha256"]) == ("158", snapshot.sha256)
    profile = find_profile("158")
    amounts = read_amounts(profile, make_amounts(snapshot, profile, by=None).content.decode())
    assert read_file(profile, write_file(profile, HEAD, amounts)).problems == []


def test_types_of_placement_add_up_or_are_refused_with_the_difference(state):
    CteOutcome.objects.filter(placement="SERVICE").update(placement="EMPLOYMENT")
    answers = answers_of(state)
    while several := next((number for number, said in answers.items() if len(said & PLACED) > 1), None):
        CteOutcome.objects.filter(student_id=several).update(placement="POSTSEC")
        answers = answers_of(state)
    expected = Counter(("PlacementTypeID", answer) for said in answers.values() for answer in said & PLACED)
    total = sum(expected.values())
    found = made("169", take())
    assert found == {((), *key): expected[key] for key in [*expected]} | {((), "", ""): total} | {
        key: 0 for key, count in found.items() if not count
    }
    one = next(number for number, said in answers.items() if said & PLACED)
    CteOutcome.objects.filter(student_id=one).update(placement="SERVICE")
    with pytest.raises(Refusal, match=f"the parts add up to {total - 1}, and the total is {total}"):
        made("169", take())


def test_participants_are_those_of_the_workbook_and_cannot_be_written(state):
    snapshot = take()
    found = made("209", snapshot)
    form = next(forms_of(snapshot))
    assert found[(), "", ""] == form.total.denominator > 5
    sexes = {(part.key or "MISSING"): part.denominator for part in form.categories[0].parts}
    assert {value: count for (_, column, value), count in found.items() if column == "GenderID"} == sexes
    profile = find_profile("209")
    amounts = read_amounts(profile, make_amounts(snapshot, profile, by=None).content.decode())
    with pytest.raises(Refusal, match="no source gives the abbreviation"):
        write_file(profile, HEAD, amounts)


def test_what_a_snapshot_cannot_say_is_refused_with_the_reason(state):
    snapshot = take()
    for file, said in (("142", "state's tests"), ("154", "feeds file 154"), ("156", "no list of non-traditional")):
        with pytest.raises(Refusal, match=said):
            made(file, snapshot)
    StudentInformation.objects.filter(gender="F").update(gender="X")
    with pytest.raises(Refusal, match='"X", for which file 209 has no code under GenderID'):
        made("209", take())
    snapshot.school_year.name = "2026-2027"
    with pytest.raises(Refusal, match="was collected of the school years 2019-2020 to 2020-2021"):
        made("209", snapshot)
    with pytest.raises(NotAllowed, match="make files for the Department"):
        made("209", snapshot, by=Person.objects.create_user("a@example.org", name="A"))
    assert not Event.objects.filter(act=MADE).exists()
