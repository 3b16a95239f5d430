"""A mapping is small data: it is read from a file with every mistake named by its line, and put into a layout."""

import json
from pathlib import Path

import pytest

from tests.core.small_layout import LAYOUT
from tidegate.core.checking import Focus, check
from tidegate.core.errors import Refusal
from tidegate.core.layouts.mapping import ColumnMapping, mapped, mapping_from, read_mapping
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reading.header import match_header
from tidegate.core.reference.folder import ReferenceFolder

REFERENCE = Path(__file__).parents[2] / "corpus" / "reference"
GOOD = """
ignored = ["Teacher"]

[columns]
"Pupil No." = "Number"
Surname = "Name"
"Year Group" = "Grade"

[values.Grade]
"Primary 1" = "01"
"-" = ""
"""
SAID = {
    "columns": {"Pupil No.": "Number", "Surname": "Name", "Year Group": "Grade"},
    "values": {"Grade": {"Primary 1": "01", "-": ""}},
    "ignored": ["Teacher"],
}


def written(tmp_path, text: str, name: str = "ours.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def why(path) -> str:
    with pytest.raises(Refusal) as refused:
        read_mapping(path, LAYOUT)
    assert refused.value.code == "MAPPING"
    return refused.value.message


def test_toml_and_json_say_the_same(tmp_path):
    of_toml = read_mapping(written(tmp_path, GOOD), LAYOUT)
    of_json = read_mapping(written(tmp_path, json.dumps(SAID), "ours.json"), LAYOUT)
    assert of_toml == of_json == mapping_from(SAID, LAYOUT)
    assert mapping_from(of_toml.as_data(), LAYOUT) == of_toml


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[columns\n", "ours.toml, line 1: this is no TOML: Expected ']' at the end of a table declaration"),
        ('a = 1\n[colums]\n"A" = "Number"\n', 'ours.toml, line 1: there is no setting "a"'),
        ('[colums]\n"A" = "Number"\n', 'ours.toml, line 1: there is no setting "colums"'),
        ('[columns]\nA = "Name"\n"B.C" = "Numbr"\n', 'ours.toml, line 3: there is no column "Numbr"'),
        ('[columns]\nA = "Name"\nB = 3\n', 'ours.toml, line 3: what "B" stands for is written in quotes'),
        ('[columns]\nA = "Name"\nGrade = "Number"\n', 'ours.toml, line 3: "Grade" is the column Grade itself'),
        ('[columns]\nA = "Name"\n" a " = "Number"\n', 'ours.toml, line 3: " a " is matched with two columns'),
        ('[columns]\nA = "Name"\n"--" = "Number"\n', "ours.toml, line 3: a name or value of the file cannot be blank"),
        ('columns = "Name"\n', "ours.toml, line 1: columns is a table"),
        ('ignored = "Teacher"\n', "ours.toml, line 1: ignored is a list of names in quotes"),
        ('\nignored = ["Grade"]\n', 'ours.toml, line 2: "Grade" is a column that is collected'),
        ('[columns]\nA = "Name"\n[values.Shoe]\nx = "y"\n', 'ours.toml, line 3: there is no column "Shoe"'),
        ('[values.Grade]\nx = "01"\ny = 2\n', 'ours.toml, line 3: what "y" stands for is written in quotes'),
        (f'[columns]\n{"A" * 201} = "Name"\n', "ours.toml, line 2: a name or value has at most 200 characters"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_sentence_with_its_line(tmp_path, text, sentence):
    assert why(written(tmp_path, text)).startswith(sentence)


def test_mistakes_of_json_have_their_line_too(tmp_path):
    text = json.dumps({"columns": {"A": "Name", 'B "x"': "Numbr"}}, indent=1)
    assert why(written(tmp_path, text, "ours.json")).startswith('ours.json, line 4: there is no column "Numbr"')
    assert why(written(tmp_path, '{"columns":\n', "x.json")) == "x.json, line 2: this is no JSON: Expecting value"
    assert why(written(tmp_path, "[" * 100_000, "x.json")).startswith("x.json, line 1: a mapping has columns")
    assert why(written(tmp_path, "[]", "x.json")).startswith("x.json, line 1: a mapping has columns")


def test_a_file_that_is_no_text_or_is_not_there_is_refused(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_bytes(b'[columns]\nA = "N\xff"\n')
    assert why(path) == "ours.toml, line 2: the file is not written in UTF-8"
    path.write_bytes(b"#" * 200_001)
    assert why(path) == "ours.toml, line 1: a mapping has at most 200,000 bytes"
    assert why(tmp_path / "gone.toml") == "gone.toml cannot be read: No such file or directory"


def test_without_a_mapping_the_layout_is_the_very_same():
    assert mapped(LAYOUT, None) is LAYOUT
    assert mapped(LAYOUT, ColumnMapping()) is LAYOUT


def test_matched_names_are_found_and_said():
    layout = mapped(LAYOUT, mapping_from(SAID, LAYOUT))
    header = match_header(["Surname", "PUPIL NO", "Year Group", "Start", "Credits", "Teacher"], layout)
    assert header.positions == {"Name": 0, "Number": 1, "Grade": 2, "Start": 3, "Credits": 4}
    said = {issue.code: issue.words.get("columns") for issue in header.issues}
    assert said["FILE044"] == '"Surname" is "Name", "PUPIL NO" is "Number", "Year Group" is "Grade"'
    assert said["FILE011"] == '"Teacher"'


def test_a_file_with_the_layouts_own_names_is_not_spoken_of():
    header = match_header(list(LAYOUT.columns), mapped(LAYOUT, mapping_from(SAID, LAYOUT)))
    assert header.issues == ()


def test_a_header_of_other_names_alone_is_no_row_of_data():
    header = match_header(["Pupil", "Surname", "Year Group", "Begin", "Points"], LAYOUT)
    assert {issue.code for issue in header.issues} == {"FILE005", "FILE006"}


def checked(tmp_path, lines: list[str], mapping: dict | None):
    path = written(tmp_path, "\n".join([*lines, ""]), "upload.csv")
    layout = mapped(LAYOUT, mapping_from(mapping, LAYOUT)) if mapping else LAYOUT
    return check(path, layout, (), focus=Focus(SchoolYear.parse("2020-2021")), tables=ReferenceFolder(REFERENCE))


@pytest.mark.parametrize("count", [1, 3_000])
def test_matched_values_are_read_and_the_log_has_those_of_the_file(tmp_path, count):
    first = ["Pupil No.,Surname,Year Group,Start,Credits", "0001,A,Primary 1,2020-09-01,1", "0002,B,-,2020-09-01,x"]
    more = [f"{number % 9000 + 100:04},N{number},Primary 1,2020-09-01,1" for number in range(count)]
    result = checked(tmp_path, first + more, SAID)
    assert (result.row_count, result.error_count) == (count + 2, 1)
    found = {(each["code"], each["row"]): each for part in result.findings_in_slices() for each in part.to_dicts()}
    assert ("CELL101", 3) in found  # what stands for a blank is one
    said = found["CELL131", None]["message"]
    assert said.startswith(f"Column Grade: {count + 2:,} values were matched by the file format: ")
    assert said.endswith(": Primary 1 as 01, - as blank")
    assert next(iter(result.rows_in_slices()))["Grade"][0] == "Primary 1"
    assert next(iter(result.rows_in_slices()))["Grade:value"][0] == "01"


def test_a_column_that_is_there_twice_is_said(tmp_path):
    lines = ["Number,Pupil No.,Name,Grade,Start,Credits", "0001,0001,A,01,2020-09-01,1"]
    result = checked(tmp_path, lines, SAID)
    assert [each["code"] for part in result.findings_in_slices() for each in part.to_dicts()] == ["FILE007"]
