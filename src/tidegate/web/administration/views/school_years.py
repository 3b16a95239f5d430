"""The school years of the state: open one, take along what was set before, close it and reopen it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.core.errors import Refusal
from tidegate.file_types import find
from tidegate.overview.collected_types import collected_types
from tidegate.overview.senders import SenderFilter, count_senders
from tidegate.overview.state_year import TypeStandings, count_standings
from tidegate.records.add_school_year import add_school_year
from tidegate.reference.find_school_year import find_school_year
from tidegate.reference.models import SchoolYear
from tidegate.uploads.lifecycle.decisions.close_year import close_year, find_open_work, reopen_year
from tidegate.web.administration.forms.windows import OpenYearForm, ReopenForm
from tidegate.web.requests import PersonRequest
from tidegate.windows.collection import Windows
from tidegate.windows.describe_window import describe_window
from tidegate.windows.models import YearMove
from tidegate.windows.roll_over import preview_roll_over, roll_over


def school_years(request: PersonRequest) -> HttpResponse:
    """Show the school years, and open another one."""
    check_can_manage_reference(request.user)
    form = OpenYearForm(request.POST or None)
    if form.is_valid():
        try:
            opened = add_school_year(form.cleaned_data["school_year"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.in_full)
        else:
            messages.success(request, f"The school year {opened.name} is open. People can choose it in Change Focus.")
            return redirect(_after_opening(find_school_year(opened.name)))
    moves = YearMove.objects.select_related("by").order_by("school_year_id", "-pk").distinct("school_year_id")
    last = {move.school_year_id: move for move in moves}
    stored = {year.pk: year for year in SchoolYear.objects.order_by("-first")}
    years = [(year, last.get(first), first - 1 in stored) for first, year in stored.items()]
    context = {"form": form, "years": years}
    return render(request, "web/administration/school_years.html", context, status=422 if form.is_bound else 200)


def _after_opening(school_year: SchoolYear) -> str:
    found = preview_roll_over(school_year)
    if found is None or found.is_empty:
        return reverse("windows", query={"school_year": school_year.name})
    return reverse("roll_over_school_year", args=[school_year.name])


def roll_over_school_year(request: PersonRequest, school_year: str) -> HttpResponse:
    """Show what goes along from the school year before; take it along when the button is pressed."""
    check_can_manage_reference(request.user)
    year = find_school_year(school_year)
    if request.method == "POST":
        done = roll_over(year, by=request.user)
        count = len(done.windows)
        messages.success(request, f"{count} window{'' if count == 1 else 's'} went along from {done.before.name}.")
        return redirect(reverse("windows", query={"school_year": year.name}))
    context = {"year": year, "found": preview_roll_over(year)}
    return render(request, "web/administration/roll_over.html", context)


def close_school_year(request: PersonRequest, school_year: str) -> HttpResponse:
    """Show what closing does and what is under way; close it when the button is pressed."""
    check_can_manage_reference(request.user)
    year = find_school_year(school_year)
    if request.method == "POST":
        close_year(year, by=request.user)
        messages.success(request, f"{year.name} is closed. Its records are read-only until you reopen it.")
        return redirect("school_years")
    context = {"year": year, "work": find_open_work(year), "standings": _standings_of(year)}
    return render(request, "web/administration/close_year.html", context)


def reopen_school_year(request: PersonRequest, school_year: str) -> HttpResponse:
    """Ask for the reason, and reopen the school year."""
    check_can_manage_reference(request.user)
    year = find_school_year(school_year)
    form = ReopenForm(request.POST or None)
    if form.is_valid():
        reopen_year(year, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{year.name} is open again. Windows that have closed stay closed.")
        return redirect("school_years")
    context = {"year": year, "form": form, "lines": _once_reopened(year)}
    return render(request, "web/administration/reopen_year.html", context, status=422 if form.is_bound else 200)


def _standings_of(year: SchoolYear) -> list[TypeStandings]:
    types = collected_types(year)
    asked = SenderFilter(year, types)
    return count_standings(year, types, sender_count=count_senders(asked))


def _once_reopened(year: SchoolYear) -> list[tuple[str, str]]:
    """Return for each file type that is collected what its window would say today, were the year open."""
    year_as_open = SchoolYear(first=year.first, name=year.name)
    found = [each for each in Windows.of(year_as_open).all_types(None) if each.is_collected]
    return [(find(each.file_type).name, describe_window(each) or "Open, without an end") for each in found]
