"""The receipt: what the state says of a finished upload, signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tidegate.core.errors import NotFound
from tidegate.core.outputs.output import JSON, Form, Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.core.outputs.source import Source


class Receipt(Output):
    """The receipt of a finished upload; `GET /receipt-key` has the key to check it with."""

    name = "signed receipt"
    forms = (JSON,)
    order = 50
    needs_upload = True
    has_button = False

    def when(self, source: Source) -> NotFound | None:
        """Return why there is none: the upload is not finished."""
        return None if source.has_receipt else _no_receipt()

    def chunks(self, source: Source, form: Form) -> Iterator[bytes]:
        """Return the signed document, whole."""
        document = source.receipt()
        if document is None:
            raise _no_receipt()
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        return iter([text.encode() + b"\n"])

    def file_name(self, source: Source, form: Form) -> str:
        """Return a name with the upload's ID: receipts are kept for years, in one folder."""
        return f"receipt-{source.upload_id}.{form.suffix}"


def _no_receipt() -> NotFound:
    return NotFound("This upload has no receipt", fix="An upload gets its receipt when it is finished")
