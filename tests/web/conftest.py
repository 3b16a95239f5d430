"""What the tests of the pages start from."""

import pytest
from django.test import Client

from tests.web.page import Page
from tests.web.world import World, build_world


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    """A small invented state."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    return build_world()


@pytest.fixture
def signed_in(world):
    """Return a client for the person with a role: `signed_in("viewer")`."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(world.person(role))
        return client

    return sign_in


@pytest.fixture
def specialist(signed_in) -> Client:
    """The browser of a data specialist of Rock Star Public Schools."""
    return signed_in("data specialist")


@pytest.fixture
def read():
    """Return what stands on the page of a response."""
    return lambda response: Page(response.content.decode())
