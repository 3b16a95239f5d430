"""The place of a number is found whether numbers lie close together or far apart."""

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
