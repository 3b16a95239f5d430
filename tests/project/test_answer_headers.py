"""Every answer has the headers, whoever gives it: a page, an error, a redirect, a static file, the API."""

import pytest
from django.test import Client

from tidegate.project.answer_headers import POLICY

ADDRESSES = ("/sign-in/", "/", "/nothing", "/static/tidegate/base.css", "/static/nothing.css", "/api/v1/uploads/1")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_has_the_content_policy_and_no_frame_around_it(db, address):
    answer = Client().get(address)
    assert (answer["Content-Security-Policy"], answer["X-Frame-Options"]) == (POLICY, "DENY")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_browser_keeps_nothing_but_static_files(db, address):
    is_static = address == "/static/tidegate/base.css"
    assert ("no-store" in Client().get(address)["Cache-Control"]) is not is_static


def test_a_redirect_to_https_has_them_too(settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/")
    assert (answer.status_code, answer["Content-Security-Policy"]) == (301, POLICY)
