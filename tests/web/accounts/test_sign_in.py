"""Signing in and out."""

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tidegate.audit.models import Event
from tidegate.states.maine.demo import PASSWORD as DEMO_PASSWORD
from tidegate.states.maine.demo import PEOPLE as DEMO_PEOPLE
from tidegate.web.accounts.views.sign_in import address_of_sign_in


def test_a_person_signs_in_with_the_email_in_any_case(world):
    response = Client().post(
        reverse("account_login"), {"login": "Data.Specialist@Example.ORG", "password": "a long password"}
    )
    assert response.status_code == 302
    assert response["Location"] == reverse("start")


def test_signing_in_leads_on_to_the_page_that_was_asked_for(world):
    wanted = reverse("students")
    client = Client()
    page = client.get(client.get(wanted)["Location"])
    assert page.context["redirect_field_value"] == wanted


def test_signing_in_never_leads_to_another_site(world):
    credentials = {
        "login": "viewer@example.org",
        "password": "a long password",
        "next": "https://elsewhere.example/",
    }
    assert Client().post(reverse("account_login"), credentials)["Location"] == reverse("start")


def test_a_wrong_password_and_an_unknown_person_get_the_same_sentence(world, read):
    tries = [("viewer@example.org", "wrong"), ("stranger@example.org", "wrong")]
    pages = [read(Client().post(reverse("account_login"), {"login": u, "password": p})) for u, p in tries]
    assert all("That email and password don't match" in page.text for page in pages)


def test_signing_in_and_out_is_in_the_audit_log(world):
    client = Client()
    client.post(reverse("account_login"), {"login": "viewer@example.org", "password": "a long password"})
    client.post(reverse("account_logout"))
    acts = Event.objects.filter(person_email="viewer@example.org").order_by("id").values_list("act", flat=True)
    assert list(acts)[-2:] == ["person.signed_in", "person.signed_out"]


def test_the_demo_says_who_can_sign_in(world, settings, read):
    settings.TIDEGATE_DEMO = True
    page = read(Client().get(reverse("account_login")))
    for person in DEMO_PEOPLE:
        assert f"{person.name} {person.role.display_name}" in page.text
        assert person.email in page.text
    assert DEMO_PASSWORD in page.text


def test_a_real_installation_names_nobody(world, settings, read):
    settings.TIDEGATE_DEMO = False
    text = read(Client().get(reverse("account_login"))).text
    assert "@" not in text
    assert DEMO_PASSWORD not in text


def test_the_demo_says_on_every_page_that_it_is_invented(signed_in, settings, read):
    settings.TIDEGATE_DEMO = True
    client = signed_in("viewer")
    for name in ("start", "state_reporting_status", "students", "file_types", "change_focus"):
        assert "is invented" in read(client.get(reverse(name))).text
    assert "is invented" in read(client.get("/no/such/page/")).text


def test_what_was_typed_at_a_sign_in_that_failed_is_not_stored(world):
    for client in (Client(), Client()):
        client.post(reverse("account_login"), {"login": "Hunter2-typed@example.org", "password": "and-hunter3-here"})
    (attempt,) = AccessAttempt.objects.values()
    assert attempt["failures_since_start"] == 2
    assert "hunter" not in str(attempt).lower()


def test_too_many_wrong_passwords_bring_a_pause_in_any_case_of_the_email(world, settings, read):
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()
    for email in ("viewer@example.org", "Viewer@example.org", "VIEWER@example.org"):
        response = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "Too many wrong passwords" in read(response).text
    right = client.post(reverse("account_login"), {"login": "viewer@example.org", "password": "a long password"})
    assert right.status_code == 429
    assert Event.objects.filter(act="person.sign_in_paused").exists()


def test_wrong_passwords_of_one_person_do_not_keep_another_out(world, settings):
    settings.AXES_FAILURE_LIMIT = 1
    client = Client()
    client.post(reverse("account_login"), {"login": "viewer@example.org", "password": "wrong"})
    other = {"login": "data.specialist@example.org", "password": "a long password"}
    assert client.post(reverse("account_login"), other).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, None, "10.0.0.1"),
    ],
)
def test_of_what_proxies_say_only_our_own_are_believed(settings, rf, proxies, said, address):
    settings.TIDEGATE_PROXIES = proxies
    headers = {} if said is None else {"X-Forwarded-For": said}
    assert address_of_sign_in(rf.post("/sign-in/", headers=headers, REMOTE_ADDR="10.0.0.1")) == address


def test_somebody_elsewhere_cannot_lock_a_person_out_behind_a_proxy(world, settings, read):
    settings.TIDEGATE_PROXIES, settings.AXES_FAILURE_LIMIT = 1, 2
    elsewhere, at_home = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}
    wrong, right = ({"login": "viewer@example.org", "password": text} for text in ("wrong", "a long password"))
    statuses = [Client().post("/sign-in/", wrong, headers=elsewhere).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert Client().post("/sign-in/", right, headers=at_home).status_code == 302
