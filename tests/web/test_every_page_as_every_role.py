"""Every address as every role: the status that the permission table says, and what every page must have."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.web.page import Page
from tests.web.world import STRANGER_ID, STUDENT_ID
from tidegate.web import urls

ROLES = ("state administrator", "data specialist", "CTE director", "viewer", "specialist elsewhere", "nobody")
EVERYBODY = (200,) * 6
MOST_QUERIES = 25

# What each role gets, in the order of ROLES. Whoever has not signed in is sent to the sign-in page everywhere.
PAGES = {
    "start": ({}, EVERYBODY),
    "change_focus": ({}, EVERYBODY),
    "account_change_password": ({}, EVERYBODY),
    "account_reauthenticate": ({}, EVERYBODY),
    "mfa_index": ({}, EVERYBODY),
    "mfa_activate_totp": ({}, (302,) * 6),  # asks for the password again first; see test_second_factor.py
    "mfa_deactivate_totp": ({}, (404,) * 6),  # there is none to turn off
    "mfa_reauthenticate": ({}, (302,) * 6),
    "mfa_view_recovery_codes": ({}, (404,) * 6),
    "mfa_generate_recovery_codes": ({}, (302,) * 6),
    "tokens": ({}, EVERYBODY),
    "webhooks": ({}, EVERYBODY),
    "state_reporting_status": ({}, EVERYBODY),
    "upload_file": ({}, (200, 200, 200, 403, 200, 400)),
    "upload": ({"upload_id": "rock star"}, (200, 200, 404, 200, 404, 404)),
    "findings": ({"upload_id": "rock star", "code": "CTE403"}, (200, 200, 404, 200, 404, 404)),
    "result_log": ({"upload_id": "rock star"}, (200, 200, 404, 200, 404, 404)),
    "uploaded_file": ({"upload_id": "rock star"}, (200, 200, 404, 403, 404, 404)),
    "full_log_csv": ({"upload_id": "rock star"}, (200, 200, 404, 200, 404, 404)),
    "full_log_xlsx": ({"upload_id": "rock star"}, (200, 200, 404, 200, 404, 404)),
    "fix_file": ({"upload_id": "rock star"}, (200, 200, 404, 403, 404, 404)),
    "receipt": ({"upload_id": "rock star"}, (404,) * 6),  # never processed; see test_receipts.py
    "undo_upload": ({"upload_id": "rock star"}, (409, 409, 404, 403, 404, 404)),  # it has loaded nothing
    "answer_file": ({"upload_id": "rock star"}, (404,) * 6),  # a CTE upload has none; see test_possible_duplicates.py
    "possible_duplicates": ({}, (200, 403, 403, 403, 403, 403)),
    "events": ({}, (200, 403, 403, 403, 403, 403)),
    "events_file": ({}, (200, 403, 403, 403, 403, 403)),
    "operations": ({}, (200, 403, 403, 403, 403, 403)),
    "students": ({}, EVERYBODY),
    "student": ({"public_id": STUDENT_ID}, (200, 200, 200, 200, 404, 404)),
    "student_cte": ({"public_id": STUDENT_ID}, (200, 200, 200, 200, 404, 404)),
    "file_types": ({}, EVERYBODY),
    "file_type": ({"slug": "cte"}, EVERYBODY),
    "rule": ({"slug": "cte", "code": "CTE403"}, EVERYBODY),
    "requirements": ({"slug": "cte", "school_year": "2020-2021"}, EVERYBODY),
    "sample_file": ({"slug": "cte"}, EVERYBODY),
    "codes": ({"slug": "cte", "list_name": "cte_codes"}, EVERYBODY),
}
NO_SIGN_IN_NEEDED = {"account_login", "mfa_authenticate", "single_sign_on", "openid_connect_callback", "receipt_key"}
ONLY_BY_POST = {
    "account_logout",
    "revoke_token",
    "resolve_duplicate",
    "search_students",
    "cancel_upload",
    "release_upload",
    "end_webhook",
    "replace_secret",
}
DOWNLOADS = {
    "result_log", "full_log_csv", "full_log_xlsx", "fix_file", "answer_file", "uploaded_file", "requirements",
    "sample_file", "codes", "events_file",
}  # fmt: skip


@pytest.fixture
def address_of(world, tmp_path):
    """Return the address of a page, with the upload of Rock Star Public Schools where one is needed."""
    (tmp_path / "kept").write_text("SAUID\n")
    upload = world.send(stored_as="kept")
    world.find(upload)

    def build(name: str) -> str:
        arguments = {key: upload.pk if value == "rock star" else value for key, value in PAGES[name][0].items()}
        query = {"column": "CTECode"} if name == "findings" else None
        return reverse(name, kwargs=arguments, query=query)

    return build


def test_every_address_is_in_the_table():
    names = {pattern.name for pattern in urls.urlpatterns}
    assert names == PAGES.keys() | NO_SIGN_IN_NEEDED | ONLY_BY_POST, (
        "Add the new page to PAGES, with what each role gets"
    )


def test_nothing_of_the_web_stands_outside_these_addresses():
    assert set(urls.urlpatterns) <= {
        pattern for part in get_resolver().url_patterns for pattern in getattr(part, "url_patterns", [part])
    }


@pytest.mark.parametrize("name", PAGES)
def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_page(address_of, name):
    response = Client().get(address_of(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_each_role_as_the_permission_table_says(
    address_of, signed_in, django_assert_max_num_queries, name, role
):
    address, client = address_of(name), signed_in(role)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(address)
    assert response.status_code == PAGES[name][1][ROLES.index(role)]
    if response.status_code != 302 and (name not in DOWNLOADS or response.status_code != 200):
        assert Page(response.content.decode()).broken() == []


@pytest.mark.parametrize("role", ROLES)
def test_what_is_foreign_and_what_does_not_exist_answer_alike(address_of, signed_in, world, role):
    client = signed_in(role)
    if role in ("state administrator", "specialist elsewhere"):
        pytest.skip("knows of everything, or has this student")
    foreign = world.send(world.harbor)
    pairs = [
        (reverse("upload", args=[foreign.pk]), reverse("upload", args=[foreign.pk + 999])),
        (reverse("result_log", args=[foreign.pk]), reverse("result_log", args=[foreign.pk + 999])),
        (reverse("uploaded_file", args=[foreign.pk]), reverse("uploaded_file", args=[foreign.pk + 999])),
        (reverse("student", args=[STRANGER_ID]), reverse("student", args=[UUID(int=9)])),
        (reverse("student_cte", args=[STRANGER_ID]), reverse("student_cte", args=[UUID(int=9)])),
    ]
    for of_others, unknown in pairs:
        answers = [client.get(address) for address in (of_others, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        texts = [Page(answer.content.decode()).text for answer in answers]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("role", ROLES)
def test_signing_out_needs_a_form_and_not_a_link(signed_in, role):
    client = signed_in(role)
    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("start")).status_code == 302


def test_the_sign_in_page_is_a_proper_page(db):
    response = Client().get(reverse("account_login"))
    assert response.status_code == 200
    assert Page(response.content.decode()).broken() == []
