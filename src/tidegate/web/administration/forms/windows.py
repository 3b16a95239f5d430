"""The forms of windows, late files and school years."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.core.errors import Refusal
from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.models import SchoolYear
from tidegate.web.fields.organization_field import OrganizationField
from tidegate.windows.allow_late import allow_late
from tidegate.windows.models import CollectionWindow
from tidegate.windows.reason import MAX_REASON_LENGTH
from tidegate.windows.set_window import WindowDays, set_window


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the day", "invalid": "Enter a day, such as 2026-10-31"},
    )


def _reason(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Reason",
        help_text=help_text,
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter the reason"},
    )


class _ForOrganization(forms.Form):
    """A form that names an organization."""

    def __init__(self, *args: Any, by: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._by = by


class WindowForm(_ForOrganization):
    """When a window opens, is due and closes, and for whom."""

    opens = _day("Opens", "The first day on which a file is loaded.")
    due = _day("Due", "Blank is the closing day.", required=False)
    closes = _day("Closes", "The last day, included. It may lie outside of the school year.")
    organization = OrganizationField(
        label="Organization",
        required=False,
        help_text="Part of the name or the ID. Blank is everybody; the window of one organization goes before that.",
    )

    def save(self, file_type: str, school_year: SchoolYear) -> CollectionWindow | None:
        """Return the window, which is set now; None, with the sentence on the form, where it is declined."""
        said = self.cleaned_data
        try:
            return set_window(
                file_type,
                school_year,
                WindowDays(said["opens"], said["closes"], said["due"]),
                by=self._by,
                organization=said["organization"],
            )
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return None

    def say_nothing_new(self) -> None:
        """Say that the window is as it was sent, where nothing else is wrong."""
        if not self.errors:
            self.add_error(None, "Nothing would change. Change a day, or go back")


class LateForm(_ForOrganization):
    """Who may send late, until when, and why."""

    organization = OrganizationField(
        label="Organization",
        help_text="Part of the name or the ID. It may send late, and so may the schools that belong to it.",
        error_messages={"required": "Enter the organization"},
    )
    until = _day("Until", "The last day, included.")
    reason = _reason("It is kept with the allowance. Name no student.")

    def save(self, file_type: str, school_year: SchoolYear) -> bool:
        """Allow it; return whether that was possible, else the sentence is on the form."""
        said = self.cleaned_data
        try:
            allow_late(
                file_type, school_year, said["organization"], until=said["until"], reason=said["reason"], by=self._by
            )
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return False
        return True


class ReopenForm(forms.Form):
    """Why a school year is reopened."""

    reason = _reason("It is shown on the page of the school years. Name no student.")


class OpenYearForm(forms.Form):
    """Which school year is opened: those that can be and are not, the newest first."""

    school_year = forms.ChoiceField(
        label="School year",
        error_messages={"invalid_choice": "This school year was added already, or is too far from today"},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        bounds, today = present_state().school_years, timezone.localdate()
        newest = Period.of(today).first + bounds.years_ahead
        there = set(SchoolYear.objects.filter(first__gte=bounds.first).values_list("first", flat=True))
        free = [Period(first).name for first in range(newest, bounds.first - 1, -1) if first not in there]
        self.fields["school_year"].choices = [(name, name) for name in free]  # type: ignore[attr-defined]
        now = Period.of(today)
        self.initial.setdefault("school_year", now.name if now.name in free else Period(now.first + 1).name)


def first_days(window: CollectionWindow | None) -> dict[str, date]:
    """Return what a form of a window begins with."""
    return {} if window is None else {"opens": window.opens, "due": window.due, "closes": window.closes}
