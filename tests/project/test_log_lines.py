"""A line of the log is one line, and says of an exception what kind it is and where, not what its text quotes."""

import logging

from psycopg import OperationalError

from tidegate.project.log_lines import OneLineFormatter, SaidOnce


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
    assert said_once.filter(record_of("tidegate.uploads.incident", OperationalError("gone")))
