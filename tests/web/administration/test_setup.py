"""The first hour: an administrator by a link that is good once, and steps that are looked up in the database."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.page import Page
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.people import add_person, give_role
from tidegate.administration.first_administrator import has_administrator, make_first_administrator, make_setup_link
from tidegate.administration.first_hour import steps
from tidegate.administration.models import SetupLink
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict, Refusal
from tidegate.reference.models import SchoolYear

pytestmark = pytest.mark.django_db

PASSWORD = "four random words here"
FORM = {"name": "Avery", "email": "avery@example.org", "password": PASSWORD, "again": PASSWORD}


def address(secret: str) -> str:
    return reverse("first_administrator", args=[secret])


def test_the_link_makes_one_administrator_and_ends():
    secret, browser = make_setup_link(), Client()
    assert Page(browser.get(address(secret)).content.decode()).broken() == []
    assert browser.post(address(secret), FORM)["Location"] == reverse("setup")
    assert browser.get(reverse("setup")).status_code == 200
    assert has_administrator()
    assert set(Event.objects.values_list("act", flat=True)) >= {"administrator.first_made", "person.signed_in"}
    assert Client().post(address(secret), FORM | {"email": "other@example.org"}).status_code == 404
    assert Person.objects.count() == 1
    assert make_setup_link() == ""


@pytest.mark.parametrize("how", ["late", "replaced", "guessed", "administered"])
def test_a_link_that_is_not_good_gives_nothing(how):
    secret = make_setup_link()
    if how == "late":
        SetupLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "replaced":
        make_setup_link()
    elif how == "guessed":
        secret = "x" * 43
    else:
        person = add_person(by=None, email="first@example.org", name="First", password=PASSWORD)
        give_role(by=None, person=person, role="state-administrator", organization=None)
    count = Person.objects.count()
    for answer in (Client().get(address(secret)), Client().post(address(secret), FORM)):
        assert answer.status_code == 404
        assert "This link is not good any more" in answer.content.decode()
    assert Person.objects.count() == count
    assert not Membership.objects.filter(person__email=FORM["email"]).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"again": "something else entirely"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"email": "avery"}, "Enter a whole e-mail address"),
    ],
)
def test_a_form_that_is_not_right_leaves_the_link_good(changed, sentence):
    secret = make_setup_link()
    refused = Client().post(address(secret), FORM | changed)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert not Person.objects.exists()
    assert Client().post(address(secret), FORM).status_code == 302


def test_only_the_digest_of_the_link_is_stored():
    assert make_setup_link() not in SetupLink.objects.get().digest


def test_a_second_first_administrator_is_refused():
    make_first_administrator(email="a@example.org", name="A", password=PASSWORD)
    with pytest.raises(Conflict, match="already"):
        make_first_administrator(email="b@example.org", name="B", password=PASSWORD)


def test_the_first_administrator_needs_a_password():
    with pytest.raises(Refusal, match="missing"):
        make_first_administrator(email="a@example.org", name="A", password=None)


def test_an_administrator_without_a_school_year_is_led_to_what_is_missing():
    secret, browser = make_setup_link(), Client()
    browser.post(address(secret), FORM)
    assert browser.get(reverse("start"))["Location"] == reverse("setup")
    page = Page(browser.get(reverse("setup")).content.decode())
    assert page.broken() == []
    assert "No school year is open yet" in page.text
    assert "Nobody can send files" in page.text
    year = next(step for step in steps() if step.name == "school_year").command.split()[-1]
    assert browser.post(reverse("open_first_year"), {"school_year": year}).status_code == 302
    assert SchoolYear.objects.get().name == year
    assert browser.post(reverse("open_first_year"), {"school_year": year}).status_code == 400
    assert browser.get(reverse("start")).status_code == 200
