"""Signing in through the state's OpenID Connect provider: a real one, on this machine."""

import copy
import time
from importlib import import_module

import httpx
import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.web.accounts.openid_provider import CLIENT_ID, SECRET, running_provider
from tidegate.access.invite import invite
from tidegate.access.passwords import make_password_link
from tidegate.accounts.invitations import make_invitation
from tidegate.accounts.models import Invitation, Membership, Person, Scope
from tidegate.accounts.people import give_role
from tidegate.accounts.provider_groups import places_not_found
from tidegate.accounts.roles import PeopleManager
from tidegate.accounts.tokens import add_token, find_token
from tidegate.audit.models import Event
from tidegate.web.accountability.proof import proof_of

START, PASSWORD = reverse("start"), "four random words here"


@pytest.fixture
def provider(settings):
    with running_provider() as provider:
        providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
        app = providers["openid_connect"]["APPS"][0]
        app |= {"client_id": CLIENT_ID, "secret": SECRET, "settings": {"server_url": provider.address}}
        settings.SOCIALACCOUNT_PROVIDERS = providers
        settings.TIDEGATE_SSO_ISSUER = provider.address
        settings.TIDEGATE_SSO_NAME = "MaineID"
        provider.person = {"sub": "4711", "email": "Viewer@example.org", "email_verified": True, "name": "Vera"}
        yield provider


def sign_in(client: Client, next_url: str = ""):
    """Go to the provider, as the browser does, and return the answer to coming back."""
    there = client.get(reverse("single_sign_on"), {"next": next_url})
    back = httpx.get(there["Location"], timeout=60)
    return client.get(back.headers["Location"])


def why_refused() -> list[str]:
    failed = Event.objects.filter(act="person.sign_in_failed")
    return [event.details["reason"] for event in failed]


def test_the_sign_in_page_offers_the_provider_by_its_name(world, provider, read):
    text = read(Client().get(reverse("account_login"))).text
    assert "Sign in with MaineID" in text
    assert "Sign in with a password" in text


def test_whom_the_state_has_added_is_let_in_and_led_to_the_page_that_was_asked_for(world, provider):
    client = Client()
    response = sign_in(client, reverse("students"))
    assert response["Location"] == reverse("students")
    assert client.get(START).status_code == 200
    event = Event.objects.get(act="person.signed_in")
    assert (event.person_email, event.details) == ("viewer@example.org", {"how": "sso"})
    assert Person.objects.get(email="viewer@example.org").check_password("a long password")


def test_the_way_on_never_leads_to_another_site(world, provider):
    assert sign_in(Client(), "https://elsewhere.example/")["Location"] == START


def test_later_the_providers_own_id_counts_and_not_the_email(world, provider):
    sign_in(Client())
    provider.person = provider.person | {"email": "data.specialist@example.org"}
    client = Client()
    sign_in(client)
    assert client.get(START).wsgi_request.user.email == "viewer@example.org"


def test_whom_the_state_has_not_added_stays_out(world, provider, read):
    provider.person = {"sub": "1", "email": "stranger@example.org", "email_verified": True}
    client = Client()
    response = sign_in(client)
    assert response.status_code == 403
    assert "You do not have an account yet" in read(response).text
    assert client.get(START).status_code == 302
    assert not Person.objects.filter(email="stranger@example.org").exists()
    assert why_refused() == ["the provider's person is not known here"]


def test_an_email_that_the_provider_has_not_verified_is_not_believed(world, provider, settings):
    provider.person |= {"email_verified": False}
    assert sign_in(Client()).status_code == 403
    settings.TIDEGATE_SSO_TRUST_EMAIL = True
    assert sign_in(Client()).status_code == 302


def test_whose_access_has_ended_stays_out(world, provider, read):
    sign_in(Client())
    Person.objects.filter(email="viewer@example.org").update(is_active=False)
    client = Client()
    response = sign_in(client)
    assert response.status_code == 403
    assert "has ended" in read(response).text
    assert client.get(START).status_code == 302
    assert why_refused() == ["access has ended"]


def test_an_answer_that_was_not_asked_for_is_refused(world, provider, read):
    client = Client()
    response = client.get(reverse("openid_connect_callback"), {"code": "stolen", "state": "made up"})
    assert response.status_code == 403
    assert "could not sign you in" in read(response).text


