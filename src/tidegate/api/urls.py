"""The addresses of the API. Its own tokens say who asks; the sign-in of the pages has no part in it."""

from django.urls import path

from tidegate.api.v1 import api

_patterns, _app, _namespace = api.urls
for pattern in _patterns:
    pattern.callback.login_required = False  # type: ignore[union-attr]  # Django's own mark for it

urlpatterns = [path("api/v1/", (_patterns, _app, _namespace))]
