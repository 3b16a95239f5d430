"""The form for a new webhook."""

from django import forms

from tidegate.accounts.models import Focus, Person
from tidegate.core.errors import Refusal
from tidegate.uploads.notifications.webhooks import add_webhook


class WebhookForm(forms.Form):
    """Where the messages go."""

    address = forms.CharField(
        label="Address",
        max_length=500,
        help_text="An https address of your program, such as https://sis.example.org/tidegate",
        error_messages={"required": "Enter the address"},
    )

    def add(self, focus: Focus, *, by: Person) -> str:
        """Return the secret of the new webhook; blank where there is none, and then the sentence is on the form."""
        assert focus.organization is not None
        try:
            _, secret = add_webhook(organization=focus.organization, address=self.cleaned_data["address"], by=by)
        except Refusal as refusal:
            self.add_error("address", refusal.in_full)
            return ""
        return secret
