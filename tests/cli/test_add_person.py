"""`tidegate add-person`: the password comes by standard input or the environment, never on the command line."""

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner

from tidegate.accounts.models import Person
from tidegate.cli.main import app
from tidegate.core.errors import Refusal

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


@pytest.mark.parametrize(
    ("stdin", "sentence"), [("", "No password was given"), ("\n", "No password was given"), ("short\n", "too short")]
)
def test_a_password_that_is_none_or_too_short_adds_nobody(add_robin, stdin, sentence):
    refused = add_robin("--password-stdin", stdin=stdin).exception
    assert isinstance(refused, Refusal)
    assert sentence in refused.message
    assert not Person.objects.exists()


def test_the_command_line_takes_no_password_since_everybody_on_the_machine_could_read_it(add_robin):
    assert add_robin("--password", PASSWORD).exit_code == 2
    assert not Person.objects.exists()
