"""The first hour of an installation: the first administrator by a one-time link, and what is still to do."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.accounts.sign_ins import let_in
from tidegate.administration.first_administrator import check_setup_link
from tidegate.administration.first_hour import this_year
from tidegate.records.add_school_year import add_school_year
from tidegate.reference.models import SchoolYear
from tidegate.web.administration.first_hour import first_hour
from tidegate.web.administration.forms.first_administrator import FirstAdministratorForm
from tidegate.web.requests import PersonRequest


@login_not_required
@never_cache
def first_administrator(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the first administrator, who then is signed in. The link is good once."""
    check_setup_link(secret)
    form = FirstAdministratorForm(request.POST or None)
    person = form.make(secret) if form.is_valid() else None
    if person is None:
        context = {"form": form, "sso_name": settings.TIDEGATE_SSO_NAME if settings.TIDEGATE_SSO_ONLY else ""}
        return render(request, "web/sign_in/first_administrator.html", context, status=422 if form.is_bound else 200)
    if settings.TIDEGATE_SSO_ONLY:
        return redirect("account_login")
    let_in(request, person)
    return redirect("setup")


def setup(request: PersonRequest) -> HttpResponse:
    """Show what is done and what is missing until the first district has sent a file."""
    check_can_manage_reference(request.user)
    next_year = this_year() if not SchoolYear.objects.exists() else None
    return render(request, "web/administration/setup.html", {"first_hour": first_hour(), "first_year": next_year})


@require_POST
def open_first_year(request: PersonRequest) -> HttpResponse:
    """Open the school year of the form."""
    check_can_manage_reference(request.user)
    add_school_year(request.POST.get("school_year", "").strip()[:20], by=request.user)
    return redirect("setup")
