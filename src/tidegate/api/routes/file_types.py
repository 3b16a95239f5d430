"""File types: which there are, their layouts, sample files and code lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tidegate.api.find_upload import PROBLEMS
from tidegate.api.openapi import gives
from tidegate.api.schemas.file_types import CodeOut, ColumnOut, FileTypeOut, LayoutOut
from tidegate.api.schemas.uploads import YearName
from tidegate.core.errors import NotFound
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.file_types import find, find_all
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import Code

router = Router(tags=["file types"])
CSV_FILE: dict[str, Any] = {"response": {200: Any, **PROBLEMS}, "openapi_extra": gives("text/csv")}


@router.get("/file-types", response={200: list[FileTypeOut], **PROBLEMS}, summary="The file types")
def list_file_types(request: HttpRequest) -> list[FileTypeOut]:
    """Return every file type, in the order in which they are sent."""
    return [
        FileTypeOut(file_type=found.slug, name=found.name, title=found.layout.title, summary=found.layout.summary)
        for found in find_all().values()
    ]


@router.get("/file-types/{file_type}/layout", response={200: LayoutOut, **PROBLEMS}, summary="A layout")
def get_layout(request: HttpRequest, file_type: str, school_year: YearName) -> LayoutOut:
    """Return the columns of the file type in the school year, in order."""
    found, year = find(file_type), _period(school_year)
    columns = [
        ColumnOut(
            name=column.name,
            form=column.type.form(),
            required=column.required,
            description=column.description,
            example=column.example,
        )
        for column in found.layout.columns_in(year)
    ]
    return LayoutOut(file_type=found.slug, school_year=year.name, columns=columns)


@router.get("/file-types/{file_type}/sample", summary="The sample file", **CSV_FILE)
def get_sample(request: HttpRequest, file_type: str, school_year: YearName) -> HttpResponse:
    """Return the sample file as CSV: the header and an example row."""
    sample = find(file_type).sample_csv(_period(school_year))
    return HttpResponse(sample, content_type="text/csv; charset=utf-8")


@router.get("/codes/{list_name}", response={200: list[CodeOut], **PROBLEMS}, summary="A code list")
def list_codes(request: HttpRequest, list_name: str, school_year: YearName) -> list[CodeOut]:
    """Return the codes of a list that are valid in the school year."""
    if list_name not in _code_lists():
        raise NotFound("There is no such code list", fix=f"Choose one of: {', '.join(_code_lists())}")
    codes = Code.objects.filter(list_name=list_name).valid_in(_period(school_year)).order_by("code")
    return [CodeOut(code=code.code, title=code.title) for code in codes]


def _period(name: str) -> SchoolYear:
    return SchoolYear(find_school_year(name).first)


def _code_lists() -> list[str]:
    """Return the names of the code lists that columns refer to in any year, each once."""
    return sorted({list_name for found in find_all().values() for list_name in found.layout.code_lists()})
