"""A token opens no more than its person could: where a second factor is required, the person must have one."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

ADDRESS = "/api/v1/file-types"


@pytest.fixture(autouse=True)
def is_required(settings):
    settings.TIDEGATE_SECOND_FACTOR_REQUIRED = True


def test_a_token_of_a_person_without_a_second_factor_is_refused_with_a_sentence(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()["code"]) == (403, "SECOND_FACTOR")
    assert "has no second factor, which the state requires" in answer.json()["title"]


def test_a_token_works_once_its_person_has_a_second_factor(client, world):
    Authenticator.objects.create(user=world.person("data specialist"), type="totp", data={})
    assert client.get(ADDRESS).status_code == 200


def test_a_token_works_where_its_person_signs_in_through_the_provider_alone(client, world):
    person = world.person("data specialist")
    SocialAccount.objects.create(user=person, provider="sso", uid="1")
    assert client.get(ADDRESS).status_code == 403, "A password without a second factor still lets this person in"
    person.set_unusable_password()
    person.save()
    assert client.get(ADDRESS).status_code == 200
