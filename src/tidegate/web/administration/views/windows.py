"""The windows of a school year: when each file type is collected, from whom otherwise, and who may be late."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import (
    can_allow_late_uploads,
    check_can_allow_late_uploads,
    check_can_manage_reference,
    find_organization,
)
from tidegate.file_types import FileType, find, find_all
from tidegate.overview.window_change import preview_window_change
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import Organization, SchoolYear
from tidegate.web.administration.forms.windows import LateForm, WindowForm, first_days
from tidegate.web.administration.window_preview import WindowPreview, is_seen
from tidegate.web.downloads import download
from tidegate.web.fields.organization_field import as_listed
from tidegate.web.focus import school_year_of
from tidegate.web.pages import text_from
from tidegate.web.requests import PersonRequest
from tidegate.windows.allow_late import end_allowance, find_allowance
from tidegate.windows.choose_collected import choose_collected
from tidegate.windows.collection import CURRENT, Windows, find_window
from tidegate.windows.describe_window import describe_window
from tidegate.windows.models import CollectionWindow, LateAllowance
from tidegate.windows.set_window import end_window, find_window_row, use_window_again

MAX_SHOWN = 200
"""Of windows of single organizations and of late allowances no more are shown at once."""


def windows(request: PersonRequest) -> HttpResponse:
    """Show when each file type is collected for the school year of `?school_year=`, else of the focus."""
    check_can_manage_reference(request.user)
    asked = text_from(request, "school_year")
    year = find_school_year(asked or school_year_of(request).name)
    today = timezone.localdate()
    found = Windows.of(year)
    context = {
        "year": year,
        "years": SchoolYear.objects.order_by("-first"),
        "lines": [(find(each.file_type), each, each.state_on(today)) for each in found.all_types(None)],
        "exceptions": [(each, each.state_on(today)) for each in _exceptions(year)[:MAX_SHOWN]],
        "allowances": [(each, each.until >= today) for each in _allowances(year)[:MAX_SHOWN]],
        "exception_count": _exceptions(year).count(),
        "allowance_count": _allowances(year).count(),
        "may_allow": can_allow_late_uploads(request.user),
    }
    return render(request, "web/administration/windows.html", context)


def _exceptions(year: SchoolYear) -> "QuerySet[CollectionWindow]":
    own = CollectionWindow.objects.filter(CURRENT, school_year=year).exclude(organization=None)
    return own.select_related("organization", "set_by").order_by("file_type", "organization__name", "pk")


def _allowances(year: SchoolYear) -> "QuerySet[LateAllowance]":
    given = LateAllowance.objects.filter(CURRENT, school_year=year)
    return given.select_related("organization", "allowed_by").order_by("-until", "organization__name", "pk")


def edit_window(request: PersonRequest, school_year: str, file_type: str) -> HttpResponse:
    """Show the window of a file type, of everybody or of `?organization=`, with those before it; what another one would
    do, and set it."""
    check_can_manage_reference(request.user)
    year, found = find_school_year(school_year), find(file_type)
    asked = text_from(request, "organization")
    organization = find_organization(request.user, asked) if asked else None
    all_windows = CollectionWindow.objects.filter(school_year=year, file_type=found.slug, organization=organization)
    first = first_days(find_window(found.slug, year, organization))
    form = WindowForm(request.POST or None, initial={**first, "organization": as_listed(organization)}, by=request.user)
    if form.is_valid() and (answer := _set_or_preview(request, form, found, year)):
        return answer
    context = {
        "year": year,
        "file_type": found,
        "organization": organization,
        "form": form,
        "earlier": all_windows.exclude(CURRENT).select_related("set_by", "ended_by").order_by("-ended_at")[:20],
    }
    return render(request, "web/administration/window.html", context, status=422 if form.is_bound else 200)


def _set_or_preview(
    request: PersonRequest, form: WindowForm, file_type: FileType, year: SchoolYear
) -> HttpResponse | None:
    """Set the window as it was shown, else show what it would do; None where the form says why not."""
    organization = form.cleaned_data["organization"]
    changes = preview_window_change(
        lambda: form.save(file_type.slug, year), year, slugs=[file_type.slug], organization=organization
    )
    if not changes:
        form.say_nothing_new()
        return None
    whose = f" for {organization}" if organization else ""
    if not is_seen(request, changes):
        title = f"Set the window of {file_type.name}{whose} in {year.name}?"
        return WindowPreview(title, changes, "Set window", _page_of(year)).shown(request)
    form.save(file_type.slug, year)
    said = describe_window(Windows.of(year, organization).find(file_type.slug, organization))
    messages.success(request, f"The window of {file_type.name}{whose} in {year.name} is set. Today it says: {said}")
    return redirect(_page_of(year))


def end_collection_window(request: PersonRequest, window_id: int) -> HttpResponse:
    """Show what the end of a window would do; end it when the button is pressed."""
    check_can_manage_reference(request.user)
    if request.method != "POST":
        return _foresee_window(request, window_id, end_window, title="End the window of {}?", button="End window")
    ended = end_window(window_id, by=request.user)
    whose = f" for {ended.organization}" if ended.organization else ""
    messages.success(
        request, f"The window of {find(ended.file_type).name}{whose} is ended. Its page has it, to be used again."
    )
    return redirect(_page_of(ended.school_year))


def use_collection_window(request: PersonRequest, window_id: int) -> HttpResponse:
    """Show what an earlier window would do; set it again when the button is pressed."""
    check_can_manage_reference(request.user)
    if request.method != "POST":
        title = "Use the earlier window of {} again?"
        return _foresee_window(request, window_id, use_window_again, title=title, button="Use again")
    again = use_window_again(window_id, by=request.user)
    messages.success(request, f"The earlier window of {find(again.file_type).name} counts again.")
    return redirect(_page_of(again.school_year))


def _foresee_window(
    request: PersonRequest, window_id: int, act: Callable[..., object], *, title: str, button: str
) -> HttpResponse:
    row = find_window_row(window_id)
    year, organization = row.school_year, row.organization
    changes = preview_window_change(
        lambda: act(window_id, by=request.user), year, slugs=[row.file_type], organization=organization
    )
    whose = f" for {organization}" if organization else ""
    found = WindowPreview(
        title.format(f"{find(row.file_type).name}{whose} in {year.name}"), changes, button, _page_of(year)
    )
    return found.shown(request)


@require_POST
def choose_file_types(request: PersonRequest, school_year: str) -> HttpResponse:
    """Show what it would mean to collect exactly the file types that were marked; do so when the button is pressed."""
    check_can_manage_reference(request.user)
    year = find_school_year(school_year)
    marked = request.POST.getlist("file_types")
    changes = preview_window_change(
        lambda: choose_collected(year, marked, by=request.user), year, slugs=find_all(), organization=None
    )
    if changes and not is_seen(request, changes):
        return WindowPreview(f"Change what is collected for {year.name}?", changes, "Save", _page_of(year)).shown(
            request
        )
    changed = choose_collected(year, marked, by=request.user)
    names = [f"{find(slug).name} is {'' if slug in marked else 'not '}collected" for slug in changed]
    messages.success(request, f"{', '.join(names) or 'Nothing was changed'} for {year.name}.")
    return redirect(_page_of(year))


def allow_late_files(request: PersonRequest, school_year: str, file_type: str) -> HttpResponse:
    """Show what an allowance of late files would do; give it when the button is pressed."""
    check_can_allow_late_uploads(request.user)
    year, found = find_school_year(school_year), find(file_type)
    form = LateForm(request.POST or None, by=request.user)
    if form.is_valid() and (answer := _allow_or_preview(request, form, found, year)):
        return answer
    collection = Windows.of(year).find(found.slug, None)
    context = {"year": year, "file_type": found, "form": form, "collection": collection}
    return render(request, "web/administration/late.html", context, status=422 if form.is_bound else 200)


def _allow_or_preview(
    request: PersonRequest, form: LateForm, file_type: FileType, year: SchoolYear
) -> HttpResponse | None:
    """Allow late files as it was shown, else show what that would do; None where the form says why not."""
    organization, until = form.cleaned_data["organization"], form.cleaned_data["until"]
    changes = preview_window_change(
        lambda: form.save(file_type.slug, year), year, slugs=[file_type.slug], organization=organization
    )
    if form.errors:
        return None
    if not is_seen(request, changes):
        title = f"Let {organization} send {file_type.name} files late?"
        return WindowPreview(title, changes, "Allow late files", _page_of(year)).shown(request)
    form.save(file_type.slug, year)
    messages.success(request, f"{organization} may send {file_type.name} files late, until {until:%B} {until.day}.")
    return redirect(_page_of(year))


def end_late_allowance(request: PersonRequest, allowance_id: int) -> HttpResponse:
    """Show what the end of a late allowance would do; take it back when the button is pressed."""
    check_can_allow_late_uploads(request.user)
    if request.method != "POST":
        row = find_allowance(allowance_id)
        year, organization = row.school_year, row.organization
        changes = preview_window_change(
            lambda: end_allowance(row.pk, by=request.user), year, slugs=[row.file_type], organization=organization
        )
        title = f"End the late allowance of {organization} for {find(row.file_type).name}?"
        return WindowPreview(title, changes, "End allowance", _page_of(year)).shown(request)
    ended = end_allowance(allowance_id, by=request.user)
    messages.success(request, f"{ended.organization} may not send {find(ended.file_type).name} files late any more.")
    return redirect(_page_of(ended.school_year))


def calendar_file(request: PersonRequest) -> HttpResponseBase:
    """Download the days of the windows of the person's organizations as a calendar file."""
    from tidegate.windows.calendar import write_calendar  # a while to import, and few processes ever need it

    content = write_calendar(
        _organizations_of(request.user),
        site=request.get_host().partition(":")[0],
        address=request.build_absolute_uri(reverse("state_reporting_status")),
        today=timezone.localdate(),
    )
    return download([content], "state-reporting.ics", content_type="text/calendar; charset=utf-8")


def _organizations_of(person: Person) -> list[Organization | None]:
    """Return the organizations at which the person holds a role, each once; None is the whole state."""
    held = person.memberships.select_related("organization").order_by("organization__name", "organization")
    return list(dict.fromkeys(membership.organization for membership in held))


def _page_of(year: SchoolYear) -> str:
    return reverse("windows", query={"school_year": year.name})
