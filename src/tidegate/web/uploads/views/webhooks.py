"""The webhooks of the focus's organization: which there are, a new one, another secret, and taking one away."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import can_send_upload
from tidegate.uploads.notifications.webhook_secrets import list_webhooks, replace_secret
from tidegate.uploads.notifications.webhooks import end_webhook
from tidegate.web.requests import PersonRequest
from tidegate.web.uploads.forms.webhook import WebhookForm


@never_cache
def webhooks(request: PersonRequest) -> HttpResponse:
    """Show the webhooks and add a new one, whose secret is shown this once."""
    organization = request.focus.organization if request.focus else None
    form = WebhookForm(request.POST or None)
    secret = ""
    if request.focus and organization and can_send_upload(request.user, organization) and form.is_valid():
        secret = form.add(request.focus, by=request.user)
    return _page(request, WebhookForm() if secret else form, secret=secret)


@require_POST
@never_cache
def replace(request: PersonRequest, webhook_id: int) -> HttpResponse:
    """Give a webhook another secret, which is shown this once."""
    return _page(request, WebhookForm(), secret=replace_secret(webhook_id=webhook_id, by=request.user))


@require_POST
def end(request: PersonRequest, webhook_id: int) -> HttpResponse:
    """Take a webhook away."""
    end_webhook(webhook_id=webhook_id, by=request.user)
    return redirect("webhooks")


def _page(request: PersonRequest, form: WebhookForm, *, secret: str) -> HttpResponse:
    organization = request.focus.organization if request.focus else None
    may_add = organization is not None and can_send_upload(request.user, organization)
    context = {
        "focus": request.focus,
        "form": form,
        "may_add": may_add,
        "secret": secret,
        "webhooks": list_webhooks(organization) if organization and may_add else [],
    }
    return render(request, "web/uploads/webhooks.html", context, status=422 if form.is_bound else 200)
