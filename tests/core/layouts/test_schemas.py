"""Layouts as JSON Schema and Table Schema: the sample row fits, and what a column refuses does not."""

import csv
import io

import pytest

from tidegate.core.layouts.schemas import json_schema, table_schema
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find, find_all

jsonschema = pytest.importorskip("jsonschema")
YEAR = SchoolYear(2020)


def sample_row(file_type):
    (row,) = csv.DictReader(io.StringIO(file_type.sample_csv(YEAR)))
    return row


def fits(file_type, **cells):
    schema = json_schema(file_type.layout, YEAR)
    return jsonschema.Draft202012Validator(schema).is_valid(sample_row(file_type) | cells)


@pytest.mark.parametrize("file_type", find_all().values(), ids=find_all())
def test_the_sample_row_fits_the_schema(file_type):
    schema = json_schema(file_type.layout, YEAR)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(sample_row(file_type), schema)
    assert list(schema["properties"]) == [field["name"] for field in table_schema(file_type.layout, YEAR)["fields"]]


@pytest.mark.parametrize(
    "cells",
    [{"CTECode": "43"}, {"StartDate": "9/1/20"}, {"StateStudentID": "12345678"}, {"SAUID": ""}, {"Shoes": "44"}],
)
def test_what_a_column_refuses_does_not_fit(cells):
    assert not fits(find("cte"), **cells)


def test_a_cell_that_may_be_blank_fits_blank():
    assert fits(find("cte"), EndDate="", PostsecondaryCredits="")
    assert fits(find("student-enrollment"), ExitType="")


def test_a_field_of_the_table_schema_has_its_type_and_its_limits():
    fields = {field["name"]: field for field in table_schema(find("cte").layout, YEAR)["fields"]}
    assert fields["StartDate"]["type"] == "date"
    assert fields["StartDate"]["constraints"] == {"required": True, "minimum": "2020-07-01", "maximum": "2021-06-30"}
    assert fields["CreditsEarned"]["constraints"] == {"required": True, "minimum": 0, "maximum": 99.99}


def test_both_schemas_name_the_elements_of_ceds_and_their_options():
    layout = find("student-enrollment").layout
    fields = {field["name"]: field for field in table_schema(layout, YEAR)["fields"]}
    properties = json_schema(layout, YEAR)["properties"]
    assert fields["ExitType"]["ceds"]["options"]["15"] == "01921"
    assert properties["EntryDate"]["x-ceds"] == {
        "id": "000097",
        "element": "Enrollment Entry Date",
        "term": "http://ceds.ed.gov/terms#P000097",
    }
    assert "x-ceds" not in properties["Comments"]
    assert "ceds" not in fields["Comments"]
