"""Organizations and schools: the list, the page of one, and what can be done to it."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import check_can_manage_reference
from tidegate.administration.organization_acts import propose_reopening
from tidegate.administration.organizations import ORGANIZATIONS
from tidegate.reference.models import Organization
from tidegate.web.administration.forms.organization import (
    AddForm,
    CloseForm,
    CorrectForm,
    MoveForm,
    ProposingForm,
    SearchForm,
)
from tidegate.web.administration.organization_page import (
    MAX_SHOWN,
    changes_of,
    find_to_manage,
    last_changes,
    lines_on_file,
    people_at,
)
from tidegate.web.fields.organization_field import as_listed
from tidegate.web.pages import Rows, number_in, page_of
from tidegate.web.requests import PersonRequest


def organizations(request: PersonRequest) -> HttpResponse:
    """Show the organizations that the form asks for, by name; with `?parent=` the schools of one."""
    check_can_manage_reference(request.user)
    form = SearchForm(request.GET)
    above = _above(request)
    found = Organization.objects.filter(form.wanted(), Q(parent=above) if above else Q()).select_related("parent")
    context = {
        "form": form,
        "above": above,
        "page": page_of(Rows(found, ("name", "pk")), request),
        "changes": last_changes(ORGANIZATIONS),
    }
    return render(request, "web/organizations/list.html", context, status=200 if form.is_valid() else 422)


def _above(request: PersonRequest) -> Organization | None:
    """Return the organization whose number is in `?parent=`, if there is one."""
    return Organization.objects.filter(pk=number_in(request.GET.get("parent", ""))).first()


def organization(request: PersonRequest, key: int) -> HttpResponse:
    """Show an organization: what is on file of it, its schools, its people, and what was done to it."""
    found = find_to_manage(request.user, key)
    schools = list(found.schools.order_by("name", "pk")[: MAX_SHOWN + 1])
    context = {
        "organization": found,
        "schools": schools[:MAX_SHOWN],
        "has_more_schools": len(schools) > MAX_SHOWN,
        "on_file": list(lines_on_file(found)),
        "people": people_at(found),
        "changes": changes_of(found),
    }
    return render(request, "web/organizations/organization.html", context)


def add_organization(request: PersonRequest) -> HttpResponse:
    """Propose a new organization; with `?parent=` one that belongs to another, unless the person says otherwise."""
    check_can_manage_reference(request.user)
    form = AddForm(request.POST or None, initial={"parent": as_listed(_above(request))})
    return _propose(request, form, title="Add an organization", organization=None)


def correct_organization(request: PersonRequest, key: int) -> HttpResponse:
    """Propose another name or local ID."""
    found = find_to_manage(request.user, key)
    form = CorrectForm(request.POST or None, organization=found)
    return _propose(request, form, title=f"Correct {found.name}", organization=found)


def move_organization(request: PersonRequest, key: int) -> HttpResponse:
    """Propose another district for a school."""
    found = find_to_manage(request.user, key)
    form = MoveForm(request.POST or None, organization=found)
    return _propose(request, form, title=f"Move {found.name}", organization=found)


def close_organization(request: PersonRequest, key: int) -> HttpResponse:
    """Propose the last day of an organization."""
    found = find_to_manage(request.user, key)
    form = CloseForm(request.POST or None, organization=found)
    return _propose(request, form, title=f"Close {found.name}", organization=found)


@require_POST
def reopen_organization(request: PersonRequest, key: int) -> HttpResponse:
    """Propose that a closed organization is open again."""
    found = find_to_manage(request.user, key)
    return redirect("list_change", propose_reopening(found, by=request.user).pk)


def _propose(
    request: PersonRequest, form: ProposingForm, *, title: str, organization: Organization | None
) -> HttpResponse:
    """Show the form, or lead to the preview of what it proposes."""
    change = form.propose(by=request.user) if form.is_valid() else None
    if change is not None:
        return redirect("list_change", change.pk)
    context = {"form": form, "title": title, "organization": organization}
    return render(request, "web/organizations/form.html", context, status=422 if form.is_bound else 200)
