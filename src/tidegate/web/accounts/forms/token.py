"""The form for a new token."""

from typing import Any

from django import forms

from tidegate.accounts.models import USUAL_SCOPES, Focus, Person, Scope
from tidegate.accounts.permissions import can_make_department_files, can_publish_snapshots
from tidegate.accounts.tokens import MAX_TOKEN_DAYS, add_token
from tidegate.core.errors import Refusal


class TokenForm(forms.Form):
    """What a token is for, and how long it is good."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="What the token is for, such as the name of your student information system.",
        error_messages={"required": "Enter what the token is for"},
    )
    scopes = forms.MultipleChoiceField(
        label="May be used to",
        choices=Scope.choices,
        initial=[scope.value for scope in USUAL_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one"},
    )
    days = forms.IntegerField(
        label="Good for (days)",
        initial=365,
        min_value=1,
        max_value=MAX_TOKEN_DAYS,
        error_messages={"required": "Enter the number of days"},
    )

    def __init__(self, *args: Any, by: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        may = {Scope.DEPARTMENT: can_make_department_files(by), Scope.PUBLISH: can_publish_snapshots(by)}
        offered = [(scope.value, scope.label) for scope in Scope if may.get(scope, True)]
        self.fields["scopes"].choices = offered  # type: ignore[attr-defined]

    def make(self, focus: Focus, *, by: Person) -> str:
        """Return the new token's secret; blank, with the sentence on the form, where it is declined."""
        assert focus.organization is not None
        try:
            _, secret = add_token(by=by, person=by, organization=focus.organization, **self.cleaned_data)
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return ""
        return secret
