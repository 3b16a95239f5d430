"""The upload that a request names, where its token and person reach it, and what was done with it."""

from django.http import HttpRequest

from tidegate.accounts.models import Person, Scope
from tidegate.accounts.permissions import check_can_view_upload
from tidegate.accounts.reach import no_such
from tidegate.api.authenticate import check_scope
from tidegate.api.schemas.uploads import Problem
from tidegate.audit.record import record_event
from tidegate.uploads.models import Upload
from tidegate.uploads.queries.upload_source import UploadSource

PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 507), Problem)
"""How a request about an upload can be declined."""


def person_of(request: HttpRequest) -> Person:
    """Return the person that the token acts for."""
    person: Person = request.auth.person  # type: ignore[attr-defined]
    return person


def find_upload(request: HttpRequest, upload_id: int, scope: Scope = Scope.READ) -> Upload:
    """Return the upload; out of the token's or the person's reach it is as if there were none."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, scope)
    found = Upload.objects.select_related("organization", "school_year").filter(pk=upload_id).first()
    if found is None or token.organization_id not in (found.organization_id, found.organization.parent_id):
        raise no_such("upload")
    check_can_view_upload(token.person, found.organization)
    return found


def check_has_log(upload: Upload) -> None:
    """Raise the Conflict that says why there is no Result Log. A program would take what is not known for nothing."""
    if refusal := UploadSource(upload).why_no_log():
        raise refusal


def record_act(request: HttpRequest, act: str, upload: Upload) -> None:
    """Record that the person has done this to the upload, by a program."""
    by = person_of(request)
    record_event(act, by=by, organization=upload.organization, subject=upload, by_token=True)
