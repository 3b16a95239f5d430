"""What an address asks for: a page of a long list, a text to search for."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS_ON_A_PAGE = 50
LONGEST_TEXT = 100


def page_of(rows: "QuerySet[Any]", request: HttpRequest) -> "Page[Any]":
    """Return the page that the address asks for with `?page=`, the nearest one where there is no such page."""
    return Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))


def text_from(request: HttpRequest, name: str) -> str:
    """Return a text of the address, without what the database cannot hold and not longer than makes sense."""
    return clean_text(request.GET.get(name, ""))


def clean_text(text: str) -> str:
    """Return a text without what the database cannot hold and not longer than makes sense."""
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]
