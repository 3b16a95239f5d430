"""The Change Focus box's form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import organizations_to_focus_on
from tidegate.accounts.reach import is_state_wide
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.show_students import ShowStudents
from tidegate.web.forms.long_select import LongSelect


class _Entries(ModelChoiceIterator):  # type: ignore[type-arg]  # has none when it runs
    """The entries of the drop-down, without making an object of each of thousands of organizations."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the ID and the name of each."""
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class FocusForm(forms.Form):
    """Year, Organization and Show Students. Only the person's own organizations are offered and taken."""

    school_year = forms.ModelChoiceField(
        SchoolYear.objects.all(),
        label="Year",
        empty_label=None,
        error_messages={"invalid_choice": "Choose a school year from the list", "required": "Choose a school year"},
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="Organization",
        widget=LongSelect,
        error_messages={
            "invalid_choice": "Choose an organization from the list",
            "required": "Choose an organization",
        },
    )
    show_students = forms.ChoiceField(
        label="Show Students",
        choices=ShowStudents.choices,
        error_messages={"invalid_choice": "Choose one from the list"},
    )

    def __init__(self, *args: Any, person: Person, focus: Focus | None, **more: Any) -> None:
        initial = {name: getattr(focus, name) for name in self.base_fields} if focus else {}
        super().__init__(*args, **more | {"initial": initial})
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ModelChoiceField)
        organization.iterator = _Entries
        organization.queryset = organizations_to_focus_on(person)
        organization.required = not is_state_wide(person)
        organization.empty_label = None if organization.required else "Whole state"
