"""The settings of the tests: the real ones, on an embedded PostgreSQL of their own that need not survive a power cut."""

import os
import tempfile
from pathlib import Path

_HOME = Path(tempfile.gettempdir()) / f"tidegate-tests-{os.getuid()}"
_HOME.mkdir(exist_ok=True)
os.environ["TIDEGATE_DATA_DIR"] = str(_HOME)
os.environ.pop("TIDEGATE_DEMO", None)

from tidegate.project.database import ensure_running  # noqa: E402

ensure_running()

from tidegate.project.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and nothing here is secret
