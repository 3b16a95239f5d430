"""An entry of TIDEGATE_SSO_GROUPS that could never give a role is refused with what is wrong in it."""

import os

import pytest

from tests.forked_command import run_command
from tidegate.accounts.group_roles import read_entry
from tidegate.core.errors import Refusal


@pytest.mark.parametrize(
    "entry", ["admins=state-administrator", "sau-*=data-specialist@*", " a = viewer @ 1000 ", "all-*=viewer"]
)
def test_an_entry_that_gives_a_role_is_read(entry):
    assert read_entry(entry).role in ("state-administrator", "data-specialist", "viewer")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("admins=state-admin", 'names the role "state-admin", which there is not'),
        ("admins", "is no group with a role"),
        ("staff=viewer@", "has no organization after the @"),
        ("sau-1000=data-specialist", "gives data-specialist for the whole state"),
        ("staff=certifier@1000", "gives certifier at an organization"),
        ("staff=viewer@*", "has * after the @ and not once in the group"),
    ],
)
def test_an_entry_that_could_never_give_a_role_is_refused(entry, said):
    with pytest.raises(Refusal, match="TIDEGATE_SSO_GROUPS: the entry") as refused:
        read_entry(entry)
    assert said in refused.value.message
    assert refused.value.fix


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TIDEGATE_SSO_GROUPS", "admins=state-admin", 'names the role "state-admin"'),
        ("TIDEGATE_HTTPS", "perhaps", "A setting is wrong. TIDEGATE_HTTPS is neither yes nor no"),
    ],
)
def test_no_command_starts_with_a_setting_that_is_wrong(name, value, said):
    environment = os.environ | {"TIDEGATE_DATABASE_URL": "postgresql:///none", name: value}
    run = run_command(["manage", "check"], env=environment)
    assert (run.returncode, said in run.stderr) == (2, True), run.stderr
