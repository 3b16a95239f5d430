"""The axis of a plot: it ends at a round number."""

from collections.abc import Sequence


def round_top(highest: float, tops: Sequence[int]) -> int:
    """Return the first of `tops`, times a power of ten, that is not below the highest value."""
    power = 1
    while True:
        for top in tops:
            if highest <= top * power:
                return top * power
        power *= 10
