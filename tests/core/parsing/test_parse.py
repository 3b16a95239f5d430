"""Texts become values: wrappings come off, damage that can mean one value only is repaired, the rest has no value."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.core.small_layout import COLUMNS, EXAMPLES, LAYOUT
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.parse import Parsed, Parser

ROWS = dict.fromkeys(LAYOUT.columns, pl.String)


def parse(*rows: dict[str, str | None], **how) -> Parsed:
    frame = pl.DataFrame(
        [{"row": 2 + place, **EXAMPLES, **row} for place, row in enumerate(rows)], {"row": pl.UInt32} | ROWS
    )
    return Parser(LAYOUT, SchoolYear(2020), **how).parse(frame)


def texts(name: str, *cells: str | None, **how) -> list[str]:
    return parse(*({name: cell} for cell in cells), **how).rows[name].to_list()


def values(name: str, *cells: str | None) -> list:
    return parse(*({name: cell} for cell in cells)).rows[f"{name}:value"].to_list()


def repairs(name: str, *cells: str, **how) -> list[tuple[str, str, int]]:
    return [(each.code, each.column, each.count) for each in parse(*({name: cell} for cell in cells), **how).repairs]


def test_every_text_gets_a_value_of_its_columns_type():
    parsed = parse({})
    assert [parsed.rows[f"{each.name}:value"][0] for each in COLUMNS] == [
        "0123",
        "Mildred",
        "P",
        date(2020, 9, 1),
        Decimal("1.5"),
    ]
    assert parsed.repairs == []


@pytest.mark.parametrize(
    ("name", "cell"), [("Number", "12A"), ("Grade", "07"), ("Start", "13/45/2020"), ("Credits", "1,5")]
)
def test_a_text_of_another_form_has_no_value_and_stays_as_it_is(name, cell):
    assert (texts(name, cell), values(name, cell)) == ([cell], [None])


def test_a_blank_cell_has_no_value_and_one_that_is_missing_no_text():
    assert values("Name", "", "  ", None) == [None, None, None]
    assert texts("Name", "", "  ", None) == ["", "", None]


def test_what_keeps_zeros_in_a_spreadsheet_comes_off():
    assert texts("Number", '="0123"', "'0123", " 0123\t") == ["0123"] * 3
    assert repairs("Number", '="0123"', "'0123", " 0123\t", "0123") == [("CELL121", "Number", 3)]


def test_the_wrappings_of_a_fix_file_are_our_own():
    assert texts("Number", '="0123"', is_fix_file=True) == ["0123"]
    assert repairs("Number", '="0123"', is_fix_file=True) == []


def test_an_apostrophe_belongs_to_free_text():
    assert texts("Name", "'t Hooft") == ["'t Hooft"]


def test_zeros_that_a_number_has_lost_come_back_with_a_notice():
    assert values("Number", "123", "00123", "0123") == ["0123"] * 3
    assert repairs("Number", "123", "00123", "0123") == [("CELL120", "Number", 1), ("CELL117", "Number", 1)]


def test_a_number_shown_in_powers_is_told_and_not_read():
    assert values("Number", "1.23E+08") == [None]
    assert repairs("Number", "1.23E+08") == [("CELL124", "Number", 1)]


def test_the_synonym_of_a_code_is_the_code():
    assert values("Grade", "pre", "p", "1") == ["P", "P", "01"]


def test_the_days_of_a_column_are_counted_for_the_order_of_the_file():
    seen = parse({"Start": "9/25/2020"}, {"Start": "2020-09-26"})
    assert seen.day_orders.keys() == seen.days_seen.keys() == {"Start"}
    assert values("Start", "9/25/2020", "2020-09-26") == [date(2020, 9, 25), date(2020, 9, 26)]
