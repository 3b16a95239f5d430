"""What a file is checked for."""

from dataclasses import dataclass

from tidegate.core.layouts.school_year import SchoolYear


@dataclass(frozen=True)
class Focus:
    """The school year and, unless every organization's rows are taken, whose file it is."""

    school_year: SchoolYear
    organization_id: int | None = None
    organization_name: str = ""
