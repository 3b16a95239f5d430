"""Publishing a snapshot by program: what would be seen, and the act itself."""

from django.http import HttpRequest
from ninja import Router, Status

from tidegate.accountability.publication.publish import preview_publication, publish_snapshot
from tidegate.accountability.snapshots.find import find_snapshot
from tidegate.accounts.models import Scope
from tidegate.accounts.permissions import check_can_publish_snapshots
from tidegate.api.authenticate import check_scope
from tidegate.api.find_upload import PROBLEMS, person_of
from tidegate.api.schemas.publications import PublicationOut, PublicationPreview, reports_of, tables_of

router = Router(tags=["snapshots"])


@router.get(
    "/snapshots/{number}/publication-preview",
    response={200: PublicationPreview, **PROBLEMS},
    summary="What would be published",
)
def preview_snapshot_publication(request: HttpRequest, number: int) -> PublicationPreview:
    """Return what would be published of a snapshot. It takes a token for `counts:publish`, of somebody of the state's
    team who may publish."""
    _check_may_publish(request)
    settings, draft = preview_publication(find_snapshot(number), by=person_of(request))
    return PublicationPreview(
        smallest=settings.smallest,
        number_count=draft.number_count,
        hidden_count=draft.hidden_count,
        withheld_count=draft.withheld_count,
        reports=reports_of(draft.reports),
        tables=tables_of(draft.reports),
    )


@router.post("/snapshots/{number}/publish", response={201: PublicationOut, **PROBLEMS}, summary="Publish a snapshot")
def publish_a_snapshot(request: HttpRequest, number: int) -> Status[PublicationOut]:
    """Publish the tables of a snapshot that its period names, for everybody and for ever. 409 where it is not approved,
    not the newest, not what was signed, or just this is published already."""
    _check_may_publish(request)
    made = publish_snapshot(find_snapshot(number), by=person_of(request), by_token=True)
    return Status(201, PublicationOut.of(made))


def _check_may_publish(request: HttpRequest) -> None:
    """Raise a Refusal where the token is not for it, or its person may not."""
    check_scope(request.auth, Scope.PUBLISH)  # type: ignore[attr-defined]
    check_can_publish_snapshots(person_of(request))
