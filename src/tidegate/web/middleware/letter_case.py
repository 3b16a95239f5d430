"""Leads an address that was written in other letters, as mail programs and people do, to the one that is meant."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import is_valid_path

_OF_PROGRAMS = "/api/"


class LetterCaseMiddleware:
    """Looks for an unknown address again in small letters, of which all addresses are but for a rule's code, which its
    page takes in any."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, then lead to the page that is meant where there was none."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or request.method not in ("GET", "HEAD"):
            return response
        if is_valid_path(request.path_info):  # what it names is not there, or not for this person
            return response
        small = request.path_info.lower()
        is_page = not small.startswith(_OF_PROGRAMS) and (is_valid_path(small) or is_valid_path(f"{small}/"))
        if not is_page:
            return response
        query = request.META.get("QUERY_STRING", "")
        script = request.path.removesuffix(request.path_info)
        return redirect(f"{script}{small}{'?' if query else ''}{query}")
