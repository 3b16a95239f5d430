"""Organization IDs on the pages about the audit log, which knows an organization by the integer of the records."""

from collections.abc import Callable
from typing import Any

from django import forms

from tidegate.core.layouts.identifiers import are_keys_numbers, organization_ids
from tidegate.reference.models import Organization
from tidegate.reference.models.organization import identified_by

_NOBODY = -1


def id_field(label: str) -> forms.Field:
    """Return a form's field for an organization ID, whose value is the integer; one that nobody has where there is no
    such organization."""
    longest = organization_ids().max_length
    if are_keys_numbers():
        return forms.IntegerField(label=label, required=False, min_value=1, max_value=10**longest - 1)
    return _IdField(label=label, required=False, max_length=longest)


class _IdField(forms.CharField):
    def clean(self, value: Any) -> int | None:
        """Return the organization's integer, None for a blank."""
        text = super().clean(value)
        if not text:
            return None
        found = Organization.objects.filter(identified_by(text)).values_list("pk", flat=True).first()
        return _NOBODY if found is None else found


def shown_id() -> Callable[[int | None], int | str | None]:
    """Return a function that returns the ID of the organization with an integer, as people write it."""
    if are_keys_numbers():
        return lambda key: key
    known = dict(Organization.objects.values_list("pk", "identifier"))
    return lambda key: None if key is None else known.get(key, key)
