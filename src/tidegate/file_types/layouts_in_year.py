"""The layouts of all file types in a school year, read only for a file that is not what it was sent as."""

from collections.abc import Iterator
from functools import cached_property

from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types.file_type import find_all


class LayoutsInYear:
    """A collection of the layouts; the first question reads them."""

    def __init__(self, school_year: SchoolYear) -> None:
        self._school_year = school_year

    def __iter__(self) -> Iterator[Layout]:
        """Go through the layouts, in the order in which people meet the file types."""
        return iter(self._layouts)

    @cached_property
    def _layouts(self) -> list[Layout]:
        return [file_type.layout.in_year(self._school_year) for file_type in find_all().values()]
