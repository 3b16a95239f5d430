"""The settings of the tests: the real ones, on an embedded PostgreSQL of the tests' own."""

import os
import tempfile
from pathlib import Path

_HOME = Path(tempfile.gettempdir()) / f"tidegate-tests-{os.getuid()}"
_HOME.mkdir(exist_ok=True)
os.environ["TIDEGATE_DATA_DIR"] = str(_HOME)
os.environ.pop("TIDEGATE_DEMO", None)

from tidegate.project.database import ensure_running

ensure_running()

from tidegate.project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and nothing here is secret
