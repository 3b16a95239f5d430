"""What `tidegate serve` says when it starts."""

import pytest

from tidegate.cli.serve import _say_setup_link

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("site", "host", "said"),
    [
        ("http://localhost", "127.0.0.1", "http://127.0.0.1:8765/"),
        ("http://localhost", "0.0.0.0", "http://localhost:8765/"),
        ("https://tidegate.example.org", "127.0.0.1", "https://tidegate.example.org/"),
    ],
)
def test_the_first_link_leads_to_where_the_site_is_reached(settings, capsys, site, host, said):
    settings.ALLOWED_HOSTS, settings.TIDEGATE_SITE_URL = ["localhost", "127.0.0.1"], site
    _say_setup_link(host, 8765)
    assert f"  {said}" in capsys.readouterr().out
