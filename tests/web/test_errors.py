"""The pages of what is declined, not found, or our fault."""

import logging

import pytest
from django.core.cache import cache
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse

from tidegate.core.errors import NotAllowed, Refusal, TooLarge
from tidegate.web.middleware.refusals import RefusalMiddleware


def test_an_unknown_address_is_a_proper_page(specialist, read):
    response = specialist.get("/no/such/page/")
    assert response.status_code == 404
    page = read(response)
    assert "There is no such page" in page.text
    assert page.broken() == []


def test_a_form_without_its_token_is_a_proper_page(world, read):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.person("viewer"))
    response = client.post("/sign-out/")
    assert response.status_code == 403
    page = read(response)
    assert "You may not do this" in page.text
    assert page.broken() == []


@pytest.mark.parametrize(("refusal", "status"), [(Refusal, 400), (NotAllowed, 403), (TooLarge, 413)])
def test_a_refusal_is_a_page_with_its_status_sentence_and_way_out(specialist, monkeypatch, read, refusal, status):
    def decline(*args, **more):
        raise refusal("A sentence", fix="A way out")

    monkeypatch.setattr("tidegate.web.file_types.views.file_types.find_all", decline)
    response = specialist.get("/file-types/")
    assert response.status_code == status
    assert "A sentence A way out." in read(response).text


def test_a_bug_is_our_fault_and_has_an_incident_id_that_stands_in_the_log(specialist, monkeypatch, read, caplog):
    def break_down():
        raise ZeroDivisionError("900000001")

    monkeypatch.setattr("tidegate.web.file_types.views.file_types.find_all", break_down)
    specialist.raise_request_exception = False
    with caplog.at_level(logging.ERROR, "tidegate"):
        response = specialist.get("/file-types/")
    assert response.status_code == 500
    page = read(response)
    assert "Something went wrong on our side" in page.text
    [line] = [record.getMessage() for record in caplog.records if record.name.startswith("tidegate")]
    incident_id = line.split()[1].rstrip(":")
    assert incident_id in page.text
    assert "ZeroDivisionError at test_errors.py" in line
    assert "900000001" not in line
    assert page.broken() == []


def test_what_django_refuses_by_itself_is_no_incident(caplog):
    middleware = RefusalMiddleware(lambda request: None)
    assert middleware.process_exception(RequestFactory().get("/"), Http404()) is None
    assert not caplog.records


def test_who_gives_a_wrong_password_over_and_over_is_told_when_to_try_again(specialist, read):
    cache.clear()
    form = {"oldpassword": "wrong", "password1": "another long password", "password2": "another long password"}
    answers = [specialist.post(reverse("account_change_password"), form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert "Too many tries in a short time" in read(answers[-1]).text
