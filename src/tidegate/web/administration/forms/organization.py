"""The forms of the section Organizations and schools. Each proposes a change, which is shown before it is made."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q

from tidegate.accounts.models import Person
from tidegate.administration.models import ListChange
from tidegate.administration.organization_acts import (
    NewOrganization,
    propose_addition,
    propose_closing,
    propose_correction,
    propose_move,
)
from tidegate.core.errors import Refusal
from tidegate.core.layouts.identifiers import organization_ids
from tidegate.core.layouts.state_package import present_state
from tidegate.reference.find_organizations import has_words
from tidegate.reference.models import Organization, OrganizationKind
from tidegate.reference.problem import ReferenceRefused
from tidegate.web.fields.organization_field import OrganizationField
from tidegate.web.pages import MAX_TEXT_LENGTH, clean_text


def _kinds() -> list[tuple[str, str]]:
    return [(str(kind), kind.in_words) for kind in OrganizationKind]


class ProposingForm(forms.Form):
    """A form that proposes a change; a Refusal comes on it as a sentence."""

    def propose(self, *, by: Person) -> ListChange | None:
        """Return what is proposed; None, with the sentence on the form, where it is declined."""
        raise NotImplementedError

    def tried(self, propose: Callable[[], ListChange]) -> ListChange | None:
        """Return what `propose` returns; None where it raises a Refusal, whose sentence then is on the form."""
        try:
            return propose()
        except ReferenceRefused:
            raise  # it has a sentence for each row, which the form of an import shows
        except Refusal as refusal:
            self.add_error(None, refusal.in_full)
            return None


class SearchForm(forms.Form):
    """What is asked of the list of organizations; blank asks for nothing."""

    search = forms.CharField(label="Name or ID", required=False, max_length=MAX_TEXT_LENGTH)
    kind = forms.ChoiceField(label="Kind", required=False)
    state = forms.ChoiceField(
        label="Open or closed",
        required=False,
        choices=[("", "Open and closed"), ("open", "Open"), ("closed", "Closed")],
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [("", "Any kind"), *_kinds()]  # type: ignore[attr-defined]

    def wanted(self) -> Q:
        """Return what is asked for; everything where the form has errors, which it shows."""
        if not self.is_valid():
            return Q()
        text, kind, state = (clean_text(self.cleaned_data[name]) for name in ("search", "kind", "state"))
        wanted = has_words(text)
        wanted &= Q(kind=kind) if kind else Q()
        return wanted & (Q(closed_on__isnull=state == "open") if state else Q())


class AddForm(ProposingForm):
    """A new organization."""

    identifier = forms.CharField(label="ID", error_messages={"required": "Enter the ID"})
    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    kind = forms.ChoiceField(label="Kind")
    parent = OrganizationField(required=False)
    local_id = forms.CharField(
        label="Local ID",
        max_length=10,
        required=False,
        help_text="The ID that the local student information system uses for it. Files may have it instead of the ID.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        state = present_state()
        self.fields["identifier"].help_text = f"As the state writes it: {state.organization_ids.length_in_words}."
        self.fields["identifier"].widget.attrs["maxlength"] = organization_ids().max_length
        self.fields["kind"].choices = _kinds()  # type: ignore[attr-defined]
        self.fields["parent"].label = f"Belongs to the {state.word('sau')}"
        self.fields["parent"].help_text = f"Part of the name or the ID. Blank for {state.word('a_sau')}."

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the addition."""
        parent = self.cleaned_data["parent"]
        said = {name: self.cleaned_data[name].strip() for name in ("identifier", "name", "kind", "local_id")}
        return self.tried(lambda: propose_addition(NewOrganization(parent=parent, **said), by=by))


class _AboutOne(ProposingForm):
    def __init__(self, *args: Any, organization: Organization, **more: Any) -> None:
        super().__init__(*args, **more)
        self.organization = organization


class CorrectForm(_AboutOne):
    """Another name or local ID."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    local_id = forms.CharField(label="Local ID", max_length=10, required=False)

    def __init__(self, *args: Any, organization: Organization, **more: Any) -> None:
        super().__init__(*args, organization=organization, **more)
        self.initial = {"name": organization.name, "local_id": organization.local_id}

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the correction."""
        return self.tried(lambda: propose_correction(self.organization, by=by, **self.cleaned_data))


class MoveForm(_AboutOne):
    """Another district."""

    parent = OrganizationField(
        help_text="Part of the name or the ID.", error_messages={"required": "Enter where it moves to"}
    )

    def __init__(self, *args: Any, organization: Organization, **more: Any) -> None:
        super().__init__(*args, organization=organization, **more)
        self.fields["parent"].label = f"Moves to the {present_state().word('sau')}"

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the move."""
        return self.tried(lambda: propose_move(self.organization, parent=self.cleaned_data["parent"], by=by))


class CloseForm(_AboutOne):
    """The last day."""

    closed_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It stays open for files of the school year that this day is in, and of earlier ones.",
        error_messages={"required": "Enter the last day", "invalid": "Enter a day, such as 2026-06-30"},
    )
    with_schools = forms.BooleanField(label="Close its open schools, too", required=False)

    def __init__(self, *args: Any, organization: Organization, **more: Any) -> None:
        super().__init__(*args, organization=organization, **more)
        if not organization.is_sau:
            del self.fields["with_schools"]

    def propose(self, *, by: Person) -> ListChange | None:
        """Return the closing."""
        return self.tried(lambda: propose_closing(self.organization, by=by, **self.cleaned_data))
