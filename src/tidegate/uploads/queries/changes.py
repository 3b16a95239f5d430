"""What a person may know of the changes that wrote versions: in words, with the upload where they may see it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst

from tidegate.accounts.models import Person
from tidegate.accounts.permissions import can_view_upload
from tidegate.accounts.reach import is_state_wide
from tidegate.records.models import Change, ChangeKind
from tidegate.records.models.versioned import Versioned
from tidegate.reference.models import Organization
from tidegate.uploads.models import Upload

IMPORT = "Reference import"
"""What a version came with that names no change: an import of a release that had none."""


@dataclass(frozen=True)
class SeenChange:
    """A change as one person may see it.

    Attributes:
        change: The change, which has more than the person may see.
        is_within_reach: Whether the person may see the upload, who made the change, and why.
        upload: The upload that the change is or undoes, where it is within reach.
    """

    change: Change
    is_within_reach: bool
    upload: Upload | None

    @property
    def kind(self) -> str:
        """What kind of change it is, in words."""
        return ChangeKind(self.change.kind).label

    @property
    def title(self) -> str:
        """What the change is called on a page: the file's name, or what was done."""
        change = self.change
        named = self.upload.file_name if self.upload else f"upload {change.undoes or change.pk}"
        match change.kind:
            case ChangeKind.IMPORT:
                return IMPORT
            case ChangeKind.UNDO:
                return f"Undo of {named}"
            case ChangeKind.BY_HAND:
                return "Correction by hand"
        return capfirst(named) if self.upload is None else named

    @property
    def at(self) -> datetime:
        """When the change was made; an upload, when it was sent."""
        return self.change.at

    @property
    def by(self) -> str:
        """Who made it, by name; blank where the person may not know, or nobody is named."""
        return self.change.made_by.name if self.is_within_reach and self.change.made_by else ""

    @property
    def organization(self) -> str:
        """For whom it was made, by name; blank is the state."""
        return self.change.organization.name if self.change.organization else ""

    @property
    def reason(self) -> str:
        """Why it was made; blank where no reason was asked for or the person may not know it."""
        return self.change.reason if self.is_within_reach else ""


def changes_by_id(
    ids: Iterable[int | None], *, person: Person, places: Collection[int] | None = None
) -> dict[int, SeenChange]:
    """Return what the person may see of these changes, by their IDs; null, and what is no change, has none. With
    `places`, the organizations that a program reaches, no more than of changes that were made for these."""
    wanted = {each for each in ids if each}
    found = Change.objects.filter(pk__in=wanted).select_related("organization", "made_by")
    return {seen.change.pk: seen for seen in _seen(list(found), person=person, places=places)}


def undos_of(change_ids: Iterable[int], *, person: Person) -> dict[int, list[SeenChange]]:
    """Return the undos of these changes as the person may see them, the first one first, by the ID of the change."""
    found = Change.objects.filter(undoes__in=set(change_ids)).order_by("pk")
    found = found.prefetch_related("organization", "made_by")  # most have none, so that it is the quicker way
    undos: dict[int, list[SeenChange]] = {}
    for seen in _seen(list(found), person=person):
        undos.setdefault(seen.change.undoes or 0, []).append(seen)
    return undos


def restored_with(
    versions: Iterable[Versioned], *, person: Person, places: Collection[int] | None = None
) -> dict[datetime, SeenChange]:
    """Return the undos that restored these versions, by `restored_at`; `places` as in `changes_by_id`."""
    times = {version.restored_at for version in versions if version.restored_at}
    found = Change.objects.filter(undoes__isnull=False, at__in=times).select_related("organization", "made_by")
    return {seen.at: seen for seen in _seen(list(found), person=person, places=places)}


def _seen(changes: list[Change], *, person: Person, places: Collection[int] | None = None) -> list[SeenChange]:
    reach = {
        change.pk: (places is None or change.organization_id in places) and _may_view(person, change.organization)
        for change in changes
    }
    uploads = Upload.objects.in_bulk({change.undoes or change.pk for change in changes if reach[change.pk]})
    return [SeenChange(change, reach[change.pk], uploads.get(change.undoes or change.pk)) for change in changes]


def _may_view(person: Person, organization: Organization | None) -> bool:
    return can_view_upload(person, organization) if organization else is_state_wide(person)
