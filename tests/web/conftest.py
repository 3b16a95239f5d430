"""What the tests of the pages start from."""

from copy import deepcopy

import pytest
from django.test import Client

from tests.web.page import Page
from tests.web.world import World, build_world


@pytest.fixture(scope="module")
def built_world(module_transaction) -> World:
    """A small invented state, for all tests of a file."""
    with module_transaction.unblock():
        return build_world()


@pytest.fixture
def world(built_world, db, settings, tmp_path) -> World:
    """The small invented state, as if it had just been read."""
    settings.TIDEGATE_UPLOADS_DIR = tmp_path
    (tmp_path / "arriving").mkdir()  # it is the store, although files of some uploads are not there
    return deepcopy(built_world)


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
