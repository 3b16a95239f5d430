"""What a person corrects by hand on the Student page: a line of a file type, for the focus's organization."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import can_send_upload, check_can_send_upload
from tidegate.accounts.reach import no_such
from tidegate.core.errors import Refusal
from tidegate.records.models import StoredLine, Student
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.corrections.by_hand import find_line, ids_to_correct, send_correction
from tidegate.uploads.lifecycle.corrections.correction import Correction, errors_of, texts_of
from tidegate.uploads.models import Upload
from tidegate.web.students.forms.by_hand import LineForm
from tidegate.web.students.student_lines import find_student
from tidegate.windows.collection import find_collection
from tidegate.windows.describe_window import why_not_open


@dataclass(frozen=True)
class ByHand:
    """The student, the stored lines of a file type, and the line that is corrected or withdrawn; None is a new one."""

    student: Student
    lines: StoredLines
    organization: Organization
    school_year: SchoolYear
    line: StoredLine | None

    @property
    def before(self) -> dict[str, str]:
        """What the line says, by title; of a new one the student alone."""
        if self.line:
            return texts_of(self.lines, [self.line.pk], self.school_year)[0]
        return {self.lines.table.column_of(self.lines.table.student).title: self.student.number}

    def correction(self, values: dict[str, str] | None) -> Correction:
        """Return the correction to these values; None withdraws the line."""
        said = None if values is None else self.before | values
        return Correction(self.lines, self.organization, self.school_year, self.line, said)


def find_by_hand(
    person: Person, public_id: UUID, file_type: str, *, focus: Focus | None, line_id: int | None = None
) -> ByHand:
    """Return what the person is about to correct.

    Args:
        person: The person.
        public_id: The student, as in addresses.
        file_type: The slug of the file type.
        focus: The person's focus, whose organization the correction is made for.
        line_id: The line; None for a new one.

    Raises:
        Refusal: There is no such student, file type or line within the person's reach, or the person may not send files
            for the organization, or the focus has none.
        Conflict: The line is not on file any more.
    """
    student, focus = find_student(person, public_id, focus)
    lines = next((each for each in stored_lines() if each.file_type.slug == file_type), None)
    if lines is None:
        raise no_such("page")
    if focus.organization is None:
        raise Refusal(
            "A correction by hand is made for one organization",
            fix="Choose the organization in Change Focus, then open the student again",
            code="NO_ORGANIZATION",
        )
    check_can_send_upload(person, focus.organization)
    year = focus.school_year
    line = None
    if line_id is not None:
        line = find_line(lines, line_id, organization=focus.organization, school_year=year, student_id=student.number)
    return ByHand(student, lines, focus.organization, year, line)


def to_correct(person: Person, focus: Focus, slug: str, *, found: Sequence[StoredLine]) -> dict[str, Any]:
    """Return what the templates of by hand know of a tab: the file type, blank where the person may correct nothing in
    the focus, the IDs of those of the found lines that they may correct, and why nothing can be corrected now, blank
    where it can. The enrollments' tab has no slug."""
    lines = next((each for each in stored_lines() if each.file_type.slug == slug or (each.is_base and not slug)), None)
    organization = focus.organization
    if lines is None or organization is None or not can_send_upload(person, organization):
        return {"by_hand": "", "by_hand_ids": frozenset(), "by_hand_closed": ""}
    collection = find_collection(lines.file_type.slug, focus.school_year, organization)
    if closed := why_not_open(collection, day=timezone.localdate()):
        return {"by_hand": "", "by_hand_ids": frozenset(), "by_hand_closed": closed.message}
    ids = ids_to_correct(lines, found, organization=organization)
    return {"by_hand": lines.file_type.slug, "by_hand_ids": ids, "by_hand_closed": ""}


def send_form(form: LineForm, about: ByHand, *, by: Person) -> Upload | None:
    """Send what a valid form says; None, with the sentences on the form, where it is declined."""
    correction = about.correction(form.values)
    try:
        errors = errors_of(correction)
        if not errors:
            return send_correction(correction, by=by, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        errors = [("", refusal.in_full)]
    form.show_errors(errors)
    return None
