"""The mappings that organizations have saved: what the columns and values of their files mean."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from tidegate.accounts.models import Scope
from tidegate.accounts.permissions import check_can_send_upload
from tidegate.accounts.reach import find_organization, no_such
from tidegate.api.authenticate import check_reach, check_scope
from tidegate.api.find_upload import PROBLEMS, person_of
from tidegate.api.schemas.uploads import MappingIn, MappingOut, OrganizationId
from tidegate.core.layouts.mapping import mapping_from
from tidegate.file_types import FileType, find
from tidegate.reference.models import Organization
from tidegate.uploads.models import SavedMapping
from tidegate.uploads.saved_mappings import end_mapping, save_mapping, saved_mappings

router = Router(tags=["mappings"])


@router.get("/mappings", response={200: list[MappingOut], **PROBLEMS}, summary="Saved mappings")
def list_mappings(request: HttpRequest, organization: OrganizationId) -> list[MappingOut]:
    """Return the mappings that an organization has saved, one for a file type at most."""
    found = _organization(request, organization, Scope.READ)
    return [MappingOut.of_saved(saved) for saved in saved_mappings(found)]


@router.get("/mappings/{file_type}", response={200: MappingOut, **PROBLEMS}, summary="A saved mapping")
def get_mapping(request: HttpRequest, file_type: str, organization: OrganizationId) -> MappingOut:
    """Return the mapping that an organization has saved for a file type; 404 where it has none."""
    return MappingOut.of_saved(_saved(_organization(request, organization, Scope.READ), find(file_type)))


@router.put("/mappings/{file_type}", response={200: MappingOut, **PROBLEMS}, summary="Save a mapping")
def put_mapping(request: HttpRequest, file_type: str, organization: OrganizationId, mapping: MappingIn) -> MappingOut:
    """Save a mapping in place of the present one: every file of the type that the organization sends is read by it."""
    owner, found = _organization(request, organization, Scope.SEND), find(file_type)
    said = mapping_from(mapping.model_dump(), found.layout)
    return MappingOut.of_saved(save_mapping(organization=owner, file_type=found, mapping=said, by=person_of(request)))


@router.delete("/mappings/{file_type}", response={204: None, **PROBLEMS}, summary="End a mapping")
def delete_mapping(
    request: HttpRequest, response: HttpResponse, file_type: str, organization: OrganizationId
) -> Status[None]:
    """End the mapping that an organization has saved for a file type; 404 where it has none."""
    saved = _saved(_organization(request, organization, Scope.SEND), find(file_type))
    end_mapping(saved.pk, by=person_of(request))
    return Status(204, None)


def _organization(request: HttpRequest, identifier: OrganizationId, scope: Scope) -> Organization:
    token = request.auth  # type: ignore[attr-defined]
    check_scope(token, scope)
    found = find_organization(token.person, identifier)
    check_reach(token, found)
    check_can_send_upload(token.person, found)
    return found


def _saved(organization: Organization, file_type: FileType) -> SavedMapping:
    found = saved_mappings(organization).filter(file_type=file_type.slug).first()
    if found is None:
        raise no_such("saved mapping")
    return found
