"""What is suggested for days, schools, choices and the names of columns."""

import pytest

from tidegate.core.layouts.column_types import Choice, Day
from tidegate.core.layouts.layout import fold_name
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.lookups.organization import NamedOrganization, OrganizationCandidates, suggest_organizations
from tidegate.core.suggestions.suggest_columns import suggest_columns
from tidegate.core.suggestions.suggestion import (
    Suggestion,
    suggest_choices,
    suggest_days,
    suggestions_in_words,
    to_text,
)
from tidegate.file_types import find, find_all

YEAR = SchoolYear(2020)
SCHOOLS = (
    NamedOrganization("1001", "Rock Star High School", "HS1", is_own=True, is_preferred=False),
    NamedOrganization("2001", "Capital Area Technical Center", "CATC", is_own=False, is_preferred=True),
    NamedOrganization("2002", "Kennebec Harbor High School", "HS1", is_own=False, is_preferred=False),
)
GRADES = find("student-enrollment").layout.columns["GradeLevel"].type
GENDERS = find("new-state-id").layout.columns["Gender"].type
TYPES = find("student-enrollment").layout.columns["EnrollmentType"].type


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020/09/01", "2020-09-01"),
        ("15/09/2020", "2020-09-15"),
        ("2020-15-09", "2020-09-15"),
        ("1-Sep-20", "2020-09-01"),
        ("Sep 1, 2020", "2020-09-01"),
        ("20200901", "2020-09-01"),
        ("09-01-2020", "2020-09-01"),
        ("2021-09-01", "2020-09-01"),
    ],
)
def test_a_day_in_another_form_or_order_is_read(text: str, day: str):
    assert suggest_days(text, Day(), YEAR)[0].value == day


@pytest.mark.parametrize("text", ["", "soon", "13/45/2020", "99999", "2020"])
def test_no_day_is_made_up(text: str):
    assert suggest_days(text, Day(), YEAR) == []


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("1001.0", "1001"),
        ("Capital Area Tech Center", "2001"),
        ("CACT", "2001"),
        ("2010", "2001"),
        ("HS1", "1001"),
        ("2O01", "2001"),
        ("200l", "2001"),
        ("I001", "1001"),
    ],
)
def test_a_school_is_found_by_its_id_its_local_id_or_its_name(text: str, school: str):
    assert school in [each.value for each in suggest_organizations(text, SCHOOLS)]


TEXTS = (
    *(
        "1001.0",
        "Capital Area Tech Center",
        "CACT",
        "CATC",
        "cahs",
        "RSHS",
        "2010",
        "HS1",
        "hs 1",
        "HS11",
        "2O01",
        "200l",
    ),
    *("I001", "002001", "", " ", "1", "H1", "77777", "Rock Star", "high school", "2001-2002", "Kennebek Harbour HS"),
)


@pytest.mark.parametrize("district", [None, 1000, 2000])
@pytest.mark.parametrize("text", TEXTS)
def test_all_that_would_be_suggested_is_near(text: str, district: int | None):
    owners = (1000, None, 2000)
    near = OrganizationCandidates(
        [(owner, each._replace(is_own=False)) for owner, each in zip(owners, SCHOOLS, strict=True)]
    )
    every = [each._replace(is_own=owner == district) for owner, each in zip(owners, SCHOOLS, strict=True)]
    assert near.suggest(text, district) == suggest_organizations(text, every)


NAMES = {
    "3157": "RSU 57/MSAD 57",
    "3105": "RSU 05",
    "3111": "MSAD 11",
    "3190": "AOS 90",
    "3120": "Regional School Unit 20",
}
DISTRICTS = tuple(NamedOrganization(id_, name, "", is_own=False, is_preferred=False) for id_, name in NAMES.items())


@pytest.mark.parametrize(
    ("text", "district"),
    [("RSU 57", "3157"), ("RSU57", "3157"), ("R.S.U. #57", "3157"), ("MSAD 57", "3157"), ("rsu 5", "3105"),
     ("RSU 005", "3105"), ("SAD 11", "3111"), ("AOS-90", "3190"), ("RSU 7", None), ("AOS 57", None), ("RSU", None),
     ("Regional School Unit 57", "3157"), ("Regional School Unit No. 05", "3105"), ("RSU 20", "3120"),
     ("Maine School Administrative District #11", "3111"), ("Regional School Unit 7", None)],
)  # fmt: skip
def test_a_district_that_is_called_by_a_number_is_found_by_it(text: str, district: str | None):
    candidates = OrganizationCandidates([(None, each) for each in DISTRICTS])
    assert [each.value for each in candidates.suggest(text, None)] == [district] * (district is not None)


