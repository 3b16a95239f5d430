"""The Change Focus box's form."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.models import ModelChoiceIterator

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import organizations_to_focus_on
from tidegate.accounts.reach import is_state_wide
from tidegate.reference.find_organizations import begins_first, has_words
from tidegate.reference.models import Organization, SchoolYear
from tidegate.reference.models.organization import open_in
from tidegate.reference.show_students import ShowStudents
from tidegate.web.fields.long_select import LongSelect

MAX_LISTED = 50


class _Entries(ModelChoiceIterator):  # type: ignore[type-arg]  # has none when it runs
    """The entries of the drop-down, without making an object of each of thousands of organizations."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the ID and the name of each."""
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class _YearField(forms.ModelChoiceField):  # type: ignore[type-arg]  # has none when it runs
    """A school year, of which the list says whether it is closed."""

    def label_from_instance(self, obj: SchoolYear) -> str:
        """Return `2019-2020, closed`."""
        return f"{obj.name}, closed" if obj.closed_at else obj.name


class FocusForm(forms.Form):
    """Year, Organization and Show Students. Only the person's own organizations are offered and taken."""

    school_year = _YearField(
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

    is_searched = False
    """Whether there are so many organizations that they are looked for."""

    is_nothing_found = False

    def __init__(
        self,
        *args: Any,
        person: Person,
        focus: Focus | None,
        search: str = "",
        school_year: SchoolYear | None = None,
        **more: Any,
    ) -> None:
        initial = {name: getattr(focus, name) for name in self.base_fields} if focus else {}
        super().__init__(*args, **{**more, "initial": initial | more.get("initial", {})})
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ModelChoiceField)
        organization.iterator = _Entries
        organization.queryset = organizations_to_focus_on(person) if self.is_bound else _offered(person, focus)
        organization.required = not is_state_wide(person)
        organization.empty_label = None if organization.required else "Whole state"
        if organization.queryset[MAX_LISTED:].exists():
            listed = matching(person, search, focus=focus, school_year=school_year)
            self._list_some(list(listed), is_found=bool(search.strip()))

    def _list_some(self, listed: list[tuple[Any, str]], *, is_found: bool) -> None:
        """List these organizations alone, the first of them chosen where it was looked for."""
        self.is_searched, self.is_nothing_found = True, is_found and not listed
        if is_found and listed:
            self.initial["organization"] = listed[0][0]
        widget = LongSelect(choices=listed)
        widget.attrs |= {"size": 8, "class": "matches"}
        self.fields["organization"].widget = widget

    def clean(self) -> dict[str, Any]:
        """Return what was chosen: an organization that was open in the school year."""
        chosen = super().clean() or {}
        organization, year = chosen.get("organization"), chosen.get("school_year")
        if organization and year and not organization.is_open_in(year.period):
            self.add_error(
                "organization",
                f"{organization.name} closed on {organization.closed_on:%B %-d, %Y}, before {year.name} began. Choose "
                "an earlier year, or another organization",
            )
        return chosen


def _offered(person: Person, focus: Focus | None, school_year: SchoolYear | None = None) -> QuerySet[Organization]:
    """Return the organizations that a person may choose between for a school year; without one it is the focus's. A
    person who works for the whole state is offered those that were open in it and the focus's own. Others are offered
    all of theirs: the earlier year of one that has closed is chosen in the same box."""
    own = organizations_to_focus_on(person)
    if focus is None or not is_state_wide(person):
        return own
    year = school_year or focus.school_year
    return own.filter(open_in(year.period) | Q(pk=focus.organization_id))


def matching(
    person: Person, text: str, *, focus: Focus | None = None, school_year: SchoolYear | None = None
) -> Iterator[tuple[Any, str]]:
    """Yield the first entries of the drop-down that have all words of the text in their name, or the ID that it is.

    Args:
        person: Whose organizations they are.
        text: What is looked for; blank is everything.
        focus: The focus, whose organization comes first where nothing is looked for.
        school_year: The school year that is about to be chosen; without one it is the focus's. To a person who works
            for the whole state, what had closed before it began is left out.
    """
    words, chosen = text.split(), focus.organization if focus else None
    if not words and is_state_wide(person):
        yield "", "Whole state"
    if not words and chosen is not None:
        yield chosen.pk, chosen.name
    found = _offered(person, focus, school_year).filter(has_words(text))
    if words:
        found = found.order_by(begins_first(text), *found.query.order_by)
    elif chosen is not None:
        found = found.exclude(pk=chosen.pk)
    yield from found.values_list("pk", "name")[:MAX_LISTED]
