"""The mappings that organizations have saved: found, saved and ended, each change in the audit log."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_organization, check_can_send_upload
from tidegate.accounts.reach import no_such
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.core.layouts.layout import Layout
from tidegate.core.layouts.mapping import ColumnMapping, mapped, still_good
from tidegate.file_types import FileType
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.reference.models import Organization
from tidegate.uploads.models import SavedMapping


def saved_mappings(organization: Organization) -> QuerySet[SavedMapping]:
    """Return the present mappings of an organization."""
    current = SavedMapping.objects.filter(organization=organization, ended_at=None)
    return current.select_related("organization", "saved_by").order_by("file_type")


def find_mapping(organization: Organization, file_type: FileType) -> SavedMapping | None:
    """Return the present mapping by which files of the organization are read: its own, or else that of the organization
    that it belongs to. None where neither has one."""
    owners = [organization.pk, organization.parent_id]
    current = SavedMapping.objects.filter(
        file_type=file_type.slug, ended_at=None, organization__in=filter(None, owners)
    )
    found = {mapping.organization_id: mapping for mapping in current.select_related("organization", "saved_by")}
    return next((found[owner] for owner in owners if owner in found), None)


def mapping_to_read(organization: Organization, file_type: FileType) -> dict[str, Any]:
    """Return what the present mapping says; nothing where there is none."""
    found = find_mapping(organization, file_type)
    return dict(found.said) if found else {}


def layout_to_read(organization: Organization | None, file_type: FileType) -> Layout:
    """Return the layout, of all years, by which a file of the organization is read: with what its present mapping
    says."""
    said = mapping_to_read(organization, file_type) if organization else {}
    return mapped(file_type.layout, still_good(said, file_type.layout)) if said else file_type.layout


@transaction.atomic
def save_mapping(
    *, organization: Organization, file_type: FileType, mapping: ColumnMapping, by: Person
) -> SavedMapping:
    """Save a mapping in place of the present one, and return it. Raises a Refusal where it says nothing, or the person
    may not send files for the organization."""
    check_can_send_upload(by, organization)
    if not mapping:
        raise Refusal("The mapping says nothing", fix="Match at least one column or value", code="MAPPING")
    advisory_lock(f"mapping:{organization.pk}:{file_type.slug}")
    before = SavedMapping.objects.filter(organization=organization, file_type=file_type.slug, ended_at=None)
    same = before.filter(said=mapping.as_data()).first()
    if same is not None:
        return same
    before.update(ended_at=timezone.now(), ended_by=by)
    saved = SavedMapping.objects.create(
        organization=organization, file_type=file_type.slug, said=mapping.as_data(), saved_by=by
    )
    record_event(
        "mapping.saved",
        by=by,
        organization=organization,
        subject=saved,
        file_type=file_type.slug,
        column_count=len(mapping.columns),
        value_count=sum(map(len, mapping.values.values())),
    )
    return saved


@transaction.atomic
def end_mapping(mapping_id: int, *, by: Person) -> SavedMapping:
    """End a mapping: files that are sent from now on are read without it. NotFound where there is none that the person
    may know of; a Refusal where they may not end it."""
    found = _find_to_end(mapping_id, by=by)
    found.ended_at, found.ended_by = timezone.now(), by
    found.save(update_fields=["ended_at", "ended_by"])
    record_event("mapping.ended", by=by, organization=found.organization, subject=found, file_type=found.file_type)
    return found


@transaction.atomic
def end_line(mapping_id: int, *, by: Person, name: str = "", column: str = "", value: str = "") -> None:
    """End what a mapping says of one name in the header or, with `column`, of one value; the rest goes on. NotFound
    where there is no such mapping or line; a Refusal where the person may not end it."""
    found = _find_to_end(mapping_id, by=by)
    before = still_good(found.said, found.type.layout)
    after = before.without(name=name, column=column, value=value)
    if after == before:
        raise no_such("line of this mapping")
    if after:
        save_mapping(organization=found.organization, file_type=found.type, mapping=after, by=by)
    else:
        end_mapping(mapping_id, by=by)


def _find_to_end(mapping_id: int, *, by: Person) -> SavedMapping:
    current = SavedMapping.objects.select_for_update(of=("self",)).select_related("organization", "saved_by")
    found = current.filter(pk=mapping_id, ended_at=None).first()
    if found is None or not can_view_organization(by, found.organization):
        raise no_such("mapping")
    check_can_send_upload(by, found.organization)
    return found
