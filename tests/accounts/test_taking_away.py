"""What was given can be taken away, and stays away: roles, access, sessions and tokens."""

import pytest
from typer.testing import CliRunner

from tidegate.accounts.models import Scope, Token
from tidegate.accounts.people import end_role, give_role, set_access
from tidegate.accounts.roles import DataSpecialist, StateAdministrator, Viewer
from tidegate.accounts.tokens import add_token, find_token, revoke_token
from tidegate.audit.models import Event
from tidegate.cli.main import app
from tidegate.core.errors import NotFound, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def specialist(state, person_with):
    return person_with(DataSpecialist, state.rock_star)


@pytest.fixture
def token_of(state):
    """Return a call that gives a person a token at Rock Star, and returns it with its secret."""

    def add(person) -> tuple[Token, str]:
        return add_token(
            by=person, person=person, organization=state.rock_star, name="SIS", scopes=[Scope.READ], days=30
        )

    return add


def run(*words: str, stdin: str = ""):
    return CliRunner().invoke(app, words, input=stdin)


def test_access_that_is_given_back_revives_no_session(client, specialist):
    client.force_login(specialist)
    assert client.get("/state-reporting-status/").status_code == 200
    set_access(by=None, person=specialist, may_sign_in=False)
    set_access(by=None, person=specialist, may_sign_in=True)
    assert client.get("/state-reporting-status/").status_code == 302
    client.force_login(specialist)
    assert client.get("/state-reporting-status/").status_code == 200


def test_access_that_is_given_back_revives_no_token(specialist, token_of):
    _, secret = token_of(specialist)
    set_access(by=None, person=specialist, may_sign_in=False)
    set_access(by=None, person=specialist, may_sign_in=True)
    assert find_token(secret) is None
    assert Event.objects.filter(act="token.revoked").count() == 1


def test_a_role_that_is_given_again_revives_no_token(state, specialist, token_of):
    _, secret = token_of(specialist)
    end_role(by=None, membership=specialist.memberships.get())
    give_role(by=None, person=specialist, role=DataSpecialist.slug, organization=state.rock_star)
    assert find_token(secret) is None


def test_a_token_stays_while_another_role_reaches_its_organization(state, specialist, token_of):
    _, secret = token_of(specialist)
    give_role(by=None, person=specialist, role=Viewer.slug, organization=state.rock_star)
    end_role(by=None, membership=specialist.memberships.get(role=DataSpecialist.slug))
    assert find_token(secret) is not None


def test_a_token_that_needed_the_role_ends_although_another_reaches(state, specialist):
    _, secret = add_token(
        by=None, person=specialist, organization=state.rock_star, name="SIS", scopes=[Scope.SEND, Scope.READ]
    )
    give_role(by=None, person=specialist, role=Viewer.slug, organization=state.rock_star)
    end_role(by=None, membership=specialist.memberships.get(role=DataSpecialist.slug))
    assert find_token(secret) is None
    give_role(by=None, person=specialist, role=DataSpecialist.slug, organization=state.rock_star)
    assert find_token(secret) is None, "Also if the role is given again"


@pytest.mark.parametrize("scope", list(Scope))
def test_every_scope_that_no_role_allows_any_more_ends_the_token(state, person_with, scope):
    administrator, _ = person_with(StateAdministrator), person_with(StateAdministrator)
    give_role(by=None, person=administrator, role=Viewer.slug, organization=None)
    _, secret = add_token(by=None, person=administrator, organization=state.rock_star, name="SIS", scopes=[scope])
    end_role(by=None, membership=administrator.memberships.get(role=StateAdministrator.slug))
    assert (find_token(secret) is not None) == (scope == Scope.READ)


def test_the_last_state_administrator_keeps_role_and_access(person_with):
    first, second = person_with(StateAdministrator), person_with(StateAdministrator)
    set_access(by=first, person=second, may_sign_in=False)
    with pytest.raises(Refusal, match="This is the only state administrator"):
        end_role(by=first, membership=first.memberships.get())
    with pytest.raises(Refusal, match="This is the only state administrator"):
        set_access(by=first, person=first, may_sign_in=False)
    assert first.memberships.exists()


def test_who_manages_people_revokes_anybodys_token(person_with, specialist, token_of):
    token, secret = token_of(specialist)
    revoke_token(by=person_with(StateAdministrator), token_id=token.pk)
    assert find_token(secret) is None


def test_nobody_else_revokes_a_foreign_token(state, person_with, specialist, token_of):
    token, secret = token_of(specialist)
    with pytest.raises(NotFound):
        revoke_token(by=person_with(DataSpecialist, state.capital), token_id=token.pk)
    assert find_token(secret) is not None


@pytest.mark.parametrize("named_by", ["number", "secret", "first letters", "standard input"])
def test_the_operator_ends_a_leaked_token(specialist, token_of, named_by):
    token, secret = token_of(specialist)
    words = {"number": str(token.pk), "secret": secret, "first letters": secret[:9], "standard input": "-"}
    answer = run("revoke-token", words[named_by], stdin=f"{secret}\n")
    assert (answer.exit_code, find_token(secret)) == (0, None)
    assert secret not in answer.output


def test_first_letters_of_several_tokens_end_none_of_them(specialist, token_of):
    (one, secret), (other, _) = token_of(specialist), token_of(specialist)
    Token.objects.filter(pk=other.pk).update(starts_with=one.starts_with)
    answer = run("revoke-token", one.starts_with)
    assert f"{one.pk}, {other.pk}" in answer.exception.fix or f"{other.pk}, {one.pk}" in answer.exception.fix
    assert find_token(secret) is not None


@pytest.mark.parametrize("text", ["999999", "tg_", "tg_nothing", ""])
def test_a_token_that_is_not_there_is_said(text):
    assert "no such token" in run("revoke-token", text).exception.message


def test_the_operator_ends_a_role(state, specialist):
    answer = run("end-role", specialist.email.upper(), "--role", "data-specialist", "--organization", "1000")
    assert answer.output == f"{specialist.email} no longer holds the role data-specialist at {state.rock_star.name}\n"
    assert not specialist.memberships.exists()


def test_a_role_that_is_not_held_is_said_with_those_that_are(specialist):
    answer = run("end-role", specialist.email, "--role", "viewer")
    assert answer.exception.message == f'{specialist.email} does not hold the role "viewer" for the whole state'
    assert answer.exception.fix == "The roles held are: data-specialist at Rock Star Public Schools (1000)"
