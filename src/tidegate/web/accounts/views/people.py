"""People: who there is, what each may do and where, and changes of that."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from tidegate.access.change_person import ACTS
from tidegate.access.invite import place_of_role
from tidegate.access.requests import answer_request
from tidegate.access.roles import end_role as end
from tidegate.accounts.access_requests import find_request
from tidegate.accounts.find_people import find_person, open_invitations, open_requests, search_people
from tidegate.accounts.invitations import withdraw_invitation as withdraw
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.permissions import (
    can_give_role,
    can_manage_account,
    can_manage_people,
    check_can_manage_account,
    check_can_manage_some_people,
)
from tidegate.accounts.reach import no_such
from tidegate.accounts.roles import ROLES
from tidegate.accounts.sign_ins import has_second_factor
from tidegate.core.errors import NotFound
from tidegate.inbox.mail_server import is_mail_on
from tidegate.web.accounts.forms.people import AnswerForm, InviteForm, RoleForm
from tidegate.web.pages import Rows, page_of, text_from
from tidegate.web.requests import PersonRequest

_MAX_SHOWN = 50


def people(request: PersonRequest) -> HttpResponse:
    """Show the people whom the person manages, and above them the requests and invitations that wait."""
    text = text_from(request, "search")
    found = search_people(request.user, text).prefetch_related("memberships__organization")
    page = page_of(Rows(found, ("name", "pk")), request)
    context = {
        "page": page,
        "search": text,
        "people": [(person, [_held(request.user, each) for each in person.memberships.all()]) for person in page],
        "requests": open_requests(request.user)[:_MAX_SHOWN],
        "invitations": open_invitations(request.user)[:_MAX_SHOWN],
        "is_all": can_manage_people(request.user),
    }
    return render(request, "web/people/people.html", context)


def person(request: PersonRequest, person_id: int) -> HttpResponse:
    """Show a person: their roles and where, how they sign in, and what can be changed."""
    found = find_person(request.user, person_id)
    may_change = can_manage_account(request.user, found)
    is_all = can_manage_people(request.user)
    held = [_held(request.user, each) for each in found.memberships.all()]
    context = {
        "person": found,
        "roles": [each for each in held if is_all or each["may_end"]],
        "hidden_count": 0 if is_all else sum(not each["may_end"] for each in held),
        "has_second_factor": has_second_factor(found),
        "token_count": found.tokens.filter(revoked_at=None).count(),
        "acts": [(word, act) for word, act in ACTS.items() if act.is_for(found)] if may_change else [],
        "is_all": is_all,
        "is_self": found.pk == request.user.pk,
    }
    return render(request, "web/people/person.html", context)


def give_role(request: PersonRequest, person_id: int) -> HttpResponse:
    """Show what each role allows, and give one."""
    found = find_person(request.user, person_id)
    form = RoleForm(request.POST or None, by=request.user)
    if form.is_valid() and form.give(found):
        messages.success(request, f"{found.name} has the role now, and is told so.")
        return redirect("person", found.pk)
    context = {"person": found, "form": form, "is_all": can_manage_people(request.user)}
    return render(request, "web/people/give_role.html", context, status=422 if form.is_bound else 200)


def end_role(request: PersonRequest, person_id: int, membership_id: int) -> HttpResponse:
    """Say what ends with a role; end it when the button is pressed."""
    found = find_person(request.user, person_id)
    held = Membership.objects.select_related("organization", "person").filter(pk=membership_id, person=found).first()
    if held is None or not can_give_role(request.user, held.role, held.organization):
        raise no_such("role of this person")
    if request.method == "POST":
        end(by=request.user, membership=held)
        messages.success(request, "The role has ended, and the person is told so.")
        return redirect("person", found.pk) if _is_still_managed(request.user, found) else redirect("people")
    context = {"person": found, "held": _held(request.user, held)}
    return render(request, "web/people/end_role.html", context)


@never_cache
def change_person(request: PersonRequest, person_id: int, act: str) -> HttpResponse:
    """Say what an act does to a person's account; do it when the button is pressed."""
    found = find_person(request.user, person_id)
    check_can_manage_account(request.user, found)
    if act not in ACTS or not ACTS[act].is_for(found):
        raise NotFound("This cannot be done to the person", fix="Go back to the person's page")
    link = ""
    if request.method == "POST":
        link = _from_here(request, ACTS[act].do(request.user, found))
        if not link:
            messages.success(request, ACTS[act].done)
            return redirect("person", found.pk)
    return render(request, "web/people/change_person.html", {"person": found, "act": ACTS[act], "link": link})


@never_cache
def invite(request: PersonRequest) -> HttpResponse:
    """Invite somebody; the link is shown this once, or not at all where it is mailed alone."""
    check_can_manage_some_people(request.user)
    form = InviteForm(request.POST or None, by=request.user)
    invited = form.invite() if form.is_valid() else None
    context = {
        "form": InviteForm(by=request.user) if invited else form,
        "invited": invited,
        "link": _from_here(request, invited.link) if invited else "",
        "is_mail_on": is_mail_on(),
        "is_all": can_manage_people(request.user),
    }
    return render(request, "web/people/invite.html", context, status=422 if form.is_bound and not invited else 200)


def withdraw_invitation(request: PersonRequest, invitation_id: int) -> HttpResponse:
    """Say what ends with an invitation that nobody has accepted; withdraw it when the button is pressed."""
    check_can_manage_some_people(request.user)
    if request.method != "POST":
        found = open_invitations(request.user).filter(pk=invitation_id).first()
        if found is None:
            raise no_such("invitation")
        context = {"invitation": found, "role": place_of_role(found.role, found.organization)}
        return render(request, "web/people/withdraw_invitation.html", context)
    withdraw(invitation_id, by=request.user)
    messages.success(request, "The invitation is withdrawn. Its link opens nothing any more.")
    return redirect("people")


def access_request(request: PersonRequest, request_id: int) -> HttpResponse:
    """Show a request for access with what the role allows; grant it or decline it."""
    asked = find_request(request.user, request_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_granted = "grant" in request.POST
        if is_granted or form.has_reason():
            answer_request(asked.pk, by=request.user, is_granted=is_granted, reason=form.cleaned_data["reason"])
            messages.success(request, f"{asked.person.name} is told of your answer.")
            return redirect("people")
    context = {"asked": asked, "role": ROLES.get(asked.role), "form": form}
    return render(request, "web/people/access_request.html", context, status=422 if form.is_bound else 200)


def _from_here(request: PersonRequest, link: str) -> str:
    """Return a link as this browser reaches the site, which need not be the address that mails have."""
    return request.build_absolute_uri(urlsplit(link).path) if link else ""


def _held(by: Person, membership: Membership) -> dict[str, object]:
    """Return what a page says of a role that somebody holds."""
    role = ROLES.get(membership.role)
    return {
        "membership": membership,
        "name": place_of_role(membership.role, membership.organization) if role else membership.role,
        "description": role.description if role else "",
        "may_end": can_give_role(by, membership.role, membership.organization),
    }


def _is_still_managed(by: Person, found: Person) -> bool:
    return can_manage_people(by) or search_people(by, "").filter(pk=found.pk).exists()