def test_no_school_is_made_up():
    assert suggest_organizations("77777", SCHOOLS) == []


@pytest.mark.parametrize(("text", "code"), [("9th", "09"), ("Grade 9", "09"), ("Kindergarden", "KG"), ("K", "KG")])
def test_a_grade_is_found_by_its_number_or_its_label(text: str, code: str):
    assert isinstance(GRADES, Choice)
    found = [each.value for each in suggest_choices(text, GRADES)]
    assert (found or ["nothing"])[0] == (code if len(text) > 1 else "nothing")


@pytest.mark.parametrize(("text", "code"), [("O9", "09"), ("l1", "11"), ("1O", "10"), ("1l", "11")])
def test_a_letter_that_looks_like_a_digit_of_a_grade_is_read_as_one(text: str, code: str):
    assert suggest_choices(text, GRADES)[0].value == code


@pytest.mark.parametrize("text", ["FALSE", "False", "false"])
def test_a_gender_that_was_read_as_a_truth_value_is_found(text: str):
    assert isinstance(GENDERS, Choice)
    assert [(each.value, each.is_sure) for each in suggest_choices(text, GENDERS)] == [("F", True)]
    assert suggest_choices("true", GENDERS) == []


def test_an_enrollment_type_is_found_by_a_misspelt_word():
    assert isinstance(TYPES, Choice)
    assert suggest_choices("Primery", TYPES)[0].value == "P"
    assert suggest_choices("Concurent", TYPES)[0].value == "C"


def test_unknown_names_of_a_header_are_matched_with_the_missing_columns():
    names = ["SAUID", "SchoolID", "State Student Number", "SchoolStudentID", "CTE_Cod", "Start", "EndDate", "Credits"]
    suggested = {each.value: each.reason for each in suggest_columns(names, find("cte").layout)}
    assert suggested["CTECode"] == "for CTE_Cod"
    assert suggested["StartDate"] == "for Start"
    assert suggested["CreditsEarned"] == "for Credits"


@pytest.mark.parametrize(
    ("file_type", "name", "column"),
    [
        ("cte", "CIP", "CTECode"),
        ("cte", "CIP Code", "CTECode"),
        ("cte", "Entry Date", "StartDate"),
        ("cte", "EXIT_DATE", "EndDate"),
        ("student-enrollment", "Start Date", "EntryDate"),
        ("student-enrollment", "Grade", "GradeLevel"),
        ("new-state-id", "DOB", "DateOfBirth"),
        ("new-state-id", "Sex", "Gender"),
    ],
)
def test_what_other_programs_call_a_column_is_suggested_first_and_surely(file_type, name, column):
    layout = find(file_type).layout
    names = [name if each == column else each for each in layout.columns]
    (suggested,) = suggest_columns(names, layout)
    assert (suggested.value, suggested.is_sure) == (column, True)


def test_what_other_programs_call_a_column_is_never_another_columns_name():
    for kind in find_all().values():
        columns = kind.layout.columns.values()
        names = [fold_name(name) for column in columns for name in (column.name, *column.aliases, *column.also_called)]
        assert len(names) == len(set(names))


def test_suggestions_are_asked_as_one_question():
    two = [Suggestion("43.0107", "Criminal justice"), Suggestion("43.0203", "Fire science")]
    assert (
        suggestions_in_words(to_text(two)) == 'Did you mean "43.0107" (Criminal justice) or "43.0203" (Fire science)?'
    )
    assert suggestions_in_words(to_text(two[:1])) == 'Did you mean "43.0107" (Criminal justice)?'
    assert suggestions_in_words("") == ""


def test_a_message_that_ends_with_the_only_suggestion_is_no_question_again():
    meant = to_text([Suggestion("0.75", "")])
    assert suggestions_in_words(meant, said='CreditsEarned "0,75": use a point, 0.75') == ""
    assert suggestions_in_words(meant, said='CreditsEarned "0,75" is not a number') == 'Did you mean "0.75"?'


@pytest.mark.parametrize("text", ["2020-05-07", "2020/5/7", "20200507", "7-May-2020", "07MAY2020:08:30:00"])
def test_no_other_order_is_suggested_where_the_form_has_one_meaning(text: str):
    assert [each.value for each in suggest_days(text, Day(), YEAR)] == ["2021-05-07"]
