"""A line of the log is one line, and says of an exception what kind it is and where, not what its text quotes."""

import json
import logging

from psycopg import OperationalError

from tidegate.audit.origin import Origin, within_request
from tidegate.project.log_lines import OneLineFormatter, SaidOnce
from tidegate.project.log_objects import JsonFormatter
from tidegate.project.request_origin import RequestIdFilter
from tidegate.uploads.lifecycle.worker.current_upload import current_upload


def record_of(name: str, fault: Exception) -> logging.LogRecord:
    try:
        raise fault
    except type(fault):
        return logging.getLogger(name).makeRecord(
            name,
            logging.ERROR,
            __file__,
            1,
            "It failed\nwith %s",
            ("words",),
            (type(fault), fault, fault.__traceback__),
        )


def test_an_exception_is_told_on_one_line_without_its_text():
    line = OneLineFormatter("{name} {message}", style="{").format(record_of("asyncio", ValueError("900000001\nAda")))
    assert line.startswith("asyncio It failed with words (ValueError at test_log_lines.py:")
    assert "\n" not in line
    assert "900000001" not in line


def test_what_libraries_say_of_a_database_that_went_away_is_left_out():
    said_once = SaidOnce()
    assert not said_once.filter(record_of("procrastinate.worker.worker", OperationalError("gone")))
    assert said_once.filter(record_of("procrastinate.worker.worker", ValueError("a fault of ours")))
    assert said_once.filter(record_of("tidegate.uploads.lifecycle.worker.incident", OperationalError("gone")))


def said_of(record: logging.LogRecord) -> dict:
    RequestIdFilter().filter(record)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "900000001" not in line
    return json.loads(line)


def test_an_object_of_the_log_has_the_ids_and_no_text_of_an_exception():
    record = record_of("tidegate.uploads", ValueError("900000001\nAda"))
    record.request = record.student = "900000001"  # what libraries add is nobody's business
    with within_request(Origin(request_id="abc123")), current_upload(7):
        said = said_of(record)
    assert (said["request_id"], said["upload_id"], said["message"]) == ("abc123", 7, "It failed with words")
    assert said["fault"].startswith("ValueError at test_log_lines.py:")
    assert said.keys() == {"at", "level", "logger", "message", "request_id", "upload_id", "fault"}


def test_an_object_outside_of_requests_and_uploads_has_no_ids():
    assert said_of(record_of("asyncio", ValueError("x"))).keys().isdisjoint({"request_id", "upload_id"})
