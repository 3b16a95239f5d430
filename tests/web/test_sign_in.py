"""Signing in and out."""

from django.test import Client
from django.urls import reverse

from tidegate.accounts.demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from tidegate.audit.models import Event


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
    assert all("Email and password do not belong together" in page.text for page in pages)


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


def test_too_many_wrong_passwords_bring_a_pause_in_any_case_of_the_email(world, settings, read):
    settings.AXES_FAILURE_LIMIT = 3
    client = Client()
    for email in ("viewer@example.org", "Viewer@example.org", "VIEWER@example.org"):
        response = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
    assert response.status_code == 429
    assert "Too many wrong passwords were given" in read(response).text
    right = client.post(reverse("account_login"), {"login": "viewer@example.org", "password": "a long password"})
    assert right.status_code == 429
    assert Event.objects.filter(act="person.sign_in_paused").exists()


def test_wrong_passwords_of_one_person_do_not_keep_another_out(world, settings):
    settings.AXES_FAILURE_LIMIT = 1
    client = Client()
    client.post(reverse("account_login"), {"login": "viewer@example.org", "password": "wrong"})
    other = {"login": "data.specialist@example.org", "password": "a long password"}
    assert client.post(reverse("account_login"), other).status_code == 302
