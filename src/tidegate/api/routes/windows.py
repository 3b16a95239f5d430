"""Windows: when each file type is collected from an organization."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from tidegate.accounts.models import Scope
from tidegate.accounts.permissions import check_can_view_upload
from tidegate.accounts.reach import find_organization
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.find_upload import PROBLEMS, person_of
from tidegate.api.schemas.uploads import OrganizationId, YearName
from tidegate.api.schemas.windows import WindowOut
from tidegate.reference.find_school_year import find_school_year
from tidegate.windows.collection import Windows

router = Router(tags=["windows"])


@router.get("/windows", response={200: list[WindowOut], **PROBLEMS}, summary="When files are collected")
def list_windows(request: HttpRequest, organization: OrganizationId, school_year: YearName) -> list[WindowOut]:
    """Return for every file type whether a file of the organization would be loaded that is received today, and from
    when to when. Check-only files are always taken."""
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, Scope.READ)
    found = find_organization(person_of(request), organization)
    check_reach(token, found)
    check_can_view_upload(person_of(request), found)
    today = timezone.localdate()
    windows = Windows.of(find_school_year(school_year), found)
    return [WindowOut.of(each, day=today) for each in windows.all_types(found)]
