"""What a file is checked for."""

import msgspec

from tidegate.core.layouts.school_year import SchoolYear


class Focus(msgspec.Struct, frozen=True):
    """The school year and, unless every organization's rows are taken, whose file it is."""

    school_year: SchoolYear
    organization_id: int | None = None
    organization_name: str = ""
