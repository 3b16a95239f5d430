"""`tidegate add-person`: the password comes by standard input or the environment, never on the command line."""

import re

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from tidegate.accounts.find_people import OPEN_INVITATION
from tidegate.accounts.invitations import find_invitation, make_invitation
from tidegate.accounts.models import Invitation, Person
from tidegate.cli.main import app
from tidegate.core.errors import Conflict, Refusal

ROBIN = ["add-person", "robin@example.org", "--name", "Robin", "--role", "state-administrator"]
PASSWORD = "four random words here"


@pytest.fixture
def add_robin(db):
    """Return a call of the command that adds Robin."""

    def add(*more: str, stdin: str = "", **environment: str):
        return CliRunner(env={"TIDEGATE_PASSWORD": None} | environment).invoke(app, [*ROBIN, *more], input=stdin)

    return add


def can_sign_in(rf, password: str) -> bool:
    return authenticate(rf.post("/"), username="robin@example.org", password=password) is not None


@pytest.mark.parametrize("line", [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\nsomething else\n"])
def test_the_password_is_the_first_line_of_standard_input(add_robin, rf, line):
    result = add_robin("--password-stdin", stdin=line)
    assert (result.exit_code, PASSWORD in result.output, "Password:" in result.output) == (0, False, False)
    assert can_sign_in(rf, PASSWORD)


def test_the_password_may_come_from_the_environment(add_robin, rf):
    assert "Password:" not in add_robin(TIDEGATE_PASSWORD=PASSWORD).output
    assert can_sign_in(rf, PASSWORD)


def test_standard_input_goes_before_the_environment(add_robin, rf):
    add_robin("--password-stdin", stdin=PASSWORD, TIDEGATE_PASSWORD="another long password")
    assert can_sign_in(rf, PASSWORD)


def test_without_either_a_password_is_made_and_printed_once(add_robin, rf):
    said = add_robin().output
    assert can_sign_in(rf, said.rpartition("Password: ")[2].strip())
    assert "Password:" not in add_robin().output


def test_who_was_there_keeps_the_password_and_that_is_said(add_robin, rf):
    add_robin("--password-stdin", stdin=PASSWORD)
    said = add_robin("--password-stdin", stdin="another long password")
    assert (said.exit_code, can_sign_in(rf, PASSWORD), can_sign_in(rf, "another long password")) == (0, True, False)
    assert "robin@example.org was there already, and the password is unchanged" in said.output
    assert "tidegate change-person robin@example.org --new-password" in said.output
    assert "may not sign in" not in said.output


def test_who_may_not_sign_in_is_said_with_what_gives_it_back(add_robin, rf):
    add_robin("--password-stdin", stdin=PASSWORD)
    Person.objects.update(is_active=False)
    said = add_robin("--password-stdin", stdin=PASSWORD).output
    (command,) = re.findall(r"may not sign in, since the access has ended: tidegate (.*) gives it back", said)
    assert CliRunner().invoke(app, command.split()).exit_code == 0
    assert can_sign_in(rf, PASSWORD)


@pytest.mark.parametrize(
    ("stdin", "sentence"), [("", "No password was given"), ("\n", "No password was given"), ("short\n", "too short")]
)
def test_a_password_that_is_none_or_too_short_adds_nobody(add_robin, stdin, sentence):
    refused = add_robin("--password-stdin", stdin=stdin).exception
    assert isinstance(refused, Refusal)
    assert sentence in refused.message
    assert not Person.objects.exists()


def test_an_invitation_ends_when_the_operator_adds_the_person(add_robin):
    invited = make_invitation(
        by=None, email="robin@example.org", name="", role="state-administrator", organization=None
    )
    add_robin()
    with pytest.raises(Conflict, match="You have an account already"):
        find_invitation(invited.secret)
    assert not Invitation.objects.filter(OPEN_INVITATION).exists()


def test_the_command_line_takes_no_password_since_everybody_on_the_machine_could_read_it(add_robin):
    assert add_robin("--password", PASSWORD).exit_code == 2
    assert not Person.objects.exists()
