"""Finds organizations by what a person types: a part of the name, or the ID."""

import re

from django.db.models import Case, IntegerField, Q, Value, When

from tidegate.core.errors import Refusal
from tidegate.reference.models import Organization
from tidegate.reference.models.organization import identified_by

MAX_LISTED = 20
_WITH_ID = re.compile(r".*\(([^()]+)\)\s*", re.DOTALL)
_FIX = "Write its ID, or its whole name as the list shows it"


def has_words(text: str) -> Q:
    """Return the condition that an organization has all words of the text in its name, or the ID that it is. Blank is
    every organization."""
    words = text.split()
    return Q(*(Q(name__icontains=word) for word in words)) | identified_by(text) if words else Q()


def begins_first(text: str) -> Case:
    """Return what puts organizations first whose name begins with the text."""
    return Case(When(name__istartswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())


def organizations_named(text: str) -> list[Organization]:
    """Return the first organizations that have all words of the text in their name, or the ID that it is."""
    if not text.strip():
        return []
    found = Organization.objects.filter(has_words(text)).order_by(begins_first(text), "name", "pk")
    return list(found[:MAX_LISTED])


def organization_named(text: str) -> Organization:
    """Return the one organization that a person means by its ID, its whole name, or both. A Refusal where that is none
    or several."""
    in_brackets = _WITH_ID.fullmatch(text)
    asked = in_brackets.group(1) if in_brackets else text.strip()
    by_id = Organization.objects.filter(identified_by(asked)).first()
    if by_id is not None:
        return by_id
    named = list(Organization.objects.filter(name__iexact=text.strip())[:2])
    if len(named) == 1:
        return named[0]
    if named:
        raise Refusal("Several organizations have this name", fix="Write the ID of the one that you mean")
    raise Refusal("There is no organization with this ID or name", fix=_FIX)
