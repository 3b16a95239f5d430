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


def test_https_binds_this_host_and_others_only_where_that_is_asked_for(tmp_path):
    names = "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"
    look = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"
    given = SAFE | {"TIDEGATE_DATA_DIR": str(tmp_path)}
    assert run("shell", "-v", "0", "-c", look, **given).stdout.split()[-3:] == ["31536000", "False", "False"]
    asked = given | {"TIDEGATE_HSTS_SUBDOMAINS": "yes", "TIDEGATE_HSTS_PRELOAD": "yes"}
    assert run("shell", "-v", "0", "-c", look, **asked).stdout.split()[-3:] == ["31536000", "True", "True"]


def test_it_would_say_so_where_https_is_off(tmp_path):
    unsafe = SAFE | {"TIDEGATE_HTTPS": "no", "TIDEGATE_DATA_DIR": str(tmp_path)}
    assert "security.W" in run("check", "--deploy", **unsafe).stderr
