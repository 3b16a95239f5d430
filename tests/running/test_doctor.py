"""`tidegate doctor` says what is unsafe or unready, and what to do."""

import pytest

from tests.forked_command import run_command
from tests.running.conftest import environment_of
from tests.uploads.storage.object_servers import on_disk


def doctor(data_dir, **settings: str) -> tuple[int, str]:
    run = run_command(["doctor"], env=environment_of(data_dir) | {"COLUMNS": "300"} | settings)
    return run.returncode, run.stdout


UNSAFE = [
    {
        "TIDEGATE_DEBUG": ("yes", "debugging is off"),
        "TIDEGATE_DEMO": ("yes", "no demo"),
        "TIDEGATE_ALLOWED_HOSTS": ("*", "host names are limited"),
        "TIDEGATE_HTTPS": ("no", "HTTPS only"),
        "TIDEGATE_SECOND_FACTOR_REQUIRED": ("no", "a password alone lets nobody in"),
        "TIDEGATE_WEBHOOKS_TO_PRIVATE": ("yes", "webhooks lead to the internet alone"),
        "TIDEGATE_STORE_KEY": ("", "uploaded files are encrypted"),
    },
    {"TIDEGATE_HTTPS": ("yes", "visitors are told apart behind the proxy")},
]


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_unsafe_settings_are_said_with_what_to_do(system, unsafe):
    status, said = doctor(system.data_dir, **{setting: value for setting, (value, _) in unsafe.items()})
    assert status == 1
    for _, subject in unsafe.values():
        assert f"not well {subject}: " in said, said


def test_a_key_that_others_can_read_is_said(system):
    key = system.data_dir / "secret-key"
    key.chmod(0o644)
    try:
        assert f"not well keys are their owner's alone: chmod 600 {key}" in doctor(system.data_dir)[1]
    finally:
        key.chmod(0o600)
    assert "well    keys are their owner's alone" in doctor(system.data_dir)[1]


def test_a_database_that_does_not_answer_is_said_and_the_rest_is_looked_at_all_the_same(tmp_path):
    status, said = doctor(tmp_path, TIDEGATE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (status, "not well database: it does not answer" in said, "HTTPS only" in said) == (1, True, True), said
    environment = environment_of(tmp_path) | {"TIDEGATE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    other = run_command(["state-hash"], env=environment)
    assert (other.returncode, other.stderr.splitlines()[0]) == (2, "The database does not answer.")


def test_a_database_of_the_demo_is_known_without_the_variable(system):
    assert "not well no demo: " in doctor(system.data_dir)[1]
    its_people = "UPDATE accounts_person SET is_active = %s WHERE email LIKE '%%@demo.example'"
    system.connection.execute(its_people, [False])
    try:
        assert "well    no demo" in doctor(system.data_dir)[1]
    finally:
        system.connection.execute(its_people, [True])


def test_an_object_store_that_is_away_is_said(system, tmp_path):
    server = on_disk(tmp_path / "objects")
    status, said = doctor(system.data_dir, **server.environment)
    assert "well    the way to the object store" in said
    assert (status, "not well object store: gives back what it was given: it says: no answer" in said) == (1, True), (
        said
    )


def test_an_object_store_without_conditions_is_refused(system, tmp_path):
    server = on_disk(tmp_path / "objects")
    server.start()
    try:
        status, said = doctor(system.data_dir, **server.environment)
    finally:
        server.kill()
    assert "well    object store: gives back what it was given" in said
    assert (status, "not well object store: put if absent (If-None-Match): it puts the" in said) == (1, True), said
