"""What the state sends to the Department: a preview of the totals, and the workbook."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.department.edfacts.make import make_amounts
from tidegate.accountability.department.edfacts.profile import find_profile, find_profiles
from tidegate.accountability.department.make import XLSX, department_forms, make_workbook
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.permissions import check_can_make_department_files
from tidegate.audit.record import record_event
from tidegate.web.downloads import csv_download, download
from tidegate.web.requests import PersonRequest


def department(request: PersonRequest, number: int) -> HttpResponse:
    """Show what the workbook of a snapshot would have, and whether each total is the sum of its parts."""
    check_can_make_department_files(request.user)
    found = find_snapshot(number)
    forms = department_forms(found, by=request.user)
    record_event("department.previewed", by=request.user, school_year=found.school_year, subject=found)
    differences = [difference for form in forms for difference in form.differences]
    year = found.school_year.name
    files = [each for each in find_profiles().values() if each.first_year <= year <= each.last_year]
    context = {"snapshot": found, "forms": forms, "differences": differences, "edfacts_files": files}
    return render(request, "web/accountability/department.html", context)


def department_workbook(request: PersonRequest, number: int) -> HttpResponseBase:
    """Make the workbook of a snapshot, and hand it out."""
    check_can_make_department_files(request.user)
    made = make_workbook(find_snapshot(number), by=request.user)
    return download([made.content], made.name, content_type=XLSX)


def department_edfacts(request: PersonRequest, number: int, file: str) -> HttpResponseBase:
    """Make the amounts of an old EDFacts file, and hand them out."""
    check_can_make_department_files(request.user)
    made = make_amounts(find_snapshot(number), find_profile(file), by=request.user)
    return csv_download([made.content], made.name)
