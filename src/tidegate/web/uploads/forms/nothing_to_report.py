"""The form by which an organization says that a school has nothing to report."""

from typing import Any

from django import forms

from tidegate.accounts.models import Focus, Person
from tidegate.core.errors import Refusal
from tidegate.file_types import find_all
from tidegate.records.stored_lines import lines_of
from tidegate.uploads.lifecycle.decisions.nothing_to_report import report_nothing, schools_of
from tidegate.uploads.models import Upload


class NothingToReportForm(forms.Form):
    """Which school, and which file type."""

    file_type = forms.ChoiceField(label="File Type")
    school = forms.ChoiceField(label="School")

    def __init__(self, *arguments: Any, focus: Focus) -> None:
        super().__init__(*arguments)
        assert focus.organization is not None
        self._focus = focus
        self._schools = {str(school.pk): school for school in schools_of(focus.organization)}
        types = [(slug, each.name) for slug, each in find_all().items() if lines_of(each) is not None]
        self.fields["file_type"] = forms.ChoiceField(label="File Type", choices=types)
        names = [(pk, school.name) for pk, school in self._schools.items()]
        self.fields["school"] = forms.ChoiceField(label="School", choices=names)

    def report(self, *, by: Person) -> Upload | None:
        """Return the act; None, with the sentence on the form, where it is declined."""
        assert self._focus.organization is not None
        try:
            return report_nothing(
                organization=self._focus.organization,
                school=self._schools[self.cleaned_data["school"]],
                file_type=self.cleaned_data["file_type"],
                school_year=self._focus.school_year,
                by=by,
            )
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return None
