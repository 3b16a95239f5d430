"""The school year: from the day on which the state has it begin to the day before that, named by both years."""

import re
from datetime import date, timedelta
from typing import Self

import msgspec

from tidegate.core.errors import Refusal
from tidegate.core.layouts.state_package import present_package


class SchoolYear(msgspec.Struct, frozen=True, order=True):
    """The year that begins in `first`, named `2020-2021`; `state.toml` has the day."""

    first: int

    @classmethod
    def parse(cls, name: str) -> Self:
        """Return the school year named `2020-2021`; a bare `2020` is the year that begins then. Else a Refusal."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", name.strip())
        if not match or (match[2] and int(match[2]) != int(match[1]) + 1):
            message = "The school year is not named by two years that follow each other"
            raise Refusal(message, fix="Name it like this: 2020-2021", code="SCHOOL_YEAR")
        return cls(int(match[1]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the school year that `day` falls in."""
        return cls(day.year if (day.month, day.day) >= _begins() else day.year - 1)

    @property
    def name(self) -> str:
        """Both years, as people write them: `2020-2021`."""
        return f"{self.first:04d}-{self.first + 1:04d}"

    @property
    def first_day(self) -> date:
        """The day on which it begins, such as July 1."""
        return date(self.first, *_begins())

    @property
    def last_day(self) -> date:
        """The day before the next one begins, such as June 30."""
        return date(self.first + 1, *_begins()) - timedelta(days=1)

    def is_within(self, since: str, until: str) -> bool:
        """Whether it is one of the school years from `since` to `until`, both named and both in; blank is open. Raises
        Refusal where one is no school year, or none lies between the two."""
        if since and until and self.parse(since) > self.parse(until):
            raise Refusal(f"since {since} is after until {until}, so that it is of no school year", code="SCHOOL_YEAR")
        begun = not since or self.parse(since) <= self
        return begun and (not until or self <= self.parse(until))

    def __str__(self) -> str:
        return self.name


def _begins() -> tuple[int, int]:
    """Return the day on which a school year begins in the present state.

    Returns:
        The month and the day of the month.
    """
    month, day = present_package().state.school_years.begins.split("-")
    return int(month), int(day)
