"""What a line of the log looks like: one line, also for libraries, without the text of an exception.

Libraries log their exceptions with a trace of 30 lines, and its last one may quote what somebody has sent.
"""

import logging
import traceback

_LIBRARIES = ("procrastinate", "asyncio", "psycopg")
_SAID_BY_US = {"ConnectorException", "OperationalError", "InterfaceError", "LeaseLost"}
_MAX_FRAMES = 4


class OneLineFormatter(logging.Formatter):
    """Formats a record as one line; of an exception its type and the calls, the innermost first."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = " ".join(super().format(_without_exception(record)).split())
        error = describe_exception(record)
        return f"{line} ({error})" if error else line


def _without_exception(record: logging.LogRecord) -> logging.LogRecord:
    bare = logging.makeLogRecord(record.__dict__)
    bare.exc_info = bare.exc_text = bare.stack_info = None
    return bare


def describe_exception(record: logging.LogRecord) -> str:
    """Return the type of the record's exception and the calls, the innermost first; blank where it has none."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:])
    calls = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__qualname__} at {calls}"


class SaidOnce(logging.Filter):
    """Leaves out what libraries say, each in its own words and several times over, when the database goes away or a
    worker has lost its lease: the worker says it itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not record.name.startswith(_LIBRARIES):
            return True
        return not any(each.__name__ in _SAID_BY_US for each in type(error).__mro__)
