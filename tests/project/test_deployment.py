"""What a state's IT looks at first: Django's own deployment check, and what doctor says."""

import os
import subprocess
import sys

SAFE = {
    "TIDEGATE_HTTPS": "yes",
    "TIDEGATE_ALLOWED_HOSTS": "collect.example.org",
    "TIDEGATE_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-and-some-more-of-it",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DJANGO_"))}
    command = [sys.executable, "-m", "django", *arguments]
    more = {"DJANGO_SETTINGS_MODULE": "tidegate.project.settings", "TIDEGATE_DATABASE_URL": "postgresql:///none"}
    return subprocess.run(command, env=kept | more | environment, capture_output=True, text=True, check=False)


def test_djangos_deployment_check_is_clean(tmp_path):
    said = run("check", "--deploy", "--fail-level", "WARNING", TIDEGATE_DATA_DIR=str(tmp_path), **SAFE)
    assert said.returncode == 0, said.stderr
    assert "no issues" in said.stdout


def test_it_would_say_so_where_https_is_off(tmp_path):
    unsafe = SAFE | {"TIDEGATE_HTTPS": "no", "TIDEGATE_DATA_DIR": str(tmp_path)}
    assert "security.W" in run("check", "--deploy", **unsafe).stderr
