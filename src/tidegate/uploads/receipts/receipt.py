"""Gives every finished upload its receipt: what was sent, the sender, the rules that it was
checked by, and what came of it."""

from functools import cache
from importlib.metadata import version

from django.conf import settings

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.digest import rule_set_digest
from tidegate.core.secret_file import get_or_create_secret
from tidegate.file_types import find
from tidegate.uploads.late_uploads import allowance_of
from tidegate.uploads.models import Receipt, Upload
from tidegate.uploads.receipts.signing import new_private_key, public_key_of, sign

_COUNTS = ("row_count", "success_count", "error_count", "warning_count", "notice_count")


def private_key() -> str:
    """Return the key that signs: the environment's, else the data folder's, which is made when it is first needed."""
    key: str = settings.TIDEGATE_RECEIPT_KEY
    return key or get_or_create_secret(settings.TIDEGATE_DATA_DIR / "receipt-key.pem", new_private_key)


def published_key() -> str:
    """Return the public key by which receipts are checked."""
    return public_key_of(private_key())


def give_receipt(upload: Upload) -> Receipt:
    """Keep the receipt of a finished upload, in the transaction in which it finishes. Another one stays as it is."""
    late = allowance_of(upload)
    receipt = {
        "upload_id": upload.pk,
        "file_name": upload.file_name,
        "file_sha256": upload.sha256,
        "file_bytes": upload.byte_count,
        "file_type": upload.file_type,
        "school_year": upload.year.name,
        "organization_id": upload.organization.id_for_programs,
        "organization_name": upload.organization.name,
        "check_only": upload.check_only,
        **({"nothing_to_report_for": upload.nothing_for.id_for_programs} if upload.nothing_for else {}),
        **{name: getattr(upload, name) for name in _COUNTS},
        **({"late_allowed_until": late.until.isoformat()} if late else {}),
        "changes": upload.changes,
        **({"mapping": upload.mapping} if upload.mapping else {}),
        "rule_set_sha256": _rule_set_of(upload.file_type, upload.year),
        "app_version": version("tidegate"),
        "sent_by": upload.sent_by.email,
        "sent_at": upload.sent_at.isoformat(),
        "finished_at": upload.finished_at.isoformat() if upload.finished_at else None,
    }
    kept, _ = Receipt.objects.get_or_create(upload_id=upload.pk, defaults={"document": sign(receipt, private_key())})
    return kept


@cache
def _rule_set_of(file_type: str, year: SchoolYear) -> str:
    """Return the digest of the rules and layout for uploads of this type and year. Rules stay as
    they are while a worker lives, and reading their source every time was a sixth of its work
    for a small upload."""
    found = find(file_type)
    return rule_set_digest(found.layout.in_year(year), found.rules_by_code().values())
