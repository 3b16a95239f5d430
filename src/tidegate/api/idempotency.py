"""Runs a request with an Idempotency-Key once, however often it comes, until retention deletes what is known of it."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.dispatch import receiver

from tidegate.accounts.models import Person
from tidegate.api.models import IdempotentRequest
from tidegate.core.errors import Conflict
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.uploads.lifecycle.retention import retention_applied
from tidegate.uploads.models import State, Upload

if TYPE_CHECKING:  # every command loads this module, and only web processes need the framework of the API
    from ninja import Schema


def run_once(act: Callable[[], Upload], *, by: Person, key: str, digests: Iterator[str]) -> Upload:
    """Return the upload that came of the request; where the same request came before, wait for its end.

    Args:
        act: What the request asks for; called once.
        by: The person whose request it is: others may use the same key.
        key: The Idempotency-Key.
        digests: The digests of the whole request, as `digests_of` yields them.

    Raises:
        Conflict: The key was used for another request.
    """
    digest = next(digests)
    with transaction.atomic():
        advisory_lock(f"request:{by.pk}:{key}")
        done = IdempotentRequest.objects.filter(person=by, key=key).first()
        if done is None:
            upload = act()
            IdempotentRequest.objects.create(person=by, key=key, digest=digest, upload_id=upload.pk)
            return upload
    if done.digest != digest and done.digest not in digests:
        raise Conflict("The Idempotency-Key was used for another request", fix="Use a new key", code="KEY_TAKEN")
    return Upload.objects.select_related("organization", "school_year").get(pk=done.upload_id)


def digests_of(form: "Schema", file: "UploadedFile[Any] | None" = None) -> Iterator[str]:
    """Yield the digest of the whole request, by which a repetition differs from another request with the same key; then
    the one under which a later release may have noted the same request."""
    # With defaults, as processes of the release before compare it while an upgrade is under way. The next release may
    # note the second one: by that a request is the same without a word about a field that is new.
    yield _digest(form.model_dump_json(), file)
    yield _digest(form.model_dump_json(exclude_defaults=True), file)


def _digest(said: str, file: "UploadedFile[Any] | None") -> str:
    digest = hashlib.sha256(said.encode())
    if file is not None:
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


@receiver(retention_applied)
def delete_old_requests(before: datetime, **_: Any) -> None:
    """Delete the requests that were carried out before; one of their keys is then as good as new. Those whose upload
    has not ended stay: a program that sends the file once more to ask about it would load it twice."""
    not_ended = Upload.objects.filter(state__in=(State.WAITING, State.PROCESSING, State.ON_HOLD))
    IdempotentRequest.objects.filter(at__lt=before).exclude(upload_id__in=not_ended.values("pk")).delete()
