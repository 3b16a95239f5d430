"""The settings of the tests: the real ones, on an embedded PostgreSQL that lives as long as the test run."""

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="tidegate-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)  # after the server has stopped, which is registered later
os.environ["TIDEGATE_DATA_DIR"] = _HOME
os.environ.pop("TIDEGATE_DEMO", None)

from tidegate.project.database import ensure_running

ensure_running()

from tidegate.project.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.other_state"]  # noqa: F405 - its tables, beside those of Maine

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and nothing here is secret
