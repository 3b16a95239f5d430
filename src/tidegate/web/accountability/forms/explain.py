"""Why an unusual number, or lines that a rule warns of, are right."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from tidegate.accountability.explanations.explain import MAX_TEXT_LENGTH, explain_number
from tidegate.accountability.explanations.explain_warnings import explain_warnings
from tidegate.accountability.explanations.unusual_numbers import UnusualNumber
from tidegate.accountability.explanations.warned_lines import WarnedLines
from tidegate.accountability.explanations.warnings_csv import office_names, summary_of
from tidegate.accountability.models import Snapshot
from tidegate.accounts.models import Person
from tidegate.core.errors import Refusal

_A_YEAR = timedelta(days=365)


class _Explanation(forms.Form):
    """Why something is right, and until when that holds."""

    text = forms.CharField(
        label="Why it is right",
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your own words, without the name of a student. The people who sign the count read it.",
        error_messages={"required": "Say why it is right"},
    )
    ends_on = forms.DateField(
        label="Holds until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="After that day, or when the number moves again, it asks for another explanation.",
        error_messages={"required": "Choose the last day", "invalid": "Choose a day"},
    )

    def __init__(self, *args: Any, snapshot: Snapshot, **more: Any) -> None:
        super().__init__(*args, **more)
        self.snapshot = snapshot
        self.fields["ends_on"].initial = timezone.localdate() + _A_YEAR

    def explain(self, *, by: Person) -> bool:
        """Keep the explanation, and return whether it was kept: where it was refused, the form shows why."""
        ends_on = self.cleaned_data["ends_on"]
        assert isinstance(ends_on, date)
        try:
            self._keep(self.cleaned_data["text"], ends_on, by)
        except Refusal as refusal:
            self.add_error(None, f"{refusal.message}. {refusal.fix}.")
            return False
        return True

    def _keep(self, text: str, ends_on: date, by: Person) -> None:
        raise NotImplementedError


class ExplainForm(_Explanation):
    """The unusual number, why it is right, and until when that holds."""

    number = forms.ChoiceField(label="Number", error_messages={"required": "Choose a number"})
    field_order = ("number",)

    def __init__(self, *args: Any, snapshot: Snapshot, numbers: Sequence[UnusualNumber], **more: Any) -> None:
        super().__init__(*args, snapshot=snapshot, **more)
        self.numbers = {_value_of(number): number for number in numbers}
        choices = [(value, _in_words(number)) for value, number in self.numbers.items()]
        self.fields["number"].choices = choices  # type: ignore[attr-defined]

    def _keep(self, text: str, ends_on: date, by: Person) -> None:
        number = self.numbers[self.cleaned_data["number"]]
        explain_number(self.snapshot, number.key, text=text, ends_on=ends_on, by=by)


class ExplainWarningsForm(_Explanation):
    """The lines of an office that a rule warns of, why they are right, and until when that holds."""

    warning = forms.ChoiceField(label="Warning", error_messages={"required": "Choose a warning"})
    field_order = ("warning",)

    def __init__(self, *args: Any, snapshot: Snapshot, warned: Sequence[WarnedLines], **more: Any) -> None:
        super().__init__(*args, snapshot=snapshot, **more)
        self.warned = {"|".join(each.key): each for each in warned}
        offices = office_names({each.identifier for each in warned})
        choices = [(value, _warning_in_words(each, offices)) for value, each in self.warned.items()]
        self.fields["warning"].choices = choices  # type: ignore[attr-defined]
        self.fields["text"].label = "Why the lines are right"
        self.fields[
            "ends_on"
        ].help_text = "After that day, or when the number of lines moves by much, it asks for another explanation."

    def _keep(self, text: str, ends_on: date, by: Person) -> None:
        warned = self.warned[self.cleaned_data["warning"]]
        explain_warnings(self.snapshot, warned.key, text=text, ends_on=ends_on, by=by)


def _value_of(number: UnusualNumber) -> str:
    return "|".join((number.report, *number.dimensions, *number.keys))


def _in_words(number: UnusualNumber) -> str:
    of = f"{number.by}: {', '.join(number.names)}" if number.names else number.by
    return f"{of} ({number.last_year:,} last year, {number.now:,} now)"


def _warning_in_words(warned: WarnedLines, offices: Mapping[str, str]) -> str:
    office = offices.get(warned.identifier, warned.identifier)
    counted = f"{warned.line_count:,} line{'' if warned.line_count == 1 else 's'}"
    return f"{office}, {warned.code}: {summary_of(warned.file_type, warned.code)} ({counted})"
