"""Outputs are found, and say of themselves what pages, routes and options need."""

from pathlib import PurePath

import pytest

from tidegate.core.outputs.catalogue import downloads, find_output, find_outputs, options, printed
from tidegate.core.outputs.output import CSV, XLSX
from tidegate.core.outputs.spreadsheet import as_it_was, as_text, csv_chunks, escape_formula


def test_every_output_of_the_package_is_found_in_the_order_of_lists():
    slugs = [output.slug for output in find_outputs()]
    of_a_check = ["terminal", "result-log", "full-log", "report"]
    of_an_upload = ["fix-file", "answer-file", "receipt"]
    assert [slug for slug in slugs if slug != "changes"] == [*of_a_check, *of_an_upload, "causes", "json-result"]


def test_what_only_an_upload_has_is_no_option_of_a_check():
    assert {output.slug for output in downloads()} - {output.slug for output in options()} == {
        "answer-file",
        "receipt",
    }


def test_a_check_prints_words_unless_it_is_told_otherwise():
    assert list(printed()) == ["text", "csv", "json"]


@pytest.mark.parametrize(
    ("name", "form"), [("a.xlsx", XLSX), ("a.XLSX", XLSX), ("a.csv", CSV), ("a.txt", CSV), ("xlsx", CSV)]
)
def test_the_ending_of_a_name_says_the_form(name, form):
    assert find_output("full-log").form_of(PurePath(name)) == form


@pytest.mark.parametrize(
    ("cell", "escaped", "text", "wrapped"),
    [
        ("plain", "plain", "plain", "plain"),
        ("=1+1", "'=1+1", "'=1+1", '="=1+1"'),
        ("012", "012", "'012", '="012"'),
        ("2020-09-01", "2020-09-01", "'2020-09-01", "2020-09-01"),
        ("2020-2021", "2020-2021", "2020-2021", '="2020-2021"'),
        ("true", "true", "'true", '="true"'),
        ("43", "43", "43", "43"),
        ("", "", "", ""),
    ],
)
def test_a_cell_is_kept_from_a_spreadsheet_as_its_reader_needs(cell, escaped, text, wrapped):
    assert (escape_formula(cell), as_text(cell), as_it_was(cell)) == (escaped, text, wrapped)


def test_lines_come_as_csv_in_pieces_that_begin_with_the_header():
    pieces = list(csv_chunks(([number] for number in range(12_000)), line_end="\n"))
    assert [piece.count("\n") for piece in pieces] == [5_001, 5_000, 1_999]
    assert "".join(pieces) == "".join(f"{number}\n" for number in range(12_000))
    assert list(csv_chunks([["Header"]], line_end="\n")) == ["Header\n"]
