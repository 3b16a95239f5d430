"""A form of the workbook for the Department: a total, its parts by each category, and whether they add up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.text import capfirst

from tidegate.accountability.indicators.indicator import IndicatorCount

NOT_FOR_PUBLICATION = "Not for publication"
"""What stands on each sheet and each page: the numbers are exact, also those of a few students."""
_TITLES = {"sex": "Sex", "race": "Race and ethnicity", "cluster": "Career cluster", "program": "Program"}


class Pair(NamedTuple):
    """A numerator and its denominator, in students."""

    numerator: int
    denominator: int


NOBODY = Pair(0, 0)


@dataclass(frozen=True)
class FormCategory:
    """The parts of a total by one thing, such as sex; missing is a part of its own.

    Attributes:
        name: What is counted by, such as `sex`.
        parts: The numbers of each value.
        counted_again: How many of the students in the parts are there a second time, as one of two programs is.
        why_no_data: Why there are no parts, as a sentence; blank where there are.
    """

    name: str
    parts: tuple[IndicatorCount, ...] = ()
    counted_again: Pair = NOBODY
    why_no_data: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES.get(self.name, capfirst(self.name))

    @property
    def sums(self) -> Pair:
        """What the parts add up to, each student once."""
        again = self.counted_again
        return Pair(
            sum(part.numerator or 0 for part in self.parts) - again.numerator,
            sum(part.denominator or 0 for part in self.parts) - again.denominator,
        )


class SumDifference(NamedTuple):
    """A total that is not the sum of its parts."""

    form: str
    category: str
    counted: str
    total: int
    sum: int

    def __str__(self) -> str:
        apart = abs(self.sum - self.total)
        more_or_less = "more" if self.sum > self.total else "less"
        return (
            f"{self.form}, {self.counted}: by {self.category} the parts add up to {self.sum:,}, which is {apart:,} "
            f"{more_or_less} than the total of {self.total:,}"
        )


@dataclass(frozen=True)
class DepartmentForm:
    """What one sheet of the workbook has.

    Attributes:
        code: The indicator's code, or the name of the form.
        title: What people call it.
        wording: What is counted, as a sentence.
        numerator: What the numerator is called.
        denominator: What the denominator is called.
        total: The numbers of the whole state.
        categories: The parts of the total, by each category.
        why_no_data: Why nothing was counted, as a sentence; blank where it was.
        to_confirm: Whether the state has still to confirm that it counts so.
        assumed: What is assumed where the state has not set a value, as sentences.
    """

    code: str
    title: str
    wording: str
    numerator: str
    denominator: str
    total: IndicatorCount
    categories: tuple[FormCategory, ...] = ()
    why_no_data: str = ""
    to_confirm: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def differences(self) -> list[SumDifference]:
        """Where the total is not the sum of its parts, by category."""
        return list(self._differences())

    def _differences(self) -> Iterator[SumDifference]:
        total = self.total
        if total.numerator is None or total.denominator is None:
            return
        for category in self.categories:
            if not category.parts:
                continue
            sums, of = category.sums, category.name
            if sums.denominator != total.denominator:
                yield SumDifference(self.code, of, self.denominator.lower(), total.denominator, sums.denominator)
            if sums.numerator != total.numerator:
                yield SumDifference(self.code, of, self.numerator.lower(), total.numerator, sums.numerator)
