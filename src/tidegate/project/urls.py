"""The addresses of the site."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tidegate.api.problems import say_unreadable
from tidegate.web.errors import bad_request

urlpatterns = [path("", include("tidegate.api.urls")), path("", include("tidegate.web.urls"))]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return what a request gets that Django itself declines, such as one for a host that is not ours: problem details
    for a program, a page for a person."""
    answer = say_unreadable if request.path.startswith("/api/") else bad_request
    return answer(request, exception)


handler403 = "tidegate.web.errors.forbidden"
handler404 = "tidegate.web.errors.not_found"
handler500 = "tidegate.web.errors.internal_error"
handler429 = "tidegate.web.errors.too_many"