def test_whoever_turns_round_at_the_provider_is_led_back(world, provider):
    client = Client()
    there = httpx.URL(client.get(reverse("single_sign_on"))["Location"])
    turned = {"error": "access_denied", "state": there.params["state"]}
    assert client.get(reverse("openid_connect_callback"), turned)["Location"] == reverse("account_login")


def test_a_provider_that_does_not_answer_gets_a_sentence(world, provider, settings, read):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {"server_url": "http://127.0.0.1:9"}
    assert "MaineID does not answer" in read(Client().get(reverse("single_sign_on"))).text


def test_a_state_may_take_no_passwords(world, provider, settings, read):
    settings.TIDEGATE_SSO_ONLY = True
    client = Client()
    assert "Password" not in read(client.get(reverse("account_login"))).text
    credentials = {"login": "viewer@example.org", "password": "a long password"}
    assert client.post(reverse("account_login"), credentials).status_code == 403


def test_without_a_provider_there_is_no_way_to_one(world, read):
    assert "Sign in with" not in read(Client().get(reverse("account_login"))).text
    assert Client().get(reverse("single_sign_on")).status_code == 404
    assert Client().get(reverse("openid_connect_callback"))["Location"] == reverse("account_login")


def test_whoever_comes_through_the_provider_needs_no_second_factor_here(world, provider, settings):
    settings.TIDEGATE_SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client)
    assert client.get(START).status_code == 200


@pytest.fixture
def by_groups(provider, settings):
    """A provider whose groups give roles, and that says of a newcomer that they are in one."""
    settings.TIDEGATE_SSO_GROUPS = ["admins=state-administrator", "sau-*-data=data-specialist@*", "sau-*=viewer@*"]
    provider.person |= {"email": "new@example.org", "sub": "4712", "groups": ["sau-1000-data", "sau-9999", "staff"]}
    return provider


def roles_of(email: str) -> set[tuple[str, int | None]]:
    return set(Person.objects.get(email=email).memberships.values_list("role", "organization_id"))


def test_a_newcomer_in_a_group_gets_its_role_where_the_group_says(world, by_groups):
    client = Client()
    sign_in(client)
    assert client.get(START).status_code == 200
    assert roles_of("new@example.org") == {("data-specialist", 1000)}


def test_a_role_ends_with_the_group_and_the_states_own_stay(world, by_groups):
    sign_in(Client())
    person = Person.objects.get(email="new@example.org")
    give_role(by=None, person=person, role="viewer", organization=world.harbor)
    by_groups.person["groups"] = []
    sign_in(Client())
    assert roles_of("new@example.org") == {("viewer", 3000)}


def test_a_role_that_the_state_gives_again_outlives_the_group(world, by_groups):
    sign_in(Client())
    person = Person.objects.get(email="new@example.org")
    give_role(by=None, person=person, role="data-specialist", organization=world.rock_star)
    del by_groups.person["groups"]
    sign_in(Client())
    assert roles_of("new@example.org") == {("data-specialist", 1000)}


def test_groups_that_the_provider_does_not_name_change_no_role(world, by_groups):
    sign_in(Client())
    del by_groups.person["groups"]
    by_groups.person["_claim_names"] = {"groups": "src1"}
    sign_in(Client())
    assert roles_of("new@example.org") == {("data-specialist", 1000)}


def test_a_group_to_which_the_settings_give_nothing_takes_its_roles_along(world, by_groups, settings):
    sign_in(Client())
    settings.TIDEGATE_SSO_GROUPS = []
    sign_in(Client())
    assert roles_of("new@example.org") == set()


def test_a_group_may_give_a_role_at_one_organization_alone(world, by_groups, settings):
    settings.TIDEGATE_SSO_GROUPS = ["sau-9999=viewer@1000", "staff=viewer@77777"]
    sign_in(Client())
    assert roles_of("new@example.org") == {("viewer", 1000)}
    assert places_not_found() == ["77777"]


