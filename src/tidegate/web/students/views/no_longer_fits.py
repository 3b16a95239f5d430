"""No longer fits: the lines on file of the focus that the present rules would not let in."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accounts.models import Focus
from tidegate.accounts.permissions import check_can_view_students
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.records.public_ids import public_ids_in_parts
from tidegate.uploads.rechecks.misfit_list import (
    count_lines,
    group_misfits,
    misfits_csv,
    misfits_of,
    show_misfits,
    students_of,
)
from tidegate.web.downloads import csv_download
from tidegate.web.pages import Rows, page_of
from tidegate.web.requests import PersonRequest
from tidegate.web.students.misfits import chosen_misfits, with_links

_MAX_GROUPS = 100


@transaction.atomic
def no_longer_fits(request: PersonRequest) -> HttpResponse:
    """Show how many lines do not fit, by file type, organization and rule, and those that the address asks for."""
    focus = request.focus
    if focus is None:
        return render(request, "web/students/no_longer_fits.html", {"focus": None})
    check_can_view_students(request.user, focus.organization)
    in_focus = misfits_of(focus.organization, focus.school_year)
    chosen = chosen_misfits(in_focus, request)
    page = page_of(Rows(chosen.select_related("organization", "student"), ("pk",)), request)
    shown = show_misfits(list(page))
    seen = sorted({str(each.misfit.student.public_id) for each in shown})
    _record("no_longer_fits.viewed", request, focus, seen)
    context = {
        "focus": focus,
        "page": page,
        "lines": with_links(shown, person=request.user, school_year=focus.school_year),
        "groups": group_misfits(in_focus, at_most=_MAX_GROUPS),
        "line_count": count_lines(in_focus),
        "is_part": chosen is not in_focus,
    }
    return render(request, "web/students/no_longer_fits.html", context)


@transaction.atomic
def no_longer_fits_file(request: PersonRequest) -> HttpResponseBase:
    """Download the list of the focus, or the part that the address asks for."""
    focus = request.focus
    if focus is None:
        raise Refusal("No focus is chosen", fix="Choose a school year and an organization under Change Focus")
    check_can_view_students(request.user, focus.organization)
    chosen = chosen_misfits(misfits_of(focus.organization, focus.school_year), request)
    for seen in public_ids_in_parts(students_of(chosen)):
        _record("no_longer_fits.downloaded", request, focus, seen)
    return csv_download(misfits_csv(chosen), f"no-longer-fits-{focus.school_year.name}.csv")


def _record(act: str, request: PersonRequest, focus: Focus, students: list[str]) -> None:
    """Record whose lines were shown, by the students' public IDs."""
    record_event(
        act, by=request.user, organization=focus.organization, school_year=focus.school_year, students=students
    )
