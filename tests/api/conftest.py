"""The small state of the pages' tests, and clients that come with tokens."""

from copy import deepcopy

import pytest
from django.test import Client

from tests.web.conftest import built_world  # noqa: F401 - pytest finds fixtures by their names
from tests.web.world import World
from tidegate.accounts.models import USUAL_SCOPES
from tidegate.accounts.tokens import add_token


@pytest.fixture
def world(built_world, db) -> World:  # noqa: F811 - the fixture above
    return deepcopy(built_world)


@pytest.fixture
def client_of(world):
    """Return a client with a token of that person at that organization."""

    def make(role: str, organization=None, scopes=USUAL_SCOPES) -> Client:
        organization = organization or world.rock_star
        person = world.person(role)
        _, secret = add_token(by=None, person=person, organization=organization, name="SIS", scopes=scopes)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


@pytest.fixture
def client(client_of) -> Client:
    return client_of("data specialist")
