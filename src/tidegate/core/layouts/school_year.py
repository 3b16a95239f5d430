"""The school year: July 1 to June 30, named by both years."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from tidegate.core.errors import Refusal


@dataclass(frozen=True, order=True)
class SchoolYear:
    """July 1 of `first` to June 30 of the year after, named `2020-2021` (DOMAIN.md, Words)."""

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
        return cls(day.year if day.month >= 7 else day.year - 1)

    @property
    def name(self) -> str:
        """Both years, as people write them: `2020-2021`."""
        return f"{self.first:04d}-{self.first + 1:04d}"

    @property
    def first_day(self) -> date:
        """July 1."""
        return date(self.first, 7, 1)

    @property
    def last_day(self) -> date:
        """June 30."""
        return date(self.first + 1, 6, 30)

    def is_within(self, since: str, until: str) -> bool:
        """Whether it is one of the school years from `since` to `until`, both named and both in; blank is open. Raises
        Refusal where one is no school year."""
        begun = not since or self.parse(since) <= self
        return begun and (not until or self <= self.parse(until))

    def __str__(self) -> str:
        return self.name
