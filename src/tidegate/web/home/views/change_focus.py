"""The Change Focus box."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tidegate.accounts.focus import save_focus
from tidegate.reference.models import SchoolYear
from tidegate.web.dialogs import leave_dialog, show_box
from tidegate.web.home.forms.focus import MAX_LISTED, FocusForm, matching
from tidegate.web.pages import number_in, text_from
from tidegate.web.requests import PersonRequest


def change_focus(request: PersonRequest) -> HttpResponse:
    """Show what can be worked in and save the choice, then go back to the page that one came from."""
    back = _page_to_go_back_to(request)
    if "find" in request.POST:
        return _show_found(request, back)
    form = FocusForm(request.POST or None, person=request.user, focus=request.focus)
    if form.is_valid():
        save_focus(by=request.user, **form.cleaned_data)
        return leave_dialog(request, back)
    context = {"heading": "Change Focus", "form": form, "back": back}
    return show_box(request, "web/boxes/change_focus.html", context, status=422 if form.is_bound else 200)


def _show_found(request: PersonRequest, back: str) -> HttpResponse:
    """Show the box with what was looked for, to a browser that does not look by itself; nothing is saved."""
    kept = {name: request.POST[name] for name in ("school_year", "show_students") if name in request.POST}
    search = request.POST.get("search", "").replace("\0", "")
    year = _year_in(kept.get("school_year", ""))
    form = FocusForm(person=request.user, focus=request.focus, search=search, school_year=year, initial=kept)
    context = {"heading": "Change Focus", "form": form, "back": back, "search": search}
    return show_box(request, "web/boxes/change_focus.html", context)


def find_organizations(request: PersonRequest) -> HttpResponse:
    """Show the organizations that have the text in their name, for the box in which one is chosen with a year."""
    year = _year_in(request.GET.get("school_year", ""))
    found = list(matching(request.user, text_from(request, "search"), focus=request.focus, school_year=year))
    return render(request, "web/boxes/organizations.html", {"found": found, "is_cut": len(found) >= MAX_LISTED})


def _year_in(text: str) -> SchoolYear | None:
    """Return the school year that the box has under Year; None where there is no such one."""
    return SchoolYear.objects.filter(pk=number_in(text)).first()


def _page_to_go_back_to(request: PersonRequest) -> str:
    page = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else reverse("start")
