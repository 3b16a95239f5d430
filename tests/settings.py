"""The settings of the tests: the real ones, on an embedded PostgreSQL that lives as long as the test run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = tempfile.mkdtemp(prefix="tidegate-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)  # after the server has stopped, which is registered later
os.environ["TIDEGATE_DATA_DIR"] = _HOME
os.environ.pop("TIDEGATE_DEMO", None)

from tests.ready_database import lay_ready_database
from tidegate.project.database import DATABASE, ensure_running

# Where another state is tested, its tables are made from the beginning, or follow from those of the usual one.
_IS_READY = os.environ.get("TEST_DATABASE") != "from the beginning"
if _IS_READY:
    lay_ready_database(Path(_HOME), is_kept_by_the_disk=False)
ensure_running()

from tidegate.project.settings import *  # noqa: F403

if _IS_READY:
    DATABASES["default"]["TEST"] = {"TEMPLATE": DATABASE}  # noqa: F405

# The tables of another state, beside those of Maine; and what a site with single sign-on has.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.other_state", "allauth.socialaccount.providers.openid_connect"]  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and nothing here is secret
