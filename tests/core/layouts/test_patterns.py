"""A pattern in a state's data is refused where Polars could not carry it out, without asking Polars."""

import polars as pl
import pytest

from tidegate.core.layouts.patterns import why_no_pattern

CARRIED_OUT = ["", r"^\d{2}\.\d{4}$", "[*+-]+", r"a\++", r"\\1", r"\[a[0-9]", "[1]", "(?i)ab", "(?:ab)+", r"^[\[\]]$"]
NOT_KNOWN = [r"^(?!00)\d+$", "(?=a)b", "(?<=a)b", "(?<!a)b", r"(a)\1", "(?P<x>a)(?P=x)", "[a", "a(", "*"]


def is_carried_out(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


@pytest.mark.parametrize("pattern", CARRIED_OUT)
def test_what_polars_carries_out_is_taken(pattern):
    assert is_carried_out(pattern)
    assert not why_no_pattern(pattern)


@pytest.mark.parametrize("pattern", NOT_KNOWN)
def test_what_polars_does_not_know_is_refused(pattern):
    assert not is_carried_out(pattern)
    assert f'the pattern "{pattern}"' in why_no_pattern(pattern)


def test_a_set_within_a_set_is_refused_since_it_means_two_things():
    assert "has a set within a set" in why_no_pattern("^[B[0-9]]+$")
