"""Student Information and CTE Outcome: three values in exports too, and undo, recheck and reconcile as for CTE."""

import csv
from datetime import date

import pytest

from tests.uploads.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    director,
    imported,
    process_file,
    send,
    specialist,
    state,
)
from tests.uploads.lifecycle.exports.test_export_records import asked_for
from tests.uploads.lifecycle.processing.test_process import CTE_HEADER
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.overview.follow_up import count_follow_ups, find_follow_ups
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.records.state_hash import state_hash
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Code, SchoolYear
from tidegate.states.maine.models import CteOutcome, CteRecord, StudentInformation
from tidegate.uploads.history.line_columns import columns_of
from tidegate.uploads.lifecycle.decisions.undo import undo
from tidegate.uploads.lifecycle.exports.export_records import export_records
from tidegate.uploads.lifecycle.exports.reconcile import reconcile
from tidegate.uploads.models import Misfit
from tidegate.uploads.rechecks.recheck import recheck

INFORMATION = ",".join(find("student-information").layout.columns)
OUTCOME = ",".join(find("cte-outcome").layout.columns)
ONE = "1000,900000001,1,Sample1,Student,,2004-01-15,F,WH7,NONE,Y,N,,N,N,N,N,N,N"
LINE = "1000,2001,900000001,1,01.0205,2020-09-02,,1.50,3.00"
ANSWER = "1000,2001,900000077,,01.0205,,,,EMPLOYMENT"
ATTAINED = "1000,2001,900000001,1,01.0205,CDA,2021-05-20,PaidInternship,"


@pytest.fixture
def load(process_file, specialist):  # noqa: F811 - the fixture above
    """Load a file of some lines."""

    def load_lines(file_type, header, *lines):
        return process_file("\n".join([header, *lines, ""]), by=specialist, file_type=file_type)

    return load_lines


@pytest.fixture
def attained(load):
    """A CTE line on file, and the outcome that rests on it."""
    Code.objects.create(list_name="credential_codes", code="CDA", title="Child development associate")
    program = load("cte", CTE_HEADER, LINE)
    return program, load("cte-outcome", OUTCOME, ATTAINED)


def test_yes_no_and_missing_are_three_values_wherever_they_are(load, tmp_path):
    load("student-information", INFORMATION, ONE)
    line = StudentInformation.objects.get()
    populations = (line.economically_disadvantaged, line.nontraditional_field, line.single_parent)
    assert populations == ("Y", "N", "")
    shown = {column.title: column.text_of(line) for column in columns_of(lines_of(find("student-information")))}
    titles = ("economically disadvantaged", "non-traditional field", "single parent")
    assert [shown[title] for title in titles] == ["Yes", "No", "Missing"]
    export_records(tmp_path, asked_for(1000))
    (row,) = csv.DictReader((tmp_path / "student_information.csv").read_text("utf-8-sig").splitlines())
    assert (row["EconomicallyDisadvantaged"], row["NontraditionalField"], row["SingleParent"]) == ("Y", "N", "")


def test_sent_again_it_changes_nothing_and_another_line_replaces(load, tmp_path):
    load("student-information", INFORMATION, ONE)
    before = state_hash()
    load("student-information", INFORMATION, ONE)
    assert state_hash() == before
    changed = load("student-information", INFORMATION, ONE.replace("WH7", "AS7"))
    assert StudentInformation.objects.get(replaced_at=None).race_ethnicity == "AS7"
    path = tmp_path / "other.csv"
    path.write_text(f"{INFORMATION}\n{ONE}\n")
    (found,) = reconcile(path, find("student-information"), asked_for(1000))
    assert [cell.column for cell in found.cells] == ["RaceEthnicity"]
    undo(changed, by=changed.sent_by)
    assert state_hash() == before


def test_information_no_longer_fits_when_the_student_has_left(load):
    load("student-information", INFORMATION, ONE)
    Enrollment.objects.filter(student_id="900000001").update(sau_id=2000)
    recheck()
    assert Misfit.objects.filter(file_type="student-information", code="INF501").count() == 1


def test_an_outcome_waits_for_the_line_of_its_program(load):
    Code.objects.create(list_name="credential_codes", code="CDA", title="Child development associate")
    assert load("cte-outcome", OUTCOME, ATTAINED).error_count == 1
    load("cte", CTE_HEADER, LINE)
    assert load("cte-outcome", OUTCOME, ATTAINED).success_count == 1
    line = CteOutcome.objects.get()
    assert (line.credential, line.work_based_learning, line.placement) == ("CDA", "PaidInternship", "")


def test_an_answer_for_a_code_that_has_ended_is_loaded(load):
    add_leaver(2020, date(2020, 10, 9), line_year=2019)
    Code.objects.filter(list_name="cte_codes", code="01.0205").update(last_year=2019)
    assert len(find_follow_ups([2001], SchoolYear.objects.get(first=2020))) == 1
    assert load("cte-outcome", OUTCOME, ANSWER).success_count == 1
    assert load("cte", CTE_HEADER, LINE).success_count == 0


