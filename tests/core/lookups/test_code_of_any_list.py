"""A list of codes is named by the layout alone: looked up, repaired, suggested from, and what it lacks is said."""

import json

import pytest

from tests.core.lookups.test_a_look_up_of_ones_own import write_reference
from tidegate.core import Focus, check
from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.rule_docs import rule_docs

LAYOUT = """
name = "People"
title = "People"
log_title = "People"
area = "PPL"
order = 90
summary = "Who is who."
[identity]
[columns.Race]
of = { type = "code", list_name = "race_codes" }
description = "The code of the state's list."
example = "01"
[stored.race]
find = "code"
by = "Race"
label = "Race code"
"""
NUMBERS = ("01,White,,", "02,Black or African American,,", "10,Two or more races,,", "03,Gone,,2018-2019")
LETTERS = ("W,White,,", "B,Black or African American,,", "Asn,Asian,,")


def findings(folder, codes, *cells, layout=LAYOUT):
    (folder / "layout.toml").write_text(layout)
    (folder / "upload.csv").write_text("\n".join(["Race", *cells, ""]))
    header = "Code,Title,FirstYear,LastYear"
    tables = write_reference(folder / "reference", race_codes="\n".join([header, *codes, ""]))
    layout = load_layout(folder / "layout.toml")
    found = check(folder / "upload.csv", layout, [], focus=Focus(SchoolYear(2020)), tables=tables).findings
    return found.select("row", "code", "message", "suggestions").rows()


def suggested(suggestions: str) -> list[str]:
    return [code for code, *_ in json.loads(suggestions or "[]")]


def test_a_code_that_the_list_lacks_is_an_error_by_itself(tmp_path):
    found = findings(tmp_path, NUMBERS, "01", "99", "03")
    assert [row[:3] for row in found] == [
        (3, "FIND404", 'Race code "99" is not on this school year\'s list'),
        (4, "FIND404", 'Race code "03" is not on this school year\'s list'),
    ]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("01,One,,", "1A,One A,,", "UN,Unknown,,"), ["CELL120"]),
        (("01,One,,", "001,Another,,", "UN,Unknown,,"), ["FIND404"]),
    ],
)
def test_zeros_come_back_beside_codes_that_are_words(tmp_path, codes, said):
    assert [row[1] for row in findings(tmp_path, codes, "1", "un")] == said


def test_a_layout_words_the_message(tmp_path):
    layout = LAYOUT + "message = 'Unable to resolve {label} \"{value}\"'\n"
    found = findings(tmp_path, NUMBERS, "99", layout=layout)
    assert found[0][2] == 'Unable to resolve Race code "99"'
    assert rule_docs(load_layout(tmp_path / "layout.toml"), [])["FIND404"].message.startswith("Unable to resolve")


def test_zeros_that_a_spreadsheet_took_off_are_put_back_with_a_notice(tmp_path):
    found = findings(tmp_path, NUMBERS, "1", "2.0", "010", "10")
    assert {(row, code) for row, code, *_ in found} == {(None, "CELL117"), (None, "CELL120")}


def test_letters_count_in_any_case_without_a_word(tmp_path):
    assert findings(tmp_path, LETTERS, "w", "B", "ASN") == []


def test_a_mistyped_code_or_a_title_is_suggested(tmp_path):
    found = findings(tmp_path, LETTERS, "Asm", "black or african american", "X")
    assert [suggested(suggestions) for *_, suggestions in found] == [["Asn"], ["B"], []]


def test_without_a_label_it_is_the_business_of_a_rule(tmp_path):
    assert findings(tmp_path, NUMBERS, "99", layout=LAYOUT.replace('label = "Race code"\n', "")) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ('list_name = "race_codes", pattern = "^[0-9]{2}$"', "Race: pattern and pattern_in_words go together"),
        ('list_name = "race_codes", pattern = "^[0-9", pattern_in_words = "x"', "is no regular expr"),
        ('list_name = "Race Codes"', 'Race: list_name "Race Codes" is written as in race_codes'),
    ],
)
def test_a_column_of_codes_that_lacks_a_part_is_refused(tmp_path, broken, said):
    (tmp_path / "layout.toml").write_text(LAYOUT.replace('list_name = "race_codes"', broken))
    with pytest.raises(BrokenLayout, match=said):
        load_layout(tmp_path / "layout.toml")
