"""Top and bottom coding: a percentage near its ends says nearly everything about everybody in the group."""

from fractions import Fraction


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


def _percent_of(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole)


def _up(percent: Fraction) -> int:
    """Return the next whole number that is not below it."""
    return -(-percent.numerator // percent.denominator)
