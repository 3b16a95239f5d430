"""Which part of the list No longer fits an address asks for, and where its lines lead."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import QuerySet

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_upload
from tidegate.accounts.reach import is_state_wide
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import Misfit
from tidegate.uploads.rechecks.misfit_list import ShownMisfit
from tidegate.web.pages import number_in, text_from
from tidegate.web.reach import enrolled_within_reach
from tidegate.web.requests import PersonRequest


def chosen_misfits(misfits: "QuerySet[Misfit]", request: PersonRequest) -> "QuerySet[Misfit]":
    """Return the misfits of the file type, organization and rule in the address; of all that it does not name."""
    wanted: dict[str, object] = {}
    for name in ("file_type", "code"):
        if text := text_from(request, name):
            wanted[name] = text
    if organization := number_in(text_from(request, "organization")):
        wanted["organization_id"] = organization
    return misfits.filter(**wanted) if wanted else misfits


class LinkedMisfit(NamedTuple):
    """A line of the list, and whether the person may open its student and its upload."""

    shown: ShownMisfit
    may_view_student: bool
    may_view_upload: bool


def with_links(shown: Collection[ShownMisfit], *, person: Person, school_year: SchoolYear) -> list[LinkedMisfit]:
    """Return the lines with what the person may open: a line may be theirs, and its student enrolled elsewhere."""
    numbers = {each.misfit.student_id for each in shown}
    seen = numbers if is_state_wide(person) else enrolled_within_reach(numbers, person, school_year)
    return [
        LinkedMisfit(
            each,
            each.misfit.student_id in seen,
            bool(each.upload and can_view_upload(person, each.upload.organization)),
        )
        for each in shown
    ]
