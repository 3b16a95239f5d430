"""What the state sends to the Department, for a program of the state."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tidegate.accountability.department.edfacts.make import make_amounts
from tidegate.accountability.department.edfacts.profile import find_profile
from tidegate.accountability.department.form import NOT_FOR_PUBLICATION, DepartmentForm, FormCategory
from tidegate.accountability.department.make import XLSX, department_forms, make_workbook
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.models import Scope, Token
from tidegate.accounts.permissions import check_can_make_department_files
from tidegate.api.authenticate import check_scope
from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.department import CategoryOut, DepartmentFormOut, DepartmentNumbers, PartOut
from tidegate.audit.record import record_event

router = Router(tags=["department"])
_WORKBOOK: dict[str, Any] = {"response": {200: None, **PROBLEMS}, "openapi_extra": gives(XLSX)}
_AMOUNTS: dict[str, Any] = {"response": {200: None, **PROBLEMS}, "openapi_extra": gives("text/csv")}


@router.get(
    "/snapshots/{number}/department",
    response={200: DepartmentNumbers, **PROBLEMS},
    summary="The numbers for the Department",
)
def get_department_numbers(request: HttpRequest, number: int) -> DepartmentNumbers:
    """Return the numbers of the whole state, exact and not for publication: needs the scope `department:make` and the
    state's role."""
    token = _token(request)
    found = find_snapshot(number)
    forms = department_forms(found, by=token.person)
    record_event("department.previewed", by=token.person, school_year=found.school_year, subject=found, by_token=True)
    return DepartmentNumbers(
        mark=NOT_FOR_PUBLICATION, snapshot=found.pk, sha256=found.sha256, forms=[_show(form) for form in forms]
    )


@router.get("/snapshots/{number}/department/workbook", summary="The workbook for the Department", **_WORKBOOK)
def get_department_workbook(request: HttpRequest, number: int) -> Any:
    """Make the workbook of a snapshot. It is declined with each difference where a total is not the sum of its
    parts."""
    token = _token(request)
    made = make_workbook(find_snapshot(number), by=token.person, by_token=True)
    return HttpResponse(made.content, content_type=XLSX)


@router.get("/snapshots/{number}/department/edfacts/{file}", summary="The amounts of an old EDFacts file", **_AMOUNTS)
def get_edfacts_amounts(request: HttpRequest, number: int, file: str) -> Any:
    """Make the amounts of an old EDFacts file of a snapshot as CSV, of which `tidegate edfacts write` makes its fixed
    positions. They are exact and not for publication."""
    token = _token(request)
    made = make_amounts(find_snapshot(number), find_profile(file), by=token.person, by_token=True)
    return HttpResponse(made.content, content_type="text/csv; charset=utf-8")


def _token(request: HttpRequest) -> Token:
    """Return the token of the request. Raises NotAllowed where it, or its person, may not have the state's numbers."""
    token = cast("Token", request.auth)  # type: ignore[attr-defined]
    check_scope(token, Scope.DEPARTMENT)
    check_can_make_department_files(token.person)
    return token


def _show(form: DepartmentForm) -> DepartmentFormOut:
    return DepartmentFormOut(
        code=form.code,
        title=form.title,
        numerator=form.total.numerator,
        denominator=form.total.denominator,
        categories=[_show_category(category) for category in form.categories],
        differences=[str(difference) for difference in form.differences],
        to_confirm=form.to_confirm,
        assumed=list(form.assumed),
        why_no_data=form.why_no_data,
    )


def _show_category(category: FormCategory) -> CategoryOut:
    parts = [
        PartOut(key=each.key, name=each.name, numerator=each.numerator, denominator=each.denominator)
        for each in category.parts
    ]
    again = category.counted_again
    return CategoryOut(
        category=category.name,
        parts=parts,
        numerators_counted_again=again.numerator,
        denominators_counted_again=again.denominator,
        why_no_data=category.why_no_data,
    )
