"""The process that `tests.forked_command` forks: it has the libraries, and each child becomes what it is told."""

import atexit
import importlib
import json
import os
import sys
import tempfile
import threading
import time

from tests.running.forks import ROOT

_LIBRARIES = (
    "cryptography.hazmat.primitives.serialization",
    "django.contrib.postgres.fields",
    "django.core.management",
    "django.core.serializers.json",
    "django.db.backends.postgresql.base",
    "django.db.models",
    "django.forms",
    "django.template.backends.django",
    "django.urls",
    "fasteners",
    "httpx",
    "msgspec",
    "polars",
    "procrastinate",
    "psutil",
    "psycopg",
    "psycopg_pool",
    "rapidfuzz",
    "rich.console",
    "rich.table",
    "sqlparse",
    "typer.rich_utils",
)
"""None of them reads the environment of the program when it is loaded."""

for name in _LIBRARIES:
    importlib.import_module(name)


def main() -> None:
    """Be what was asked for: with its environment and arguments, and ended as Python ends."""
    code, arguments, environment = json.loads(sys.argv[1])
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None
    # As Python begins: the folder it stands in, and what the environment names.
    named = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = ["", *named, *(path for path in sys.path if path not in ("", str(ROOT)))]
    sys.argv = ["tidegate", *arguments]
    try:
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
