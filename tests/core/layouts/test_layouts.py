"""Layouts say what is wrong with them, and the format carries file types that are unlike each other."""

import pytest

from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find_all

NEW_STATE_ID = """
name = "New State ID"
title = "New State ID"
log_title = "New State ID Import Error Log"
area = "NSI"
order = 5
summary = "Gives each new student a state student number."
ceds_version = "13"
[identity]
sau_id = "SAUID"
[columns.SAUID]
of = { type = "digits", max_length = 4 }
description = "The SAU."
example = "1000"
[columns.LastName]
of = { type = "text", max_length = 60 }
description = "The student's last name."
example = "Example"
[columns.DateOfBirth]
of = { type = "date", within_school_year = false }
description = "The day on which the student was born."
example = "2004-05-17"
[columns.Gender]
of = { type = "choice", choices = { F = "Female", M = "Male", X = "Non-binary" } }
description = "The student's gender."
example = "F"
ceds = { id = "000255", element = "Sex", options = { F = "Female", M = "Male" } }
[columns.HomeRoom]
of = { type = "text", max_length = 10 }
description = "Only in the first years."
example = ""
required = false
until = "2021-2022"
[ages]
birth_date = "DateOfBirth"
grade = "Gender"
on = "10-15"
[ages.grades]
F = { usual = [5, 18], possible = [3, 22] }
M = { usual = [5, 18], possible = [3, 22] }
X = { usual = [5, 18], possible = [3, 22] }
[stored.sau]
find = "organization"
by = "SAUID"
label = "SAU ID"
kind = "SAU"
"""
_CODES = 'type = "code", list_name = "../rooms", pattern = "^R$", pattern_in_words = "a room"'


@pytest.fixture
def load(tmp_path):
    def load_text(text: str):
        path = tmp_path / "layout.toml"
        path.write_text(text)
        return load_layout(path)

    return load_text


def test_a_layout_without_students_or_schools_fits_the_format(load):
    layout = load(NEW_STATE_ID)
    assert [column.name for column in layout.columns_in(SchoolYear(2022))] == [
        "SAUID",
        "LastName",
        "DateOfBirth",
        "Gender",
    ]
    assert "HomeRoom" in layout.in_year(SchoolYear(2021)).columns


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max_length = 4", "max_lenght = 4", "max_lenght"),
        ("max_length = 4", 'max_length = "4"', "Expected `int`"),
        ('type = "digits"', 'type = "number"', "number"),
        ('by = "SAUID"', 'by = "SAU"', r"\[columns\] has no SAU"),
        ('sau_id = "SAUID"', 'sau_id = "SAU"', r"\[columns\] has no SAU"),
        ("[columns.Gender]", "[columns.sau_id]", "the same name"),
        ('birth_date = "DateOfBirth"', 'birth_date = "LastName"', "a column of dates and one of choices"),
        ('grade = "Gender"', 'grade = "Grade"', "a column of dates and one of choices"),
        ("X = { usual", "Y = { usual", "the same grades as its column"),
        ("F = { usual = [5, 18]", "F = { usual = [5, 23]", "F: the usual ages lie within"),
        ('on = "10-15"', 'on = "10-32"', "day"),
        ('until = "2021-2022"', 'until = "2021-2023"', "school year"),
        ('type = "text", max_length = 10', _CODES, "HomeRoom: list_name"),
        ('id = "000255"', 'id = "255"', r"toml:2\d: Gender: the ID \"255\" of a CEDS element is six digits"),
        ('element = "Sex"', 'element = " "', "000255 has no name"),
        ('F = "Female", M = "Male" } }\n[', 'Q = "Female" } }\n[', "Gender: the options of CEDS have Q"),
        ('options = { F = "Female"', 'options = { F = ""', "Gender: leave F out"),
        ('ceds_version = "13"', "", "ceds_version does not say of which version"),
    ],
)
def test_a_broken_layout_is_refused_with_the_place_of_the_fault(load, old, new, said):
    with pytest.raises(BrokenLayout, match=said):
        load(NEW_STATE_ID.replace(old, new, 1))


@pytest.mark.parametrize("kind", find_all().values(), ids=lambda kind: kind.slug)
def test_the_sample_file_has_the_layouts_header_and_a_student_who_cannot_be_real(kind):
    header, row = kind.sample_csv(SchoolYear(2020)).splitlines()
    assert header == ",".join(kind.layout.columns)
    assert "000000001" in row


def test_a_school_year_is_named_by_two_years_that_follow_each_other():
    assert SchoolYear.parse("2020-2021") == SchoolYear.parse("2020") == SchoolYear(2020)
    assert str(SchoolYear(2020)) == "2020-2021"
    assert SchoolYear.of(SchoolYear(2020).last_day) == SchoolYear(2020) != SchoolYear.of(SchoolYear(2021).first_day)
