"""What is said of a publication, in words."""

from typing import Protocol


class Hiding(Protocol):
    """What hides numbers: a draft, or a publication."""

    @property
    def number_count(self) -> int:
        """How many numbers there are."""

    @property
    def hidden_count(self) -> int:
        """How many of them are hidden."""

    @property
    def withheld_count(self) -> int:
        """How many tables are withheld."""


def describe_hidden(hiding: Hiding) -> str:
    """Return how much is hidden, such as `764 of 1,079 numbers are hidden, 3 tables are withheld`."""
    noun = "number is" if hiding.number_count == 1 else "numbers are"
    said = f"{hiding.hidden_count:,} of {hiding.number_count:,} {noun} hidden"
    withheld = hiding.withheld_count
    return f"{said}, {withheld:,} {'table is' if withheld == 1 else 'tables are'} withheld" if withheld else said
