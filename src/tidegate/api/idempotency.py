"""Carries a request with an Idempotency-Key out once, however often and however many times at once it comes."""

import hashlib
from collections.abc import Callable

from django.db import transaction
from ninja.files import UploadedFile

from tidegate.accounts.models import Person
from tidegate.api.models import CarriedOut
from tidegate.api.schemas import UploadIn
from tidegate.core.errors import Conflict
from tidegate.reference.advisory_lock import advisory_lock
from tidegate.uploads.models import Upload


def run_once(act: Callable[[], Upload], *, by: Person, key: str, digest: str) -> Upload:
    """Return the upload that came of the request: of `act`, or of the same request when it came first, whose end this
    one waits for. A Conflict where the key was used for another request."""
    with transaction.atomic():
        advisory_lock(f"request:{by.pk}:{key}")
        done = CarriedOut.objects.filter(person=by, key=key).first()
        if done is None:
            upload = act()
            CarriedOut.objects.create(person=by, key=key, digest=digest, upload_id=upload.pk)
            return upload
    if done.digest != digest:
        raise Conflict("The Idempotency-Key was used for another request", fix="Use a new key", code="KEY_TAKEN")
    return Upload.objects.select_related("organization", "school_year").get(pk=done.upload_id)


def digest_of(form: UploadIn, file: UploadedFile) -> str:
    """Return a digest of the whole request, to tell a repetition from another request with the same key."""
    digest = hashlib.sha256(form.model_dump_json().encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
