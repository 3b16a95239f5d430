"""What the state sends to the Department: a preview of the totals, and the workbook."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.department.make import XLSX, department_forms, make_workbook
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.permissions import check_can_make_department_files
from tidegate.audit.record import record_event
from tidegate.web.downloads import download
from tidegate.web.requests import PersonRequest


def department(request: PersonRequest, number: int) -> HttpResponse:
    """Show what the workbook of a snapshot would have, and whether each total is the sum of its parts."""
    check_can_make_department_files(request.user)
    found = find_snapshot(number)
    forms = department_forms(found, by=request.user)
    record_event("department.previewed", by=request.user, school_year=found.school_year, subject=found)
    differences = [difference for form in forms for difference in form.differences]
    context = {"snapshot": found, "forms": forms, "differences": differences}
    return render(request, "web/accountability/department.html", context)


def department_workbook(request: PersonRequest, number: int) -> HttpResponseBase:
    """Make the workbook of a snapshot, and hand it out."""
    check_can_make_department_files(request.user)
    made = make_workbook(find_snapshot(number), by=request.user)
    return download([made.content], made.name, content_type=XLSX)
