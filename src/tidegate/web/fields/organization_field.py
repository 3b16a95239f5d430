"""A form's field in which an organization is named: what is typed finds names, and the ID alone is enough."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from tidegate.core.errors import Refusal
from tidegate.reference.find_organizations import organization_named
from tidegate.reference.models import Organization
from tidegate.web.pages import clean_text

_LIST_ID = "organization-names"


def as_listed(organization: Organization | None) -> str:
    """Return an organization as the list below the field writes it; blank for None."""
    return f"{organization.name} ({organization.identifier})" if organization else ""


class OrganizationField(forms.CharField):
    """Takes an ID, a whole name, or both as the list below the field writes them. Works without JavaScript, too."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 250, **more})
        self.widget.attrs |= {
            "list": _LIST_ID,
            "autocomplete": "off",
            "hx-get": reverse_lazy("organization_names"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{_LIST_ID}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }

    def clean(self, value: Any) -> Organization | None:
        """Return the organization; None where nothing is written and nothing has to be."""
        text = clean_text(super().clean(value))
        if not text:
            return None
        try:
            return organization_named(text)
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.message}. {refusal.fix}.") from refusal
