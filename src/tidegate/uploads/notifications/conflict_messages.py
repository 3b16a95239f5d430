"""Tells both offices that they report a student for the same days: once, when the conflict opens."""

from collections.abc import Collection

from django.db import connection

from tidegate.core.reference.enrollments import PRIMARY
from tidegate.inbox.kinds import MessageKind
from tidegate.inbox.notify import notify
from tidegate.reference.models import Organization
from tidegate.uploads.contradictions import ENROLLED_ELSEWHERE
from tidegate.uploads.models import Upload
from tidegate.uploads.notifications.offices import senders_of

_CONFLICTS = "/conflicts/"
_SIDES = f"""
SELECT claim.sau_id, array_agg(DISTINCT claim.school_id), enrolled.sau_id, array_agg(DISTINCT enrolled.school_id),
    count(DISTINCT claim.student_id)
FROM uploads_enrollmentclaim claim JOIN {ENROLLED_ELSEWHERE}
WHERE claim.id = ANY(%(claims)s) GROUP BY claim.sau_id, enrolled.sau_id ORDER BY claim.sau_id, enrolled.sau_id
"""


def notify_of_conflicts(upload: Upload, claims: Collection[int]) -> None:
    """Tell the offices on both sides of new claims of an upload, in its transaction, how many students these are; which
    they are says the page alone."""
    with connection.cursor() as cursor:
        cursor.execute(_SIDES, {"primary": PRIMARY, "claims": list(claims)})
        found = cursor.fetchall()
    names = Organization.objects.in_bulk({pk for claimed, _, has, _, _ in found for pk in (claimed, has)})
    for claimed, claiming_schools, has, schools, count in found:
        students, are = ("student", "is") if count == 1 else ("students", "are")
        year, where = upload.school_year.name, "Conflicts shows whose move it is."
        _tell(
            names[has],
            schools,
            f"{count:,} {students} whom your office has on file for {year} {are} reported by {names[claimed].name} "
            f"for the same days. {where}",
        )
        _tell(
            names[claimed],
            claiming_schools,
            f"{count:,} {students} whom your office reports for {year} {are} on file at {names[has].name} for the "
            f"same days, so the rows were not loaded. {where}",
        )


def _tell(organization: Organization, schools: Collection[int], text: str) -> None:
    people = senders_of({organization.pk, *schools})
    notify(people, MessageKind.CONFLICT_OPENED, text, link=_CONFLICTS, organization=organization)
