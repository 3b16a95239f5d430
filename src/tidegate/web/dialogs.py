"""Boxes: a form that is a page of its own, and with htmx comes up over the page that one is on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

BOX_ID = "box"


def is_for_box(request: HttpRequest) -> bool:
    """Whether htmx asks for the contents of the box and not for a page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and htmx.target == BOX_ID


def show_box(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return the contents of the dialog; inside a page of their own unless htmx asked for them.

    Args:
        request: The request.
        template: The template of the contents.
        context: What it shows.
        status: The status of HTTP.
    """
    is_box = is_for_box(request)
    context = {**context, "is_box": is_box, "box_template": template}
    return render(request, template if is_box else "web/boxes/page.html", context, status=status)


def leave_dialog(request: HttpRequest, to: str, /) -> HttpResponse:
    """Return the redirect to where things go on once the box was filled in."""
    return HttpResponseClientRedirect(to) if is_for_box(request) else redirect(to)
