"""The rules that were broken most, as the home shows them: each with the files that broke it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.http import urlencode

from tidegate.overview.broken_rules import BrokenRule, Span, count_rows, rules_broken_most
from tidegate.web.home.forms.broken_rules import BrokenRulesForm
from tidegate.web.home.home import loaded_address

_MAX_RULES = 10
_FIELDS = ("organization", "broken_from", "broken_to")


class LinkedRule(NamedTuple):
    """A rule that was broken, and the uploads in which it was; a blank address leads nowhere."""

    rule: BrokenRule
    address: str


class Kept(NamedTuple):
    """What the address says beside a form: its fields, which the form sends along, and both as an address ends."""

    fields: list[tuple[str, str]]

    @property
    def query(self) -> str:
        """The fields as the end of an address."""
        return f"?{urlencode(self.fields)}" if self.fields else "?"


def kept_beside_rules(request: HttpRequest) -> Kept:
    """Return what the address says that is not about broken rules."""
    return Kept([(name, str(value)) for name, value in request.GET.items() if value and name not in _FIELDS])


def kept_rules(request: HttpRequest) -> Kept:
    """Return what the address says about broken rules."""
    return Kept([(name, str(value)) for name, value in request.GET.items() if value and name in _FIELDS])


def broken_rules_context(
    request: HttpRequest, form: BrokenRulesForm, uploads: Mapping[str, str] | None
) -> dict[str, Any]:
    """Return what the table of broken rules shows. Each leads to its uploads in State Reporting Status, to those of
    the focus that the fields `uploads` ask for; None leads nowhere."""
    span = form.span()
    return {
        "rules_form": form,
        "rules_span": span,
        "rules_of": form.organization_chosen,
        "rules_rows": count_rows(span),
        "rules": list(_linked(span, uploads)),
        "beside_rules": kept_beside_rules(request),
    }


def _linked(span: Span, uploads: Mapping[str, str] | None) -> Iterator[LinkedRule]:
    for rule in rules_broken_most(span, at_most=_MAX_RULES):
        asked = {"file_type": rule.slug, "rule": rule.code}
        yield LinkedRule(rule, "" if uploads is None else loaded_address(span.first, span.last, **asked, **uploads))
