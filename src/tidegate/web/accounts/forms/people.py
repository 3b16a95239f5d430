"""The forms for people: a role, an invitation, an answer to a request."""

from typing import Any

from django import forms

from tidegate.access.invite import Invited, invite, is_invitation_shown
from tidegate.access.roles import give_role
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_manage_people
from tidegate.accounts.roles import ROLES, PeopleManager, Role
from tidegate.core.errors import Refusal
from tidegate.core.free_text import free_text
from tidegate.inbox.mail_server import is_mail_on
from tidegate.web.fields.organization_field import OrganizationField
from tidegate.web.fields.role_field import RoleField, choices_of


def _is_of_an_office(role: type[Role]) -> bool:
    """Whether one who manages the people of an office may give the role at all."""
    return bool(role.organization_kinds) and role is not PeopleManager


class RoleForm(forms.Form):
    """Which role, and where. Only what the person who gives it may give is offered."""

    role = RoleField()
    organization = OrganizationField(
        label="Where", required=False, help_text="Part of the name or the ID. Blank is the whole state."
    )

    def __init__(self, *args: Any, by: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._by = by
        is_all = can_manage_people(by)
        offered = [each for each in ROLES.values() if is_all or _is_of_an_office(each)]
        self.fields["role"].choices = choices_of(offered)  # type: ignore[attr-defined]
        if not is_all:
            where = self.fields["organization"]
            where.required, where.help_text = True, "Part of the name or the ID of your office or one of its schools."
            where.error_messages["required"] = "Enter where the role is held"

    def give(self, person: Person) -> bool:
        """Give the person the role; where that is declined the sentence is on the form, and it returns False."""
        try:
            give_role(
                by=self._by, person=person, **{name: self.cleaned_data[name] for name in ("role", "organization")}
            )
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return False
        return True


class InviteForm(RoleForm):
    """Who is invited, to which role."""

    email = forms.EmailField(
        label="Email",
        help_text="The person signs in with it.",
        error_messages={"required": "Enter an email", "invalid": "Enter an email address like name@example.org"},
    )
    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the person's name"})
    by_mail = forms.BooleanField(label="Send the invitation by mail", required=False, initial=True)
    field_order = ("email", "name", "role", "organization", "by_mail")

    def __init__(self, *args: Any, by: Person, **more: Any) -> None:
        super().__init__(*args, by=by, **more)
        if not is_mail_on() or not is_invitation_shown(by):
            del self.fields["by_mail"]

    def invite(self) -> Invited | None:
        """Return the invitation; None, with the sentence on the form, where it is declined."""
        asked = {"by_mail": False, **self.cleaned_data}
        try:
            return invite(by=self._by, **asked)
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return None


class AnswerForm(forms.Form):
    """The reason of an answer; needed where the request is declined."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person reads it. It is needed when you decline.",
    )

    def has_reason(self) -> bool:
        """Return whether there is a reason; otherwise the form says that it is missing."""
        if not free_text(self.cleaned_data["reason"]):
            self.add_error("reason", "Enter why you decline the request")
            return False
        return True
