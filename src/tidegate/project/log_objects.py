"""A line of the log as a JSON object, for programs that collect logs.

It has the fields that are named here and no others: what a library adds to its records could be anything.
"""

import json
import logging
from datetime import UTC, datetime

from tidegate.project.log_lines import describe_exception
from tidegate.uploads.lifecycle.worker.current_upload import current_upload_id

_REQUEST_FIELDS = ("page", "method", "status", "milliseconds")


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object on one line, without the text of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request_id = getattr(record, "request_id", "-")
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": " ".join(record.getMessage().split()),
            "request_id": None if request_id == "-" else request_id,
            "upload_id": getattr(record, "upload_id", current_upload_id()),
            "fault": describe_exception(record) or None,
        }
        said |= {name: getattr(record, name, None) for name in _REQUEST_FIELDS if record.name == "tidegate.requests"}
        return json.dumps({name: value for name, value in said.items() if value is not None}, ensure_ascii=False)
