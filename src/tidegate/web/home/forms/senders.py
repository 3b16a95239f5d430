"""Which senders the state's home shows, and in which order: all of it is part of the address."""

from typing import Any

from django import forms

from tidegate.overview.collected_types import collected_types
from tidegate.overview.senders import SORTS, SenderFilter
from tidegate.reference.models import SchoolYear
from tidegate.uploads.models import Standing
from tidegate.web.pages import MAX_TEXT_LENGTH, clean_text

_MAX_DAYS = 3_660


class SendersForm(forms.Form):
    """The filters of the list of senders and its order; blank ones ask for nothing."""

    text = forms.CharField(
        label="Name or ID", required=False, widget=forms.TextInput(attrs={"maxlength": MAX_TEXT_LENGTH})
    )
    file_type = forms.ChoiceField(label="File Type", required=False)
    standing = forms.ChoiceField(label="Where it is", required=False, choices=[("", "Anywhere"), *Standing.choices])
    silent = forms.IntegerField(label="Nothing sent for days", required=False, min_value=1, max_value=_MAX_DAYS)
    sort = forms.ChoiceField(
        label="Sort by", required=False, choices=[(name, order.label) for name, order in SORTS.items()]
    )

    def __init__(self, data: Any, *, school_year: SchoolYear) -> None:
        super().__init__(data, auto_id="filter-%s")
        self._year, self._types = school_year, collected_types(school_year)
        choices = [("", "Any file type"), *((slug, each.name) for slug, each in self._types.items())]
        self.fields["file_type"].choices = choices  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """Return the text as it can be searched for."""
        return clean_text(self.cleaned_data["text"])

    @property
    def is_open(self) -> bool:
        """Whether the form has something to show: a filter, another order, or an error."""
        return bool(self.errors) or any(self.cleaned_data.values())

    def asked(self) -> SenderFilter:
        """Return what is asked for; all of them, by name, where the form has errors, which it shows."""
        if not self.is_valid():
            return SenderFilter(self._year, self._types)
        found = self.cleaned_data
        return SenderFilter(
            self._year,
            self._types,
            text=found["text"],
            file_type=found["file_type"],
            standing=found["standing"],
            silent_days=found["silent"] or 0,
            sort=found["sort"],
        )
