"""Finds the school years that the state collects."""

from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.reference.models import SchoolYear


def find_school_year(name: str) -> SchoolYear:
    """Return the school year of that name; a Refusal where the state does not collect it."""
    year = SchoolYear.objects.filter(first=Period.parse(name).first).first()
    if year is None:
        raise Refusal("The state does not collect this school year", fix="Choose another school year")
    return year