@pytest.mark.parametrize(("line_year", "is_asked"), [(2015, True), (2008, True), (2007, False)])
def test_who_is_asked_can_be_answered_for(load, line_year, is_asked):
    add_leaver(2020, date(2020, 10, 9), line_year=line_year)
    assert len(find_follow_ups([2001], SchoolYear.objects.get(first=2020))) == is_asked
    assert load("cte-outcome", OUTCOME, ANSWER).success_count == is_asked


@pytest.mark.parametrize(
    ("year", "left_on", "why"),
    [
        (2019, date(2020, 6, 12), ""),
        (2018, date(2019, 6, 12), "it is asked from 2019-10-01 to 2019-12-31, in 2019-2020"),
        (2017, date(2018, 1, 8), "it is asked from 2018-07-01 to 2018-09-30, in 2018-2019"),
        (2019, None, "the student is still enrolled"),
    ],
)
def test_an_answer_is_taken_only_in_the_year_that_counts_it(load, year, left_on, why):
    add_leaver(year, left_on, line_year=year)
    upload = load("cte-outcome", OUTCOME, ANSWER)
    said = [finding.message for finding in upload.findings.all()]
    assert said == ([f'Placement "EMPLOYMENT" is not asked this school year: {why}'] if why else [])
    assert len(find_follow_ups([2001], SchoolYear.objects.get(first=2020))) == (not why)


def add_leaver(year: int, left_on: date | None, *, line_year: int) -> None:
    """Add the student of ANSWER, whose last primary enrollment is of a school year, and a line of the program."""
    for first in {year, line_year}:
        SchoolYear.objects.get_or_create(first=first, defaults={"name": f"{first}-{first + 1}"})
    of = {"student": Student.objects.create(number="900000077"), "sau_id": 1000}
    StudentVersion.objects.create(student=of["student"], last_name="Leaver", first_name="A")
    school = Enrollment.objects.filter(sau_id=1000, enrollment_type="P").first().school_id
    dated = {"entry_date": date(year, 9, 3), "exit_date": left_on, "exit_type": "15" if left_on else ""}
    Enrollment.objects.create(
        **of, **dated, school_year_id=year, school_id=school, enrollment_type="P", start_status="02"
    )
    CteRecord.objects.create(
        **of,
        school_year_id=line_year,
        school_id=2001,
        cte_code="01.0205",
        start_date=date(line_year, 9, 4),
        credits_earned=1,
    )


def test_a_line_that_an_outcome_rests_on_is_not_undone(attained):
    program, outcome = attained
    with pytest.raises(Refusal, match="changed since by upload"):
        undo(program, by=program.sent_by)
    undo(outcome, by=outcome.sent_by)
    undo(program, by=program.sent_by)
    assert not CteOutcome.objects.filter(replaced_at=None).exists()


def test_an_outcome_does_not_count_as_a_line_of_a_program():
    lines = lines_of(find("cte-outcome"))
    assert (lines.first_day, lines_of(find("student-information")).first_day) == (None, None)
    assert lines_of(find("cte")).first_day == "StartDate:value"


@pytest.mark.parametrize(
    ("left_on", "year", "asked"),
    [
        (date(2020, 10, 1), 2020, (date(2021, 4, 1), date(2021, 6, 30))),
        (date(2020, 12, 31), 2020, (date(2021, 4, 1), date(2021, 6, 30))),
        (date(2021, 1, 1), 2021, (date(2021, 7, 1), date(2021, 9, 30))),
        (date(2021, 6, 11), 2021, (date(2021, 10, 1), date(2021, 12, 31))),
        (date(2021, 6, 11), 2020, None),
        (None, 2020, None),
    ],
)
def test_who_has_left_is_asked_in_the_second_quarter_after(load, left_on, year, asked):
    load("cte", CTE_HEADER, LINE)
    Enrollment.objects.filter(student_id="900000001", enrollment_type="P").update(exit_date=left_on, exit_type="15")
    school_year = SchoolYear.objects.get_or_create(first=year, defaults={"name": f"{year}-{year + 1}"})[0]
    found = find_follow_ups([2001], school_year)
    assert [(each.ask_from, each.ask_until) for each in found] == ([asked] if asked else [])
    assert find_follow_ups([3000], school_year) == []


def test_who_has_answered_or_come_back_is_not_asked_again(load):
    load("cte", CTE_HEADER, LINE)
    primary = Enrollment.objects.filter(student_id="900000001", enrollment_type="P")
    primary.update(exit_date=date(2020, 10, 9), exit_type="15")
    year = SchoolYear.objects.get(first=2020)
    assert count_follow_ups(None, year, only_open=True) == 1
    load("cte-outcome", OUTCOME, "1000,2001,900000001,1,01.0205,,,,EMPLOYMENT")
    (answered,) = find_follow_ups(None, year)
    assert (answered.answer_in_words, count_follow_ups(None, year, only_open=True)) == ("Employment", 0)
    again = primary.get()
    again.pk, again.entry_date, again.exit_date = None, date(2020, 11, 2), None
    again.save()
    assert count_follow_ups(None, year) == 0
