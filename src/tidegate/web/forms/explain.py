"""Why an unusual number is right."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from tidegate.accountability.explanations.explain import MAX_TEXT_LENGTH, explain_number
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber
from tidegate.accountability.models import Explanation, Snapshot
from tidegate.accounts.models import Person
from tidegate.core.errors import Refusal

_A_YEAR = timedelta(days=365)


class ExplainForm(forms.Form):
    """The number, why it is right, and until when that holds."""

    number = forms.ChoiceField(label="Number", error_messages={"required": "Choose a number"})
    text = forms.CharField(
        label="Why it is right",
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your own words, without the name of a student. The people who sign the count read it.",
        error_messages={"required": "Say why the number is right"},
    )
    ends_on = forms.DateField(
        label="Holds until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="After that day, or when the number moves again, it asks for another explanation.",
        error_messages={"required": "Choose the last day", "invalid": "Choose a day"},
    )

    def __init__(self, *args: Any, snapshot: Snapshot, numbers: Sequence[UnusualNumber], **more: Any) -> None:
        super().__init__(*args, **more)
        self.snapshot = snapshot
        self.numbers = {_value_of(number): number for number in numbers}
        choices = [(value, _in_words(number)) for value, number in self.numbers.items()]
        self.fields["number"].choices = choices  # type: ignore[attr-defined]
        self.fields["ends_on"].initial = timezone.localdate() + _A_YEAR

    def explain(self, *, by: Person) -> Explanation | None:
        """Keep the explanation; None where it was refused, which the form then shows."""
        number, ends_on = self.numbers[self.cleaned_data["number"]], self.cleaned_data["ends_on"]
        assert isinstance(ends_on, date)
        try:
            return explain_number(self.snapshot, number.key, text=self.cleaned_data["text"], ends_on=ends_on, by=by)
        except Refusal as refusal:
            self.add_error(None, f"{refusal.message}. {refusal.fix}.")
            return None


def _value_of(number: UnusualNumber) -> str:
    return "|".join((number.report, *number.dimensions, *number.keys))


def _in_words(number: UnusualNumber) -> str:
    of = f"{number.by}: {', '.join(number.names)}" if number.names else number.by
    return f"{of} ({number.last_year:,} last year, {number.now:,} now)"
