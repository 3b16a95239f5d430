"""Signs that cannot be seen and HTML codes: taken out with a notice, and never in an error that looks right."""

from pathlib import Path

import polars as pl
import pytest

from tidegate.core.checking import Focus, check
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.parse import Parser
from tidegate.core.reading.read_file import read_file
from tidegate.core.reading.records import BLANKS
from tidegate.core.reference.folder import ReferenceFolder
from tidegate.core.rules.builtin.cell.cell112_damaged_letters import DAMAGED
from tidegate.core.rules.finding import word_message
from tidegate.file_types import find

NEW_STATE_ID = find("new-state-id").layout.in_year(SchoolYear(2020))
ROW = {"SAUID": "1000", "SchoolStudentID": "1", "LastName": "Roe", "FirstName": "Ro", "MiddleName": "", "Suffix": "",
       "DateOfBirth": "2004-05-17", "Gender": "F", "GradeLevel": "11"}  # fmt: skip


def parse(*rows: dict[str, str]):
    cells = pl.DataFrame([{**ROW, **row} for row in rows]).with_row_index("row", offset=2)
    prepared = Parser(NEW_STATE_ID, SchoolYear(2020)).parse(cells)
    return prepared.rows, [(change.code, change.column, change.count) for change in prepared.repairs]


def test_signs_that_cannot_be_seen_are_taken_off_the_ends():
    filled = {name: value for name, value in ROW.items() if value}
    signs = sorted({*BLANKS, "\x1a"})
    rows, changes = parse(*[{name: f"{sign}{value}{sign}" for name, value in filled.items()} for sign in signs])
    for name, value in filled.items():
        assert rows[name].to_list() == [value] * len(signs)
        assert rows[f"{name}:value"].null_count() == 0
    assert changes == [("CELL121", name, len(signs)) for name in filled]


@pytest.mark.parametrize("sign", "\u200e\u202a\u2066\u00ad\u2060\ufeff\u061c\ufe0f\u3164")
def test_a_sign_without_width_is_taken_out_of_an_id_and_a_latin_name(sign):
    rows, changes = parse(
        {"SAUID": f"10{sign}00", "LastName": f"L\u00e9ves{sign}que", "DateOfBirth": f"2004-{sign}05-17"}
    )
    assert rows.select("SAUID", "LastName", "DateOfBirth").row(0) == ("1000", "L\u00e9vesque", "2004-05-17")
    assert [code for code, _, _ in changes] == ["CELL121"] * 3


