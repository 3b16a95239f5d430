"""The webhooks of the focus's organization: which there are, a new one, and taking one away."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.accounts.permissions import can_send_upload
from tidegate.uploads.models import Webhook
from tidegate.uploads.webhooks import end_webhook
from tidegate.web.forms.webhook import WebhookForm
from tidegate.web.requests import PersonRequest


def webhooks(request: PersonRequest) -> HttpResponse:
    """Show the webhooks and add a new one."""
    organization = request.focus.organization if request.focus else None
    may_add = organization is not None and can_send_upload(request.user, organization)
    form = WebhookForm(request.POST or None)
    if request.focus and may_add and form.is_valid() and form.add(request.focus, by=request.user):
        return redirect("webhooks")
    current = Webhook.objects.filter(organization=organization, ended_at=None).order_by("pk") if may_add else []
    context = {"focus": request.focus, "form": form, "may_add": may_add, "webhooks": current}
    return render(request, "web/webhooks.html", context, status=422 if form.is_bound else 200)


@require_POST
def end(request: PersonRequest, webhook_id: int) -> HttpResponse:
    """Take a webhook away."""
    end_webhook(webhook_id=webhook_id, by=request.user)
    return redirect("webhooks")
