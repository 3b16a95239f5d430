"""The place of a number is found whether numbers lie close together or far apart."""

from random import Random

import polars as pl
import pytest

from tidegate.core.frames.joins import IntIndex

CLOSE = [900_000_003, 900_000_001, 900_000_007]
FAR_APART = [999_999_999, 1, 500_000_000]


def positions(known: list[int], asked: list[int | None], kind=pl.UInt32) -> list[int | None]:
    return IntIndex(pl.Series(known, dtype=kind)).positions(pl.Series(asked, dtype=kind)).to_list()


@pytest.mark.parametrize("kind", [pl.UInt32, pl.UInt64])
@pytest.mark.parametrize("known", [CLOSE, FAR_APART])
def test_a_number_is_found_at_its_place(known, kind):
    assert positions(known, [*reversed(known), known[0]], kind) == [2, 1, 0, 0]


@pytest.mark.parametrize("known", [CLOSE, FAR_APART])
def test_a_number_below_between_or_above_the_known_ones_has_no_place(known):
    assert positions(known, [0, known[0] - 1, 1_000_000_000, 4_294_967_295, None]) == [None] * 5


def test_nobody_is_found_where_nobody_is_known():
    assert positions([], [0, 900_000_001]) == [None, None]


@pytest.mark.parametrize("kind", [pl.UInt32, pl.UInt64])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_numbers_spread_over_nine_digits_are_found_as_a_dictionary_does(kind, is_sorted):
    random = Random(7)
    known = [*random.sample(range(10_000_000, 990_000_000), 3_000), 500_000_000, 500_000_001, 500_000_002, 999_999_999]
    known = sorted(set(known)) if is_sorted else list(dict.fromkeys(known))
    asked = [None, 0, 4_294_967_295, *(number + step for number in known for step in (-1, 0, 1))]
    places = {number: place for place, number in enumerate(known)}
    assert positions(known, asked, kind) == [places.get(number) for number in asked]
