"""Webhooks: the secret is shown once, and replaced on the page."""

import pytest
from django.urls import reverse

from tidegate.uploads.models import Webhook, WebhookSecret

FORM = {"address": "http://localhost:9/hook"}


@pytest.fixture
def client(signed_in, settings):
    settings.TIDEGATE_WEBHOOKS_TO_PRIVATE = True
    return signed_in("data specialist")


def secrets_on(page) -> list[str]:
    return [word for word in page.text.split() if word.startswith("whsec_")]


def test_the_secret_of_a_new_webhook_is_shown_once(client, read):
    response = client.post(reverse("webhooks"), FORM)
    page = read(response)
    assert (response.status_code, len(secrets_on(page))) == (200, 1)
    assert page.broken() == []
    assert "Copy the secret now; it cannot be shown again" in page.text
    assert secrets_on(read(client.get(reverse("webhooks")))) == []


def test_a_replaced_secret_is_shown_once_with_how_long_the_other_signs(client, read):
    first = secrets_on(read(client.post(reverse("webhooks"), FORM)))
    address = reverse("replace_secret", args=[Webhook.objects.get().pk])
    page = read(client.post(address))
    assert secrets_on(page)[0] not in first
    assert "The one before signs, too, until" in page.text
    assert secrets_on(read(client.get(reverse("webhooks")))) == []
    assert client.get(address).status_code == 405


def test_a_webhook_from_before_there_were_secrets_can_get_one(client, read):
    client.post(reverse("webhooks"), FORM)
    WebhookSecret.objects.all().delete()
    page = read(client.get(reverse("webhooks")))
    assert "None yet: messages are signed with the published key alone" in page.text
    assert "Make a secret of" in page.text


@pytest.mark.parametrize("address", ["ftp://example.org", "https://[abc", "https://exam\u2100ple.org/"])
def test_an_address_that_is_none_is_said_beside_the_field(client, read, address):
    response = client.post(reverse("webhooks"), {"address": address})
    assert response.status_code == 422
    assert "This is not an address for a webhook" in read(response).text
    assert not Webhook.objects.exists()


def test_another_persons_webhook_is_not_to_be_found(client, signed_in):
    client.post(reverse("webhooks"), FORM)
    address = reverse("replace_secret", args=[Webhook.objects.get().pk])
    assert signed_in("specialist elsewhere").post(address).status_code == 404
