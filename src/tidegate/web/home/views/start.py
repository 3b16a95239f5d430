"""The home: what one comes to after signing in, by what one works in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tidegate.accounts.models import Focus
from tidegate.accounts.permissions import (
    can_manage_some_people,
    can_send_upload,
    can_view_senders,
    can_view_students,
    can_view_upload,
)
from tidegate.overview.conflicts import count_conflicts
from tidegate.overview.district import places_of, statuses_at
from tidegate.overview.months import months_at, months_of_state
from tidegate.overview.senders import SenderFilter, count_senders
from tidegate.overview.state_year import count_standings
from tidegate.overview.technical_school import sending_districts, unmatched_at
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.queries.on_hold import waiting_for_release
from tidegate.uploads.rechecks.misfit_list import count_lines, misfits_of
from tidegate.web.administration.first_hour import first_hour_for
from tidegate.web.home.broken_rules import broken_rules_context, kept_rules
from tidegate.web.home.forms.broken_rules import BrokenRulesForm
from tidegate.web.home.forms.senders import SendersForm
from tidegate.web.home.home import cards_of, year_in_bars
from tidegate.web.home.state_home import senders_page, standings_in_bars
from tidegate.web.pages import number_in
from tidegate.web.plots.bars import BarRows, Part, Row
from tidegate.web.requests import PersonRequest
from tidegate.windows.collection import Windows

_MAX_ON_HOLD = 5
_MAX_BARS = 15


def start(request: PersonRequest) -> HttpResponse:
    """Show the home of the focus: of the whole state, of a district or of a school."""
    focus = request.focus
    if focus is None:
        is_to_do = first_hour_for(request.user) is not None
        return redirect("setup") if is_to_do else render(request, "web/home/nothing.html")
    if focus.organization is None and can_view_senders(request.user):
        return _state(request, focus)
    if focus.organization is None or not can_view_upload(request.user, focus.organization):
        return redirect("people") if can_manage_some_people(request.user) else render(request, "web/home/nothing.html")
    return organization_home(request, focus.organization)


def organization_home(request: PersonRequest, organization: Organization) -> HttpResponse:
    """Show the home of an organization."""
    context = _organization_context(request, organization)
    status = 200 if context["rules_form"].is_valid() else 422
    return render(request, "web/home/organization.html", context, status=status)


def _organization_context(request: PersonRequest, organization: Organization) -> dict[str, Any]:
    """Return what the home of an organization shows in the focus's school year."""
    focus = request.focus
    assert focus
    year, person = focus.school_year, request.user
    own = focus.organization_id == organization.pk
    may_send = own and can_send_upload(person, organization)  # the box sends for the focus
    statuses = statuses_at(organization, year)
    uploads = _uploads_of(organization, focus)
    return {
        "focus": focus,
        "organization": organization,
        "is_own": own,
        "cards": list(cards_of(statuses, Windows.of(year, organization), organization, may_send=may_send)),
        "months": year_in_bars(months_at(places_of(organization), year), uploads),
        **broken_rules_context(request, BrokenRulesForm(request.GET, school_year=year, of=organization), uploads),
        "lines_address": _lines_address(request, organization) if own else "",
        **_waiting(request, organization, year, is_own=own),
        **(_of_technical_school(organization, year) if organization.is_cte_school else {}),
    }


def _uploads_of(organization: Organization, focus: Focus) -> dict[str, str] | None:
    """Return the fields by which State Reporting Status shows the uploads of an organization; None where the focus does
    not have them."""
    if focus.organization_id == organization.pk:
        return {}
    has_them = focus.organization_id in (None, organization.parent_id)
    return {"organization": organization.identifier} if has_them else None


def _lines_address(request: PersonRequest, organization: Organization) -> str:
    """Return the page that has the lines on file of the focus, or else their students; blank if neither is open."""
    if can_send_upload(request.user, organization):
        return reverse("on_file")
    return f"{reverse('students')}?show=all" if can_view_students(request.user, organization) else ""


def _waiting(
    request: PersonRequest, organization: Organization | None, year: SchoolYear, *, is_own: bool
) -> dict[str, Any]:
    """Return what waits for somebody here.

    Args:
        request: Who looks.
        organization: Whose page it is; None is the whole state.
        year: The school year.
        is_own: Whether it is the focus's: the lists of conflicts and of what no longer fits are the focus's alone.
    """
    held = waiting_for_release(request.user)
    may_view = is_own and can_view_students(request.user, organization)
    places = places_of(organization) if organization else None
    return {
        "on_hold": held[:_MAX_ON_HOLD],
        "on_hold_count": held.count(),
        "conflict_count": count_conflicts(places, year) if may_view else 0,
        "misfit_count": count_lines(misfits_of(organization, year)) if may_view else 0,
    }


def _of_technical_school(school: Organization, year: SchoolYear) -> dict[str, Any]:
    sending = sending_districts(school, year)
    bars = [Row(each.district.name if each.district else "Not known", (each.student_count,)) for each in sending]
    return {
        "sending": sending,
        "sending_plot": BarRows((Part("Students", "look-1"),), bars[:_MAX_BARS]),
        "student_count": sum(each.student_count for each in sending),
        "unmatched": unmatched_at(school, year),
    }


def _state(request: PersonRequest, focus: Focus) -> HttpResponse:
    year = focus.school_year
    form = SendersForm(request.GET, school_year=year)
    asked = form.asked()
    rules_form = BrokenRulesForm(request.GET, school_year=year)
    of = rules_form.organization_chosen
    sender_count = count_senders(SenderFilter(year, asked.types))
    context = {
        "focus": focus,
        "form": form,
        "first_hour": first_hour_for(request.user),
        "page": senders_page(asked, number_in(request.GET.get("page", "")), sender_count=sender_count),
        "standings": standings_in_bars(count_standings(year, asked.types, sender_count=sender_count)),
        "months": year_in_bars(months_of_state(year), {}),
        **broken_rules_context(request, rules_form, {"organization": of.identifier} if of else {}),
        "rules_kept": kept_rules(request),
        **_waiting(request, None, year, is_own=True),
    }
    is_valid = form.is_valid() and rules_form.is_valid()
    return render(request, "web/home/state.html", context, status=200 if is_valid else 422)
