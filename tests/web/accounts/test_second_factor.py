"""The second factor and the password, as a person meets them."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.accounts.people import make_password, set_access
from tidegate.accounts.sign_ins import reset_second_factor
from tidegate.audit.models import Event

EMAIL, PASSWORD = "viewer@example.org", "a long password"


def code_of(secret: str, step: int = 0) -> str:
    """Return what the app shows now, or some steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def enter(client: Client):
    return client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})


@pytest.fixture(autouse=True)
def no_wrong_codes_yet():
    cache.clear()


@pytest.fixture
def client(world) -> Client:
    client = Client()
    enter(client)
    return client


def turn_on(client: Client):
    """Set up a second factor as a person does; return the key and the page that comes."""
    again = client.get(reverse("mfa_activate_totp"))["Location"]
    client.post(again, {"password": PASSWORD, "next": reverse("mfa_activate_totp")})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    return secret, client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)


def test_a_person_sets_up_a_second_factor_and_signs_in_with_it(client, read, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        secret, response = turn_on(client)
    assert "Each one lets you in once" in read(response).text
    assert len(response.context["unused_codes"]) == 10
    other = Client()
    assert enter(other)["Location"] == reverse("mfa_authenticate")
    assert other.get(reverse("start")).status_code == 302, "The password alone lets nobody in"
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "That code isn't right" in read(wrong).text
    assert other.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})["Location"] == reverse("start")
    assert other.get(reverse("start")).status_code == 200
    acts = [event.act for event in Event.objects.filter(act__startswith="person.").order_by("id")]
    assert acts[0] == "person.signed_in"
    assert {"person.second_factor_added", "person.wrong_code"} <= set(acts)
    assert acts[-1] == "person.signed_in"


def test_a_recovery_code_lets_in_once(client):
    _, response = turn_on(client)
    code = response.context["unused_codes"][0]
    for expected in (302, 200):
        other = Client()
        enter(other)
        assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_recovery_codes_are_shown_once_and_can_be_made_anew(client, read):
    _, response = turn_on(client)
    assert "They are shown only once" in read(client.get(reverse("mfa_view_recovery_codes"))).text
    anew = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    assert not set(anew.context["unused_codes"]) & set(response.context["unused_codes"])


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(client, read):
    secret, _ = turn_on(client)
    other = Client()
    enter(other)
    for _ in range(5):
        other.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = read(other.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)}))
    assert "Too many wrong codes" in page.text
    paused = Event.objects.get(act="person.sign_in_paused")
    person = Person.objects.get(email=EMAIL)
    assert (paused.subject_id, paused.details["reason"]) == (str(person.pk), "too many wrong codes")


def test_the_key_is_not_stored_as_it_is(client):
    secret, _ = turn_on(client)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored


def test_a_key_that_was_stored_under_another_secret_key_gets_a_sentence(client, settings, read):
    secret, _ = turn_on(client)
    other = Client()
    enter(other)
    Authenticator.objects.filter(type="totp").update(data={"secret": "gAAAA"})
    assert "cannot be read any more" in read(other.post(reverse("mfa_authenticate"), {"code": code_of(secret, 1)})).text


def test_turning_it_off_asks_first_and_the_password_is_enough_again(client, read):
    turn_on(client)
    assert "After that, your password alone" in read(client.get(reverse("mfa_deactivate_totp"))).text
    assert "The second factor is off" in read(client.post(reverse("mfa_deactivate_totp"), follow=True)).text
    assert not Authenticator.objects.exists()
    assert enter(Client())["Location"] == reverse("start")


def test_the_operator_resets_a_lost_second_factor(client):
    turn_on(client)
    person = Person.objects.get(email=EMAIL)
    assert reset_second_factor(person)
    assert not reset_second_factor(person)
    assert enter(Client())["Location"] == reverse("start")
    assert Event.objects.filter(act="person.second_factor_reset").count() == 1


def test_a_reset_ends_the_sessions_that_had_a_second_factor(client, settings):
    settings.TIDEGATE_SECOND_FACTOR_REQUIRED = True
    turn_on(client)
    assert client.get(reverse("start")).status_code == 200
    reset_second_factor(Person.objects.get(email=EMAIL))
    assert client.get(reverse("start"))["Location"].startswith(reverse("account_login"))
    enter(client)
    assert client.get(reverse("start"))["Location"] == reverse("mfa_activate_totp")


def test_where_the_state_requires_it_every_page_leads_to_setting_it_up(client, settings):
    settings.TIDEGATE_SECOND_FACTOR_REQUIRED = True
    for name in ("start", "students", "mfa_index", "tokens"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_activate_totp")
    turn_on(client)
    assert client.get(reverse("start")).status_code == 200
    page = client.post(reverse("mfa_deactivate_totp"))
    assert b"cannot be turned off" in page.content
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.parametrize(
    ("name", "has_one"),
    [
        ("mfa_index", False),
        ("mfa_index", True),
        ("mfa_generate_recovery_codes", True),
        ("account_reauthenticate", True),
    ],
)
def test_its_pages_are_proper_pages(client, read, name, has_one):
    if has_one:
        turn_on(client)
    assert read(client.get(reverse(name))).broken() == []


def test_a_person_changes_the_password_and_other_browsers_are_signed_out(client, read):
    other = Client()
    enter(other)
    new = "four words none common"
    wrong = client.post(reverse("account_change_password"), {"oldpassword": "no", "password1": new, "password2": new})
    assert "That is not your current password" in read(wrong).text
    weak = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "at least 12 characters" in read(client.post(reverse("account_change_password"), weak)).text
    right = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    page = read(client.post(reverse("account_change_password"), right, follow=True))
    assert "Your password was changed" in page.text
    assert other.get(reverse("start")).status_code == 302
    assert Event.objects.filter(act="person.password_changed").exists()


def test_the_operator_makes_a_new_password(client):
    password = make_password(by=None, person=Person.objects.get(email=EMAIL))
    assert client.get(reverse("start")).status_code == 302
    assert Client().post(reverse("account_login"), {"login": EMAIL, "password": password}).status_code == 302


def test_ended_access_ends_the_session_at_once(client):
    person = Person.objects.get(email=EMAIL)
    set_access(by=None, person=person, may_sign_in=False)
    assert client.get(reverse("start")).status_code == 302
    assert enter(Client()).status_code == 200
    set_access(by=None, person=person, may_sign_in=True)
    assert enter(Client()).status_code == 302


def test_whoever_has_no_password_cannot_change_it(client, world):
    person = Person.objects.get(email=EMAIL)
    person.set_unusable_password()
    person.save()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("account_change_password")).status_code == 403
