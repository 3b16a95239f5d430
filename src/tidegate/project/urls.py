"""The addresses of the site."""

from django.urls import include, path

urlpatterns = [path("", include("tidegate.api.urls")), path("", include("tidegate.web.urls"))]

handler400 = "tidegate.web.views.errors.bad_request"
handler403 = "tidegate.web.views.errors.forbidden"
handler404 = "tidegate.web.views.errors.not_found"
handler500 = "tidegate.web.views.errors.our_fault"
handler429 = "tidegate.web.views.errors.too_many"