@pytest.mark.parametrize(
    "name", ["\u0645\u06cc\u200c\u0631\u0648\u0645", "\u0915\u094d\u200d\u0937", "\U0001f469\u200d\U0001f52c"]
)
def test_signs_that_a_script_needs_stay(name):
    rows, changes = parse({"LastName": name})
    assert (rows["LastName"][0], changes) == (name, [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [("O&#39;Neil", "O'Neil"), ("O&#x27;Neil", "O'Neil"), ("Zo&euml;", "Zo\u00eb"), ("O&amp;#39;Neil", "O'Neil"),
     ("O&rsquo;Neil", "O\u2019Neil"), ("&Eacute;mile&nbsp;", "\u00c9mile"), ("&quot;Bo&quot;", '"Bo"'),
     ("A &amp; B", "A & B")],
)  # fmt: skip
def test_html_codes_are_read_with_a_notice(written, meant):
    rows, changes = parse({"LastName": written}, {})
    assert rows["LastName"].to_list() == [meant, "Roe"]
    assert ("CELL114", "LastName", 1) in changes


@pytest.mark.parametrize("text", ["R&D; moved", "A&B", "&foo;", "AT&T", "&#7;", "&", "&;", "&#99999999;"])
def test_what_is_no_html_code_stays(text):
    rows, changes = parse({"LastName": text})
    assert (rows["LastName"][0], changes) == (text, [])


@pytest.mark.parametrize(
    "between", ["\r\n", "\n", "\r", "\t", "\u2028", "\u2029", "\r\n\r\n", " \r\n ", "\u200a", "\x1f"]
)
def test_a_line_break_in_a_quoted_value_is_one_space(between):
    row = pl.DataFrame({"A": [f"one{between}two"]})
    assert row.select(word_message('A "{A}" is odd', {})).item() == 'A "one two" is odd'


@pytest.mark.parametrize(
    "text",
    ["L\u017dvesque", "Ren\u017d", "Zo\u2018", "Garc\u2019a", "Mart\u2019nez", "Pe\u2013a", "Bj\u0161rk", "Jes\u0153s",
     "Zo\\u00eb", "Zo%C3%AB", "O\\'Neil", "O&#39Neil"],
)  # fmt: skip
def test_letters_that_may_be_damaged_are_warned_of(text):
    assert pl.Series([text]).str.contains(DAMAGED).all()


@pytest.mark.parametrize(
    "text",
    ["Hawai\u2018i", "don\u2019t", "that\u2019ll do", "D\u2019Angelo", "Smith\u2013Jones", "long \u2013 term",
     "Du\u0161an",     "B\u0153uf", "\u0160imon", "DU\u0160AN", "rock \u2019n\u2019 roll", "R&D", "5 % of C3"],
)  # fmt: skip
def test_letters_as_people_write_them_are_not(text):
    assert not pl.Series([text]).str.contains(DAMAGED).any()


@pytest.mark.parametrize("space", "\u00a0\u2003\u3000\u202f\u2028\u2800")
def test_an_odd_space_within_an_id_or_a_name_becomes_a_plain_one(space):
    rows, changes = parse({"SchoolStudentID": f"L{space}1", "LastName": f"de{space}Souza"})
    assert rows.select("SchoolStudentID", "LastName").row(0) == ("L 1", "de Souza")
    assert changes == [("CELL121", "SchoolStudentID", 1), ("CELL121", "LastName", 1)]


def findings(folder, **cells: str) -> list[tuple[str, int | None]]:
    """Return codes and rows of a plain file of one row, read by the fast path."""
    path = folder / "upload.csv"
    path.write_text("\n".join([",".join(ROW), ",".join({**ROW, **cells}.values())]))
    kind = find("new-state-id")
    tables = ReferenceFolder(Path(__file__).parents[2] / "corpus" / "reference")
    found = check(path, kind.layout, kind.rules, focus=Focus(SchoolYear(2020)), tables=tables).findings
    return found.select("code", "row").rows()


@pytest.mark.parametrize(
    "name",
    ["Ren?e", "Ren?", "?mile", "L??vesque", "Zo%C3%AB", "O%27Neil", "Zo\\u00eb", "O_x0027_Neil", "Jos&eacute",
     "Zo=C3=AB", "Zo&zwj;e", "Zo&EUML;"],
)  # fmt: skip
def test_letters_lost_or_spelled_by_signs_are_warned_of_in_any_file(tmp_path, name):
    assert findings(tmp_path, FirstName=name) == [("CELL112", 2)]


def test_a_question_in_a_comment_and_a_plain_name_are_no_damage():
    words = pl.Series(["Moved? Ask Bath", "50% off", "A&B", "AT&Tom", "C:\\temp"])
    assert not words.str.contains(DAMAGED).any()


@pytest.mark.parametrize("column", ["SAUID", "DateOfBirth", "Gender", "GradeLevel", "SchoolStudentID"])
def test_a_control_character_is_named_in_every_column(tmp_path, column):
    assert findings(tmp_path, **{column: f"{ROW[column]}\x01"}) == [("CELL110", 2)]


@pytest.mark.parametrize("between", ["\t", ",", ";"])
def test_a_delimiter_at_the_end_of_a_quoted_value_goes_if_blank(tmp_path, between):
    path = tmp_path / "upload.txt"
    rows = [ROW, ROW | {"LastName": f'"Roe{between}"'}, ROW]
    path.write_text("\n".join(between.join(row) for row in [ROW, *(row.values() for row in rows)]))
    reading = read_file(path, NEW_STATE_ID)
    rows = Parser(NEW_STATE_ID, SchoolYear(2020)).parse(reading.rows, reading.untidy).rows
    assert rows["LastName"].to_list() == ["Roe", f"Roe{between}".strip(), "Roe"]


def test_only_rows_with_signs_are_looked_at_for_what_is_not_clean(tmp_path):
    path = tmp_path / "upload.csv"
    rows = [ROW, ROW | {"LastName": " Roe"}, ROW, ROW | {"FirstName": "Zo\u00eb"}, ROW | {"Suffix": "_x000D_"}, ROW]
    path.write_text("\n".join(",".join(row) for row in [ROW, *(row.values() for row in rows)]))
    assert read_file(path, NEW_STATE_ID).untidy.to_list() == [3, 5, 6]