def test_the_only_administrator_stays_one_without_the_group(world, by_groups):
    world.person("state administrator").memberships.all().delete()
    by_groups.person["groups"] = ["admins"]
    sign_in(Client())
    by_groups.person["groups"] = []
    sign_in(Client())
    assert roles_of("new@example.org") == {("state-administrator", None)}


def test_who_was_invited_is_let_in_by_the_provider_alone(world, provider):
    provider.person |= {"email": "New@example.org", "sub": "4713"}
    make_invitation(by=None, email="new@example.org", name="", role="viewer", organization=world.harbor)
    sign_in(Client())
    assert roles_of("new@example.org") == {("viewer", 3000)}
    assert Person.objects.get(email="new@example.org").name == "Vera"


@pytest.fixture
def manager(world, settings) -> Person:
    """A data specialist of Rock Star who manages its people, too."""
    settings.TIDEGATE_DELEGATED_PEOPLE = True
    person = world.person("data specialist")
    Membership.objects.create(person=person, role=PeopleManager.slug, organization=world.rock_star)
    return person


def taken_by(inviter: Person, world) -> tuple[Person, Client, str]:
    """Open the link of an invitation as who has invited may, and return the account, a browser in it and a token."""
    link = invite(by=inviter, email="boss@example.org", name="", role="viewer", organization=world.rock_star).link
    browser = Client()
    browser.post(link, {"name": "Boss", "password1": PASSWORD, "password2": PASSWORD})
    person = Person.objects.get(email="boss@example.org")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    given = {"organization": world.rock_star, "name": "Mine", "scopes": [Scope.READ]}
    return person, browser, add_token(by=person, person=person, **given).secret


@pytest.mark.parametrize("is_of_before", [False, True])
def test_the_provider_ends_what_an_office_may_have_chosen(world, provider, manager, read, settings, is_of_before):
    person, browser, secret = taken_by(manager, world)
    if is_of_before:  # made by the release before; the invitation is deleted since
        Person.objects.update(was_link_handed_over=False)
        Invitation.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(import_module("tidegate.accounts.migrations.0005_links_handed_over").NOTE_ACCOUNTS_OF_BEFORE)
    settings.TIDEGATE_SSO_GROUPS = ["admins=state-administrator"]
    provider.person |= {"email": "boss@example.org", "sub": "4714", "groups": ["admins"]}
    client = Client()
    sign_in(client)
    assert "From now on sign in with MaineID" in read(client.get(reverse("people"))).text
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert not Authenticator.objects.filter(user=person).exists()
    assert find_token(secret) is None
    assert browser.get(START).status_code == 302
    assert person.memberships.count() == 2
    assert Event.objects.filter(act="person.handed_over_sign_in_ended", subject_id=str(person.pk)).count() == 1


def test_what_the_state_has_invited_keeps_its_password_beside_the_provider(world, provider):
    person, browser, secret = taken_by(world.person("state administrator"), world)
    provider.person |= {"email": "boss@example.org", "sub": "4714"}
    sign_in(Client())
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert find_token(secret) is not None
    assert browser.get(START).status_code == 200


def test_a_link_for_a_password_that_an_office_had_ends_it_too(world, provider, manager):
    sign_in(Client())
    viewer = Person.objects.get(email="viewer@example.org")
    make_password_link(by=manager, person=viewer)
    sign_in(Client())
    viewer.refresh_from_db()
    assert not viewer.has_usable_password()
    assert not viewer.was_link_handed_over


def test_signing_again_asks_the_provider_to_ask_the_person(world, provider):
    there = httpx.URL(Client().get(reverse("single_sign_on"), {"again": 1})["Location"])
    assert (there.params["prompt"], there.params["max_age"]) == ("login", "0")
    assert "prompt" not in httpx.URL(Client().get(reverse("single_sign_on"))["Location"]).params


@pytest.mark.parametrize(("minutes_ago", "is_fresh"), [(0, True), (10, False), (None, None)])
def test_a_sign_in_at_the_provider_proves_as_much_as_it_says_of_its_time(world, provider, minutes_ago, is_fresh):
    if minutes_ago is not None:
        provider.person |= {"auth_time": int(time.time()) - 60 * minutes_ago}
    client = Client()
    sign_in(client)
    proof = proof_of(client.get(START).wsgi_request)
    assert (proof and proof.is_fresh) == is_fresh
