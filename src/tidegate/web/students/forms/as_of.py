"""The day of which a student's history is asked."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone


class AsOfForm(forms.Form):
    """The day at whose end it is asked what was on file; blank is now."""

    as_of = forms.DateField(
        label="As of the end of",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2020-10-15"},
    )

    def clean_as_of(self) -> date | None:
        """Return the day; a ValidationError where it has not come yet."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > timezone.localdate():
            raise ValidationError(f"{day} has not come yet: choose today or an earlier day")
        return day

    @property
    def day(self) -> date | None:
        """The day that is asked for; None is now, also where the form has an error, which it shows."""
        return self.cleaned_data.get("as_of") if self.is_bound and self.is_valid() else None
