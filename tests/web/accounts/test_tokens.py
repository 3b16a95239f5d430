"""Tokens for programs: made, shown once, and taken back."""

import pytest
from django.urls import reverse

from tidegate.accounts.models import Token

FORM = {"name": "Our SIS", "scopes": ["uploads:send", "uploads:read"], "days": "30"}


def test_a_token_is_shown_once_and_never_again(world, signed_in, read):
    client = signed_in("data specialist")
    page = read(client.post(reverse("tokens"), FORM))
    token = Token.objects.get()
    secret = next(word for word in page.text.split() if word.startswith("tg_") and len(word) > 30)
    assert secret.startswith(token.starts_with)
    again = read(client.get(reverse("tokens"))).text
    assert "Our SIS" in again
    assert secret not in again


def test_a_viewer_makes_a_token_that_only_reads(world, signed_in, read):
    client = signed_in("viewer")
    refused = client.post(reverse("tokens"), FORM)
    assert refused.status_code == 422
    assert not Token.objects.exists()
    assert client.post(reverse("tokens"), {**FORM, "scopes": ["uploads:read"]}).status_code == 200


@pytest.mark.parametrize("who", ["data specialist", "state administrator"])
def test_its_person_or_who_manages_people_takes_a_token_back(world, signed_in, who):
    signed_in("data specialist").post(reverse("tokens"), FORM)
    address = reverse("revoke_token", kwargs={"token_id": Token.objects.get().pk})
    assert signed_in("viewer").post(address).status_code == 404
    assert Token.objects.get().revoked_at is None
    assert signed_in(who).post(address).status_code == 302
    assert Token.objects.get().revoked_at is not None


def test_a_form_that_is_not_filled_in_says_what_is_missing(world, signed_in, read):
    page = read(signed_in("data specialist").post(reverse("tokens"), {"name": "", "days": "9999"}))
    for sentence in ("Enter what the token is for", "Choose at least one"):
        assert sentence in page.text
