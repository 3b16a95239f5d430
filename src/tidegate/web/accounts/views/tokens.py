"""A person's own tokens for the API: which there are, a new one, and taking one back."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tidegate.accounts.tokens import revoke_token
from tidegate.web.accounts.forms.token import TokenForm
from tidegate.web.requests import PersonRequest


@never_cache
def tokens(request: PersonRequest) -> HttpResponse:
    """Show the tokens and make a new one, whose secret is shown this once."""
    form = TokenForm(request.POST or None, by=request.user)
    may_make = bool(request.focus and request.focus.organization)
    secret = ""
    if request.focus and may_make and form.is_valid():
        secret = form.make(request.focus, by=request.user)
    context = {
        "focus": request.focus,
        "form": TokenForm(by=request.user) if secret else form,
        "may_make": may_make,
        "secret": secret,
        "tokens": request.user.tokens.select_related("organization"),
        "now": timezone.now(),
    }
    return render(request, "web/accounts/tokens.html", context, status=422 if form.is_bound and not secret else 200)


@require_POST
def revoke(request: PersonRequest, token_id: int) -> HttpResponse:
    """Take a token back."""
    revoke_token(by=request.user, token_id=token_id)
    return redirect("tokens")
