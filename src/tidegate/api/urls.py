"""Version 1 of the API and its addresses. Its own tokens say who asks; the sign-in of the pages has no part in it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from tidegate.api.authenticate import BearerToken
from tidegate.api.openapi import DescribedApi
from tidegate.api.parser import TextParser
from tidegate.api.problems import answer_problems, problem
from tidegate.api.routes import (
    conflicts,
    corrections,
    department,
    file_types,
    findings,
    follow_up,
    indicators,
    mappings,
    no_longer_fits,
    outputs,
    participation,
    publications,
    publish,
    records,
    snapshot_warnings,
    snapshots,
    students,
    uploads,
    waiting,
    windows,
)
from tidegate.core.errors import NotFound

api = DescribedApi(
    title="tidegate",
    version="1",
    description="Send files to the state collection system and read the results.",
    auth=BearerToken(),
    parser=TextParser(),
    docs_url=None,  # the page would load its scripts from elsewhere; the description itself is enough
    urls_namespace="api-v1",
    servers=[{"url": "/", "description": "The site that this description comes from"}],
    openapi_extra={"info": {"license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"}}},
)
api.add_router("", uploads.router)
api.add_router("", waiting.router)
api.add_router("", corrections.router)
api.add_router("", outputs.router)
api.add_router("", findings.router)
api.add_router("", no_longer_fits.router)
api.add_router("", conflicts.router)
api.add_router("", follow_up.router)
api.add_router("", file_types.router)
api.add_router("", windows.router)
api.add_router("", records.router)
api.add_router("", students.router)
api.add_router("", mappings.router)
api.add_router("", snapshots.router)
api.add_router("", snapshot_warnings.router)
api.add_router("", participation.router)
api.add_router("", indicators.router)
api.add_router("", department.router)
api.add_router("", publications.router)
api.add_router("", publish.router)
answer_problems(api)


def is_for_programs(path: str) -> bool:
    """Whether what is asked for at this path is answered to a program, with problem details where it is declined."""
    return path.startswith("/api/")


def _with_problems(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the view with the one error as problem details that the framework answers by itself."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response: HttpResponse = view(request, *arguments, **named)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        refused = problem(405, "This cannot be done here", code="METHOD", detail=f"Use {response['Allow']}")
        refused["Allow"] = response["Allow"]
        return refused

    return login_not_required(answer)


@csrf_exempt
@login_not_required
def _no_such_address(_request: HttpRequest) -> HttpResponse:
    return problem(404, "There is no such address", code=NotFound.code, detail="See /api/v1/openapi.json")


_patterns, _app, _namespace = api.urls
for pattern in _patterns:
    pattern.callback = _with_problems(pattern.callback)  # type: ignore[arg-type]

urlpatterns = [path("api/v1/", (_patterns, _app, _namespace)), re_path("^api/", _no_such_address)]
