"""Of which district and which days the home shows the rules that were broken: all of it is part of the address."""

from datetime import date
from typing import Any

from django import forms

from tidegate.overview.broken_rules import Span
from tidegate.overview.district import places_of
from tidegate.reference.models import Organization, SchoolYear
from tidegate.web.fields.organization_field import OrganizationField

_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)  # the calendar's ends have no time in every zone


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class BrokenRulesForm(forms.Form):
    """The filters of the table of broken rules; blank ones ask for the whole state and the last days."""

    organization = OrganizationField(label="Organization, by its name or ID", required=False)
    broken_from = _day("From")
    broken_to = _day("To")

    def __init__(self, data: Any, *, school_year: SchoolYear, of: Organization | None = None) -> None:
        """Take what the address says; `of` is the organization where the page is about one."""
        super().__init__(data, auto_id="rules-%s")
        self._usual, self._of = Span.of_last_days(school_year), of
        if of is not None:
            del self.fields["organization"]

    def clean(self) -> dict[str, Any]:
        """Decline days that are in the wrong order."""
        said = super().clean() or self.cleaned_data
        if self._first() > self._last():
            self.add_error("broken_to", "This is before the first day. Choose a later one, or leave it blank.")
        return said

    @property
    def is_open(self) -> bool:
        """Whether the form has something to show: a filter, or an error."""
        return bool(self.errors) or any(self.cleaned_data.values())

    @property
    def organization_chosen(self) -> Organization | None:
        """The organization whose files are asked for."""
        return self._of or (self.cleaned_data.get("organization") if self.is_valid() else None)

    def span(self) -> Span:
        """Return the span that is asked for; the usual one where the form has errors, which it shows."""
        chosen = self.organization_chosen
        places = None if chosen is None else places_of(chosen)
        year = self._usual.school_year
        return Span(year, self._first(), self._last(), places) if self.is_valid() else Span.of_last_days(year, places)

    def _first(self) -> date:
        said = self.cleaned_data.get("broken_from")
        return max(said, _FIRST) if said else min(self._usual.first, self._last())

    def _last(self) -> date:
        said = self.cleaned_data.get("broken_to")
        return max(_FIRST, min(said, _LAST)) if said else self._usual.last
