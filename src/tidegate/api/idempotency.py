"""Runs a request with an Idempotency-Key once, however often it comes, until retention deletes what is known of it."""

import hashlib
from collections.abc import Callable
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
from tidegate.uploads.models import Upload

if TYPE_CHECKING:  # every command loads this module, and only web processes need the framework of the API
    from ninja import Schema


def run_once(act: Callable[[], Upload], *, by: Person, key: str, digest: str) -> Upload:
    """Return the upload that came of the request; where the same request came before, wait for its end.

    Args:
        act: What the request asks for; called once.
        by: The person whose request it is: others may use the same key.
        key: The Idempotency-Key.
        digest: The digest of the whole request.

    Raises:
        Conflict: The key was used for another request.
    """
    with transaction.atomic():
        advisory_lock(f"request:{by.pk}:{key}")
        done = IdempotentRequest.objects.filter(person=by, key=key).first()
        if done is None:
            upload = act()
            IdempotentRequest.objects.create(person=by, key=key, digest=digest, upload_id=upload.pk)
            return upload
    if done.digest != digest:
        raise Conflict("The Idempotency-Key was used for another request", fix="Use a new key", code="KEY_TAKEN")
    return Upload.objects.select_related("organization", "school_year").get(pk=done.upload_id)


def digest_of(form: "Schema", file: "UploadedFile[Any] | None" = None) -> str:
    """Return a digest of the whole request, by which a repetition differs from another request
    with the same key."""
    digest = hashlib.sha256(form.model_dump_json().encode())
    if file is not None:
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


@receiver(retention_applied)
def delete_old_requests(before: datetime, **_: Any) -> None:
    """Delete the requests that were carried out before; one of their keys is then as good as new."""
    IdempotentRequest.objects.filter(at__lt=before).delete()
