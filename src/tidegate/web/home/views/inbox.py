"""A person's own inbox, and what of it comes by mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tidegate.inbox.mail_server import is_mail_on
from tidegate.inbox.messages import mark_all_read, messages_of, unread_count
from tidegate.inbox.messages import open_message as open_one
from tidegate.web.home.forms.notifications import NotificationsForm
from tidegate.web.pages import Rows, page_of
from tidegate.web.requests import PersonRequest


def inbox(request: PersonRequest) -> HttpResponse:
    """Show the messages, the new ones first."""
    rows = Rows(messages_of(request.user), ("is_unread", "pk"), is_downward=True, may_move=True)
    page = page_of(rows, request)
    return render(request, "web/inbox/inbox.html", {"page": page, "new_count": unread_count(request.user)})


def open_message(request: PersonRequest, message_id: int) -> HttpResponse:
    """Mark a message as read, and go to the page that it is about."""
    return redirect(open_one(request.user, message_id).link or "inbox")


@require_POST
def read_messages(request: PersonRequest) -> HttpResponse:
    """Mark all messages as read."""
    mark_all_read(request.user)
    return redirect("inbox")


def notifications(request: PersonRequest) -> HttpResponse:
    """Show what comes by mail, and save another choice."""
    form = NotificationsForm(request.POST or None, person=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Your choice is saved.")
        return redirect("notifications")
    context = {"form": form, "is_mail_on": is_mail_on()}
    return render(request, "web/inbox/notifications.html", context, status=422 if form.is_bound else 200)
