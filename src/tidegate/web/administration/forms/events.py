"""What is asked of the audit log."""

from typing import Any

from django import forms
from django.utils.text import capfirst

from tidegate.audit.search_events import EventFilter, known_acts
from tidegate.web.organization_ids import id_field
from tidegate.web.pages import MAX_TEXT_LENGTH


class EventsForm(forms.Form):
    """The filters of the audit log; blank ones ask for nothing."""

    person = forms.CharField(label="Person (e-mail)", required=False, max_length=MAX_TEXT_LENGTH)
    organization_id = id_field("Organization ID")
    act = forms.ChoiceField(label="Act", required=False)
    upload_id = forms.IntegerField(label="Upload ID", required=False, min_value=1, max_value=2**53)
    student_id = forms.UUIDField(label="Student's ID", required=False)  # never the number: this is part of the address
    address = forms.GenericIPAddressField(label="Address", required=False)
    request_id = forms.CharField(label="Request ID", required=False, max_length=MAX_TEXT_LENGTH)
    first_day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "Any act"), *((act, in_words(act)) for act in known_acts())]
        self.fields["act"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> EventFilter:
        """Return what is asked for; nothing where the form has errors, which it shows."""
        if not self.is_valid():
            return EventFilter()
        return EventFilter(**self.cleaned_data | {"student_id": str(self.cleaned_data["student_id"] or "")})


def in_words(act: str) -> str:
    """Return `Upload: sent` for `upload.sent`."""
    thing, _, done = act.partition(".")
    return f"{capfirst(thing)}: {done}".replace("_", " ")
