"""The small state of the accounts, and a site that sends mails, of which none goes out."""

import pytest

from tests.accounts.conftest import person_with, state  # noqa: F401 - fixtures
from tests.inbox.conftest import mail_server  # noqa: F401 - a fixture


@pytest.fixture
def mailing(settings) -> None:
    """A site that sends mails."""
    settings.TIDEGATE_MAIL_URL, settings.TIDEGATE_MAIL_FROM = "smtp://localhost", "tidegate@example.org"
    settings.TIDEGATE_SITE_URL = "https://tidegate.example.org"
