"""Corrections by hand: a line on file is added, corrected or withdrawn, as an upload whose file the program makes."""

import io
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Conflict, Refusal
from tidegate.core.free_text import free_text
from tidegate.records.models import Change, ChangeKind, StoredLine
from tidegate.records.stored_lines import StoredLines, organization_fields
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.correction import Correction, file_of, texts_of
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.lifecycle.withdrawals.withdraw import queue_withdrawal
from tidegate.uploads.models import LineToWithdraw, Upload

MAX_REASON = 500
_FILE_NAME = "correction-by-hand.csv"


def find_line(
    lines: StoredLines, line_id: int, *, organization: Organization, school_year: SchoolYear, student_id: str = ""
) -> StoredLine:
    """Return a line that the organization may correct.

    Args:
        lines: The stored lines of the file type.
        line_id: The ID of the line.
        organization: For whom it is corrected: the line's own, or the one that its school belongs to.
        school_year: The school year of the line.
        student_id: The student's number, where the line has to be this student's.

    Raises:
        NotFound: There is no such line, or it is another organization's: both alike.
        Conflict: It was changed or withdrawn since.
    """
    of_student = Q(student_id=student_id) if student_id else Q()
    found: QuerySet[StoredLine] = QuerySet(lines.model).filter(
        Q(pk=line_id), Q(school_year_id=school_year.pk), of_student, _is_own(lines, organization)
    )
    line = found.first()
    if line is None:
        raise no_such(lines.table.noun[0])
    if not line.is_current:
        raise Conflict(
            f"This {lines.table.noun[0]} was changed or withdrawn since the page was opened",
            fix="Open the student's page again to see what is on file now",
            code="LINE_GONE",
        )
    return line


def ids_to_correct(lines: StoredLines, found: Iterable[StoredLine], *, organization: Organization) -> set[int]:
    """Return the IDs of those lines that the organization may correct."""
    asked: QuerySet[StoredLine] = QuerySet(lines.model).filter(
        Q(pk__in=[line.pk for line in found]), _is_own(lines, organization)
    )
    return set(asked.values_list("pk", flat=True))


def _is_own(lines: StoredLines, organization: Organization) -> Q:
    """Return what finds the lines for which the organization may send rows, as ORG201 has it; where lines name no
    organization, those that it has sent."""
    named = organization_fields(lines.model)
    if not named:
        sent = Change.objects.filter(Q(organization=organization) | Q(organization__parent=organization))
        return Q(began_with__in=sent.values("pk"))
    own = [Q(**{name: organization.pk}) | Q(**{f"{name}__parent": organization.pk}) for name in named]
    return Q(*own, _connector=Q.OR)


def send_correction(correction: Correction, *, by: Person, reason: str) -> Upload:
    """Queue a correction, and return the upload that it is.

    Raises:
        Refusal: The person may not send for the organization, gives no reason, or changes nothing.
        Conflict: The line is not on file any more.
    """
    check_can_send_upload(by, correction.organization)
    reason = _checked_reason(reason)
    if correction.values is None:
        with transaction.atomic():
            upload = queue_withdrawal(correction.upload, correction.line_ids, by=by, reason=reason)
            _mark(upload, correction, by=by, reason=reason)
        return upload
    _refuse_no_change(correction)
    with transaction.atomic():
        upload = receive(
            file=io.BytesIO(file_of(correction)),
            file_name=_FILE_NAME,
            file_type=correction.lines.file_type.slug,
            school_year=correction.school_year,
            organization=correction.organization,
            by=by,
            options=SendOptions(reason=reason, mapping={}),
        )
        LineToWithdraw.objects.bulk_create(LineToWithdraw(upload=upload, line_id=each) for each in correction.line_ids)
        _mark(upload, correction, by=by, reason=reason)
    return upload


def _checked_reason(reason: str) -> str:
    reason = free_text(reason)
    if not reason:
        raise Refusal("A correction by hand needs a reason", fix="Say in a few words why it is made", code="NO_REASON")
    if len(reason) > MAX_REASON:
        raise Refusal(f"The reason has more than {MAX_REASON} characters", fix="Make it shorter", code="LONG_REASON")
    return reason


def _refuse_no_change(correction: Correction) -> None:
    if correction.line is None:
        return
    (before,) = texts_of(correction.lines, correction.line_ids, correction.school_year)
    student = correction.lines.table.column_of(correction.lines.table.student).title
    if correction.values and correction.values.get(student, "").strip() != before[student]:
        raise Refusal(
            "A correction cannot move a line to another student",
            fix="Withdraw the line here, and add one to the other student",
            code="OTHER_STUDENT",
        )
    if correction.values == before:
        raise Refusal("Nothing was changed", fix="Change a value, or leave the line as it is", code="NO_CHANGE")


def _mark(upload: Upload, correction: Correction, *, by: Person, reason: str) -> None:
    """Have the upload's change say that it is a correction by hand, and record what is asked for."""
    Change.objects.filter(pk=upload.pk).update(kind=ChangeKind.BY_HAND, reason=reason)
    record_event(
        "upload.made_by_hand",
        by=by,
        organization=upload.organization,
        school_year=upload.school_year,
        subject=upload,
        file_type=upload.file_type,
        what="withdraw" if correction.values is None else "correct" if correction.line else "add",
        line_ids=correction.line_ids,
    )
