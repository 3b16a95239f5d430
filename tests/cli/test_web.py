"""`tidegate web` forks its processes, and what does not survive a fork must not have begun before."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import polars.lazyframe.engine as engine
from importlib import import_module
def refuse(*_, **__):
    raise AssertionError("Polars computes before the web processes are forked: they would wait for ever")
engine._LocalEngine.collect = refuse
import_module("tidegate.cli.web")
import django
django.setup()
import_module("tidegate.project.asgi")
import_module("tidegate.web.urls")
import_module("tidegate.api.urls")
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="forks are asked about on Linux")
def test_nothing_is_computed_before_the_web_processes_are_forked():
    environment = {"DJANGO_SETTINGS_MODULE": "tidegate.project.settings", "TIDEGATE_DATABASE_URL": "postgresql:///none"}
    run = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
