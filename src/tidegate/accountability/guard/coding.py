"""Top and bottom coding: a percentage near its ends says nearly everything about everybody in the group."""

from fractions import Fraction
from typing import NamedTuple


class Coded(NamedTuple):
    """What is said in place of a part that is hidden, blank where nothing is, and between which bounds the part must be
    for whoever reads it."""

    text: str
    lowest: int
    highest: int


def coded_percent(part: int, whole: int, *, smallest: int, edge: int = 5) -> str:
    """Return a percentage as it is published.

    Args:
        part: How many of the group.
        whole: How many are in the group.
        smallest: The smallest part that is shown.
        edge: From which percent on, and up to 100 minus which, it is coded.

    Returns:
        A whole percentage; `< 5 %` or `> 95 %` near the ends; blank for a group in which part and rest cannot both be
        large enough. Of a group of up to 100 a whole percentage gives the part away, so where the part or the rest is
        small, it is coded, too.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    if whole < 2 * smallest:
        return ""
    percent, low = _percent_of(part, whole), max(Fraction(edge), _percent_of(smallest, whole))
    if percent < low:
        return f"< {_up(low)} %"
    if percent > 100 - low:
        return f"> {100 - _up(low)} %"
    return f"{round(percent)} %"


def coded_part(part: int, whole: int, *, smallest: int, edge: int = 5) -> Coded:
    """Return what is said of a part whose number is hidden while the whole is shown. Where nothing is said, that is
    said, too: the part is then large enough, and so is the rest.

    Args:
        part: How many of the group.
        whole: How many are in the group.
        smallest: The smallest part that is shown.
        edge: From which percent on, and up to 100 minus which, it is coded.
    """
    if whole < 2 * smallest:
        return Coded("", 0, whole)
    low = max(Fraction(edge), _percent_of(smallest, whole))
    fewest = _up(low * whole / 100)
    if part < fewest:
        return Coded(f"< {_up(low)} %", 0, fewest - 1)
    if whole - part < fewest:
        return Coded(f"> {100 - _up(low)} %", whole - fewest + 1, whole)
    return Coded("", fewest, whole - fewest)


def _percent_of(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _up(percent: Fraction) -> int:
    """Return the next whole number that is not below it."""
    return -(-percent.numerator // percent.denominator)
