"""What the focus leads to: a school year, and the uploads of an organization in it."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from tidegate.accounts.focus import why_no_focus
from tidegate.accounts.models import Focus, Person
from tidegate.accounts.permissions import check_can_send_upload, check_can_view_students, check_can_view_upload
from tidegate.accounts.reach import no_such
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.records.student_list import StudentList
from tidegate.reference.models import Organization
from tidegate.reference.models import SchoolYear as StoredSchoolYear
from tidegate.uploads.models import State, Upload
from tidegate.uploads.queries.findings import refusals_of
from tidegate.web.requests import PersonRequest

_JUST_SENT = timedelta(seconds=10)


def school_year_of(request: PersonRequest) -> SchoolYear:
    """Return the focus's school year; the one that is running where there is no focus."""
    return request.focus.school_year.period if request.focus else SchoolYear.of(timezone.localdate())


def other_years(school_year: SchoolYear) -> list[str]:
    """Return the names of the school years that the state collects, but for this one."""
    stored = StoredSchoolYear.objects.exclude(first=school_year.first).order_by("first")
    return list(stored.values_list("name", flat=True))


def focus_to_send_for(request: PersonRequest) -> Focus:
    """Return the focus, which may be on the whole state. Raises a Refusal where there is none, or the person may not
    send files for its organization."""
    if request.focus is None:
        raise why_no_focus(request.user)
    if request.focus.organization:
        check_can_send_upload(request.user, request.focus.organization)
    return request.focus


def uploads_of(focus: Focus) -> QuerySet[Upload]:
    """Return the uploads for the focus's organization and its schools in its year, the newest first.

    `refusal` is the sentence of a file that could not be read.
    """
    uploads = Upload.objects.filter(school_year=focus.school_year)
    if focus.organization is not None:
        here = Organization.objects.filter(Q(pk=focus.organization.pk) | Q(parent=focus.organization.pk))
        ids = list(here.order_by().values_list("pk", flat=True))  # asked for first, so that the index by focus is taken
        uploads = uploads.filter(organization__in=ids)
    refusal = Case(When(state=State.FAILED, then=Subquery(refusals_of(OuterRef("pk")).values("message")[:1])))
    with_names = uploads.select_related("organization", "school_year", "sent_by", "progress", "corrected_by")
    return with_names.annotate(refusal=refusal).order_by("-sent_at", "-pk")


def find_upload(person: Person, upload_id: int) -> Upload:
    """Return the upload; NotFound where there is none or the person may not know of it, both alike."""
    uploads = Upload.objects.select_related("organization", "school_year", "sent_by")
    found = uploads.filter(pk=upload_id).first()
    if found is None:
        raise no_such("upload")
    check_can_view_upload(person, found.organization)
    return found


def students_in(focus: Focus, *, by: Person, search: str = "") -> StudentList:
    """Return the students of the focus that the search finds; a Refusal where `by` may not see
    its student list."""
    check_can_view_students(by, focus.organization)
    return StudentList(focus.organization, focus.school_year, show_students=focus.show_students, search=search)


def ask_again(uploads: Iterable[Upload]) -> str:
    """Return after how long the page must ask again, as htmx writes it; blank where all of the
    uploads have ended. Most end within a second, and a person who has just sent a file looks at
    the page."""
    busy = [upload.sent_at for upload in uploads if upload.is_busy]
    if not busy:
        return ""
    return "300ms" if timezone.now() - max(busy) < _JUST_SENT else "2s"
