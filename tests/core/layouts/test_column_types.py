"""A column's type reads a text or gives no value, and says its form in words."""

from decimal import Decimal

import polars as pl
import pytest

from tidegate.core.layouts.column_types import Choice, ColumnType, Digits, Number, Text


def values(of: ColumnType, *texts: str) -> list:
    return pl.DataFrame({"text": texts}).select(of.value(pl.col("text"))).to_series().to_list()


def test_a_number_may_leave_out_what_does_not_count():
    assert values(Number(maximum=9, places=2), "1.5", ".25", "+2.", "1.250") == [
        Decimal("1.5"),
        Decimal("0.25"),
        Decimal(2),
        Decimal("1.25"),
    ]
    assert values(Number(maximum=9, places=2), "1.255", ".", "1e3", "123456789") == [None] * 4


def test_a_number_may_have_no_decimal_places():
    assert values(Number(maximum=9, places=0), "5", "5.0", "5.5", ".0") == [Decimal(5), Decimal(5), None, None]


def test_digits_count_and_so_do_zeros():
    assert values(Digits(min_length=2, max_length=3), "01", "001", "1", "1234", "+1", "1a") == [
        "01",
        "001",
        *[None] * 4,
    ]


def test_a_code_is_read_in_any_case():
    assert values(Choice(choices={"P": "primary"}, synonyms={"prim": "P"}), "p", "PRIM", "X") == ["P", "P", None]


def repaired(of: ColumnType, *texts: str) -> list[dict[str, str]]:
    """Return what each way to repair makes of the texts that it can repair."""
    rows = pl.DataFrame({"text": texts})
    found = [rows.select("text", method.value.alias("value")) for method in of.repairs(pl.col("text"), None)]
    return [dict(each.drop_nulls().iter_rows()) for each in found]


def test_zeros_of_a_choice_come_back_where_one_code_can_be_meant():
    assert repaired(Choice(choices={"01": "", "12": ""}), "1", "1.0", "001", "012") == [
        {"1": "01"}, {"1.0": "01"}, {"001": "01", "012": "12"}
    ]  # fmt: skip


@pytest.mark.parametrize("codes", [("02", "002"), ("2", "02"), ("02", "2")])
def test_codes_that_differ_in_zeros_alone_are_not_guessed(codes):
    of = Choice(choices={**dict.fromkeys(codes, ""), "01": ""})
    assert values(of, *codes) == list(codes)
    wrong = [text for text in ("2", "0002", "2.0", "02.0") if text not in codes]
    assert repaired(of, *wrong) == [{}, {}, {}]


@pytest.mark.parametrize(
    ("of", "form"),
    [
        (Text(max_length=10), "up to 10 characters"),
        (Digits(max_length=9, min_length=9), "a number of 9 digits"),
        (Digits(max_length=4), "a number of 1 to 4 digits"),
        (Number(maximum=99.99, places=2), "a number from 0 to 99.99 with at most 2 decimal places"),
        (Number(maximum=150, places=1), "a number from 0 to 150 with at most 1 decimal place"),
        (Number(minimum=1, maximum=9, places=0), "a number from 1 to 9 without decimal places"),
        (Choice(choices={"P": "primary", "C": "concurrent"}), "one of P, C"),
    ],
)
def test_a_type_says_its_form_in_words(of, form):
    assert of.form() == form
