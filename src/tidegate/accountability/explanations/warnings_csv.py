"""The warnings of a snapshot as CSV, one line for each office, file type and rule."""

from collections.abc import Collection, Iterator

from tidegate.accountability.explanations.warned_lines import WarnedLines
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.file_types import find_all
from tidegate.reference.models import Organization

HEADER = (
    "OfficeID",
    "Office",
    "FileType",
    "Rule",
    "What the rule says",
    "Lines",
    "State",
    "Explanation",
    "ExplainedBy",
    "ExplainedAt",
    "HoldsUntil",
)


def warnings_csv(warned: Collection[WarnedLines]) -> Iterator[bytes]:
    """Yield warnings as CSV in UTF-8."""
    yield csv_lines([HEADER])
    offices = office_names({each.identifier for each in warned})
    yield csv_lines(_cells(each, offices) for each in warned)


def office_names(identifiers: Collection[str]) -> dict[str, str]:
    """Return the names of offices by their IDs, as they are called now; the state's by a blank one."""
    named = Organization.objects.filter(identifier__in=identifiers)
    return {"": "The state"} | dict(named.values_list("identifier", "name"))


def summary_of(file_type: str, code: str) -> str:
    """Return what a rule finds, in a few words; blank where the present state has it no more."""
    found = find_all().get(file_type)
    rule = found.rules_by_code().get(code) if found else None
    return rule.summary.removesuffix(".") if rule else ""


def _cells(each: WarnedLines, offices: dict[str, str]) -> tuple[object, ...]:
    given = each.explanation
    known = (given.text, given.by.name, given.at.isoformat(timespec="seconds"), given.ends_on) if given else ("",) * 4
    return (
        each.identifier,
        offices.get(each.identifier, ""),
        each.file_type,
        each.code,
        summary_of(each.file_type, each.code),
        each.line_count,
        "explained" if given else "open",
        *known,
    )
