"""Which file types the state collects for a school year."""

from collections.abc import Mapping

from tidegate.file_types import FileType, find_all
from tidegate.reference.models import SchoolYear
from tidegate.windows.collection import Windows


def collected_types(school_year: SchoolYear) -> Mapping[str, FileType]:
    """Return the file types that the state collects for a school year by slug, in the order in which to send them."""
    not_collected = Windows.of(school_year).not_collected
    return {slug: each for slug, each in find_all().items() if slug not in not_collected}
