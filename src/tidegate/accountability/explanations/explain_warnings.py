"""Says why the lines of an office that a rule warns of are right. They are open no more, until the explanation ends or
the number of lines moves by much."""

from datetime import date

from django.db import transaction

from tidegate.accountability.explanations.explain import checked_text, organization_of
from tidegate.accountability.explanations.warned_lines import WarningKey, warned_lines
from tidegate.accountability.models import Snapshot, WarningExplanation
from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_explain_number
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event


@transaction.atomic
def explain_warnings(
    snapshot: Snapshot, key: WarningKey, *, text: str, ends_on: date, by: Person, by_token: bool = False
) -> WarningExplanation:
    """Keep why the lines of an office and file type that a rule warns of are right.

    Args:
        snapshot: The snapshot that has them.
        key: The office, the file type and the rule.
        text: Why they are right.
        ends_on: The last day on which the explanation holds.
        by: Who says so: whoever sends files for the office, or the state.
        by_token: Whether a program acts for the person.

    Raises:
        Refusal: The person may not, there are no such warnings, or the text or the day is none.
    """
    warned = next((each for each in warned_lines(snapshot) if each.key == key), None)
    if warned is None:
        raise no_such("warning")
    office = organization_of(warned.identifier)
    check_can_explain_number(by, office, thing="warning")
    kept = WarningExplanation.objects.create(
        snapshot=snapshot,
        period=snapshot.period,
        file_type=warned.file_type,
        code=warned.code,
        identifier=warned.identifier,
        organization=office,
        line_count=warned.line_count,
        text=checked_text(text, ends_on),
        ends_on=ends_on,
        by=by,
    )
    record_event(
        "warnings.explained",
        by=by,
        organization=office,
        school_year=snapshot.school_year,
        subject=snapshot,
        file_type=warned.file_type,
        code=warned.code,
        line_count=warned.line_count,
        ends_on=ends_on.isoformat(),
        by_token=by_token,
    )
    return kept
