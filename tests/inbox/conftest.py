"""A person to tell something, and a real mail server to hand mails over to."""

import pytest

from tests.inbox.mail_server import ServerOfTheTest
from tidegate.accounts.models import Person


@pytest.fixture
def person(db) -> Person:
    return Person.objects.create_user("jo@example.org", "a long password", name="Jo")


@pytest.fixture
def mail_server(settings):
    """A server on this machine that the site sends its mails to; it answers as the test says."""
    server = ServerOfTheTest()
    settings.TIDEGATE_MAIL_URL = server.url
    settings.TIDEGATE_MAIL_FROM = "tidegate@example.org"
    settings.TIDEGATE_SITE_URL = "https://tidegate.example.org"
    yield server
    server.stop()
