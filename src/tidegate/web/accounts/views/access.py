"""The pages that let somebody in: an invitation, a forgotten password, a request for a role."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from tidegate.access.accept import accept_invitation as accept
from tidegate.access.invite import place_of_role
from tidegate.access.passwords import choose_password, find_person_of_link, forget_password, is_password_mailed
from tidegate.accounts.invitations import find_invitation
from tidegate.accounts.models import Person
from tidegate.accounts.roles import ROLES
from tidegate.accounts.sign_ins import let_in
from tidegate.core.errors import NotFound
from tidegate.reference.find_organizations import organizations_named
from tidegate.web.accounts.forms.access import AskForm, ForgottenForm, NewPasswordForm, WelcomeForm
from tidegate.web.pages import text_from
from tidegate.web.requests import PersonRequest


@login_not_required
@never_cache
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what somebody is invited to; let them in when they have chosen a password."""
    invitation = find_invitation(secret)
    newcomer = Person(email=invitation.email, name=invitation.name)
    form = WelcomeForm(request.POST or None, person=newcomer)
    takes_passwords = not settings.TIDEGATE_SSO_ONLY
    if takes_passwords and form.is_valid():
        person = accept(secret, name=form.cleaned_data["name"], password=form.cleaned_data["password1"])
        let_in(request, person)
        messages.success(request, "Welcome. Next time, sign in with your email and the password you have just chosen.")
        return redirect("start")
    context = {
        "invitation": invitation,
        "what": place_of_role(invitation.role, invitation.organization),
        "role": ROLES.get(invitation.role),
        "form": form,
        "takes_passwords": takes_passwords,
        "sso_name": settings.TIDEGATE_SSO_NAME if settings.TIDEGATE_SSO_ISSUER else "",
    }
    return render(request, "web/sign_in/invitation.html", context, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for the email; then say the same whether or not there is such a person."""
    if not is_password_mailed():
        raise NotFound("This site mails no links for a new password", fix="Ask the state data team for a new password")
    form = ForgottenForm(request.POST or None)
    is_asked = form.is_valid()
    if is_asked:
        forget_password(form.cleaned_data["email"])
    status = 422 if form.is_bound and not is_asked else 200
    return render(request, "web/sign_in/forgot_password.html", {"form": form, "is_asked": is_asked}, status=status)


@login_not_required
@never_cache
def new_password(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Let the person of a one-time link choose a new password."""
    form = NewPasswordForm(request.POST or None, person=find_person_of_link(number, token))
    if form.is_valid():
        choose_password(number, token, password=form.cleaned_data["password1"])
        messages.success(request, "Your password is changed. Sign in with the new one.")
        return redirect("account_login")
    return render(request, "web/sign_in/new_password.html", {"form": form}, status=422 if form.is_bound else 200)


def ask_for_access(request: PersonRequest) -> HttpResponse:
    """Show the person's requests for a role, and take a new one."""
    form = AskForm(request.POST or None, person=request.user)
    if form.is_valid() and form.ask():
        messages.success(request, "Your request is sent. You are told in your inbox what becomes of it.")
        return redirect("ask_for_access")
    asked = request.user.access_requests.select_related("organization")[:20]
    shown = [(each, place_of_role(each.role, each.organization)) for each in asked if each.role in ROLES]
    return render(
        request, "web/accounts/access.html", {"form": form, "requests": shown}, status=422 if form.is_bound else 200
    )


def organization_names(request: PersonRequest) -> HttpResponse:
    """Show the organizations that have the text in their name, for a field in which one is named."""
    found = organizations_named(text_from(request, "organization") or text_from(request, "parent"))
    return render(request, "web/parts/organization_names.html", {"found": found})
