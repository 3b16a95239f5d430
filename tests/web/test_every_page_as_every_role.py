"""Every address as every role: the status that the permission table says, and what every page must have."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from tests.web.page import Page
from tests.web.world import STRANGER_ID, STUDENT, STUDENT_ID
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.count_ahead import count_ahead
from tidegate.accountability.snapshots.requests import ask_for_snapshot
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.core.outputs.catalogue import downloads
from tidegate.core.outputs.output import Access
from tidegate.file_types import find
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.models import RowCorrection, Upload, UploadCause
from tidegate.uploads.queries.upload_source import UploadSource
from tidegate.uploads.receipts.receipt import give_receipt
from tidegate.uploads.receipts.signing import new_private_key
from tidegate.web import urls
from tidegate.web.uploads.outputs import address_name

ROLES = ("state administrator", "data specialist", "CTE director", "viewer", "specialist elsewhere", "nobody")
EVERYBODY = (200,) * 6
MAX_QUERIES = 34

A_SNAPSHOT = {"number": "taken"}
A_REQUEST = {"number": "asked for"}
A_YEAR_END = {"number": "taken at the end of the year"}
AN_OLD_FILE = A_YEAR_END | {"file": "209"}
HEADER = ",".join(find("cte").layout.columns)
A_YEAR = {"school_year": "2020-2021"}
A_LINE = {"public_id": STUDENT_ID, "file_type": "cte", "line_id": "of the student"}

# What each role gets, in the order of ROLES. Whoever has not signed in is sent to the sign-in page everywhere.
PAGES = {
    "start": ({}, EVERYBODY),
    "senders_file": ({}, (200, 403, 403, 403, 403, 403)),
    "district": ({"organization_id": 1000}, (200, 200, 404, 200, 404, 404)),
    "sent_students": ({"organization_id": 1000}, (404, 404, 200, 404, 404, 400)),
    "unmatched": ({"file_type": "cte", "kind": "without-line"}, (404, 404, 200, 404, 404, 400)),
    "change_focus": ({}, EVERYBODY),
    "find_organizations": ({}, EVERYBODY),
    "account_change_password": ({}, EVERYBODY),
    "account_reauthenticate": ({}, EVERYBODY),
    "mfa_index": ({}, EVERYBODY),
    "mfa_activate_totp": ({}, (302,) * 6),  # asks for the password again first; see test_second_factor.py
    "mfa_deactivate_totp": ({}, (404,) * 6),  # there is none to turn off
    "mfa_reauthenticate": ({}, (302,) * 6),
    "mfa_view_recovery_codes": ({}, (404,) * 6),
    "mfa_generate_recovery_codes": ({}, (302,) * 6),
    "inbox": ({}, EVERYBODY),
    "open_message": ({"message_id": 1}, (404,) * 6),  # nobody has one; see test_inbox.py
    "notifications": ({}, EVERYBODY),
    "ask_for_access": ({}, EVERYBODY),
    "organization_names": ({}, EVERYBODY),
    "people": ({}, (200, 403, 403, 403, 403, 403)),
    "invite": ({}, (200, 403, 403, 403, 403, 403)),
    "person": ({"person_id": "viewer"}, (200, 403, 403, 403, 403, 403)),
    "withdraw_invitation": ({"invitation_id": 1}, (404, 403, 403, 403, 403, 403)),  # there is none; see test_people.py
    "give_role": ({"person_id": "viewer"}, (200, 403, 403, 403, 403, 403)),
    "end_role": ({"person_id": "viewer", "membership_id": "of the viewer"}, (200, 403, 403, 403, 403, 403)),
    "change_person": ({"person_id": "viewer", "act": "end-access"}, (200, 403, 403, 403, 403, 403)),
    "access_request": ({"request_id": 1}, (404, 403, 403, 403, 403, 403)),  # there is none; see test_people.py
    "tokens": ({}, EVERYBODY),
    "webhooks": ({}, EVERYBODY),
    "file_formats": ({}, EVERYBODY),
    "state_reporting_status": ({}, EVERYBODY),
    "upload_file": ({}, (200, 200, 200, 403, 200, 400)),
    "nothing_to_report": ({}, (400, 200, 200, 403, 200, 400)),
    "upload": ({"upload_id": "rock star"}, (200, 200, 404, 200, 404, 404)),
    "findings": ({"upload_id": "rock star", "code": "CTE403"}, (200, 200, 404, 200, 404, 404)),
    "cause": ({"upload_id": "rock star", "number": 1}, (200, 200, 404, 200, 404, 404)),
    "correct_rows": ({"upload_id": "rock star"}, (200, 200, 404, 403, 404, 404)),
    "match_columns": ({"upload_id": "rock star"}, (200, 200, 404, 403, 404, 404)),
    "corrections": ({"upload_id": "corrected rows"}, (200, 200, 404, 403, 404, 404)),
    "uploaded_file": ({"upload_id": "rock star"}, (200, 200, 404, 403, 404, 404)),
    "planned_lines": ({"upload_id": "rock star", "kind": "missing"}, (200, 200, 404, 200, 404, 404)),
    "undo_upload": ({"upload_id": "rock star"}, (409, 409, 404, 403, 404, 404)),  # it has loaded nothing
    "possible_duplicates": ({}, (200, 403, 403, 403, 403, 403)),
    "confirm_duplicate": ({"request_id": 1}, (404, 403, 403, 403, 403, 403)),  # there is none
    "undo_duplicate": ({"request_id": 1}, (404, 403, 403, 403, 403, 403)),
    "decided_duplicates": ({}, (200, 403, 403, 403, 403, 403)),
    "events": ({}, (200, 403, 403, 403, 403, 403)),
    "events_file": ({}, (200, 403, 403, 403, 403, 403)),
    "administration": ({}, (200, 403, 403, 403, 403, 403)),
    "setup": ({}, (200, 403, 403, 403, 403, 403)),
    "organizations": ({}, (200, 403, 403, 403, 403, 403)),
    "organization": ({"key": 1000}, (200, 403, 403, 403, 403, 403)),
    "add_organization": ({}, (200, 403, 403, 403, 403, 403)),
    "correct_organization": ({"key": 1001}, (200, 403, 403, 403, 403, 403)),
    "move_organization": ({"key": 1001}, (200, 403, 403, 403, 403, 403)),
    "close_organization": ({"key": 1001}, (200, 403, 403, 403, 403, 403)),
    "import_organizations": ({}, (200, 403, 403, 403, 403, 403)),
    "list_change": ({"number": 1}, (404, 403, 403, 403, 403, 403)),  # there is none; see test_organizations.py
    "code_lists": ({}, (200, 403, 403, 403, 403, 403)),
    "code_list": ({"list_name": "cte_codes"}, (200, 403, 403, 403, 403, 403)),
    "code_list_file": ({"list_name": "cte_codes"}, (200, 403, 403, 403, 403, 403)),
    "import_code_list": ({"list_name": "cte_codes"}, (200, 403, 403, 403, 403, 403)),
    "new_code_list": ({}, (400, 403, 403, 403, 403, 403)),  # without a name
    "edit_code": ({"list_name": "cte_codes"}, (200, 403, 403, 403, 403, 403)),
    "school_years": ({}, (200, 403, 403, 403, 403, 403)),
    "roll_over_school_year": (A_YEAR, (200, 403, 403, 403, 403, 403)),
    "close_school_year": (A_YEAR, (200, 403, 403, 403, 403, 403)),
    "reopen_school_year": (A_YEAR, (200, 403, 403, 403, 403, 403)),
    "windows": ({}, (200, 403, 403, 403, 403, 403)),
    "edit_window": (A_YEAR | {"file_type": "cte"}, (200, 403, 403, 403, 403, 403)),
    "end_window": ({"window_id": 1}, (404, 403, 403, 403, 403, 403)),  # there is none; see test_windows.py
    "use_window": ({"window_id": 1}, (404, 403, 403, 403, 403, 403)),
    "end_late_allowance": ({"allowance_id": 1}, (404, 403, 403, 403, 403, 403)),
    "allow_late": (A_YEAR | {"file_type": "cte"}, (200, 403, 403, 403, 403, 403)),
    "calendar": ({}, EVERYBODY),
    "settings_in_force": ({}, (200, 403, 403, 403, 403, 403)),
    "operations": ({}, (200, 403, 403, 403, 403, 403)),
    "conflicts": ({}, (200, 200, 200, 200, 200, 400)),
    "follow_up": ({}, (200, 200, 200, 200, 200, 400)),
    "follow_up_file": ({}, (200, 200, 200, 200, 200, 400)),
    "no_longer_fits": ({}, EVERYBODY),
    "no_longer_fits_file": ({}, (200, 200, 200, 200, 200, 400)),
    "periods": ({}, EVERYBODY),
    "snapshot": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_request": (A_REQUEST, (200, 403, 403, 403, 403, 403)),
    "snapshot_counts": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_book": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_students": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_students_file": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_participation": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_indicators": (A_YEAR_END, (200, 200, 200, 200, 200, 404)),
    "indicator_numbers": (A_YEAR_END, (200, 200, 200, 200, 200, 404)),
    "indicator_book": (A_YEAR_END, (200, 200, 200, 200, 200, 404)),
    "indicator_students": (A_SNAPSHOT, (404, 404, 404, 404, 404, 404)),  # without an indicator
    "indicator_students_file": (A_SNAPSHOT, (404, 404, 404, 404, 404, 404)),
    "participation_numbers": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "participation_book": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "participation_students": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "participation_students_file": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_content": (A_SNAPSHOT, (200, 404, 404, 404, 404, 404)),
    "certify_snapshot": (A_SNAPSHOT, (403,) * 6),  # who signs has a role of their own; see test_sign_snapshot.py
    "approve_snapshot": (A_SNAPSHOT, (403,) * 6),
    "publish_snapshot": (A_SNAPSHOT, (200, 403, 403, 403, 403, 403)),  # says that nobody has approved it
    "publications": ({}, EVERYBODY),
    "publication": ({"number": 1}, (404,) * 6),  # there is none; see test_publications.py
    "publication_file": ({"number": 1}, (404,) * 6),
    "snapshot_changes": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_warnings": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_warnings_file": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "snapshot_warning_lines": (A_SNAPSHOT, (404,) * 6),  # without a warning; see test_sign_snapshot.py
    "snapshot_warning_lines_file": (A_SNAPSHOT, (404,) * 6),
    "snapshot_rule_lines": (A_SNAPSHOT, (404,) * 6),  # without a rule; see test_sign_snapshot.py
    "snapshot_rule_lines_file": (A_SNAPSHOT, (404,) * 6),
    "unusual_numbers": (A_SNAPSHOT, (200, 200, 200, 200, 200, 404)),
    "department": (A_YEAR_END, (200, 403, 403, 403, 403, 403)),
    "department_edfacts": (AN_OLD_FILE, (200, 403, 403, 403, 403, 403)),
    "department_workbook": (A_YEAR_END, (200, 403, 403, 403, 403, 403)),
    "snapshot_certificate": (A_SNAPSHOT, (404,) * 6),  # nobody has signed
    "snapshot_certificate_pdf": (A_SNAPSHOT, (404,) * 6),
    "students": ({}, EVERYBODY),
    "student": ({"public_id": STUDENT_ID}, (200, 200, 200, 200, 404, 404)),
    "student_lines": ({"public_id": STUDENT_ID, "file_type": "cte"}, (200, 200, 200, 200, 404, 404)),
    "on_file": ({}, (200, 200, 200, 403, 200, 400)),
    "on_file_download": ({"name": "cte", "suffix": "csv"}, (400, 200, 200, 403, 200, 400)),
    "add_line": ({"public_id": STUDENT_ID, "file_type": "cte"}, (400, 200, 200, 403, 404, 404)),
    "correct_line": (A_LINE, (400, 404, 200, 403, 404, 404)),  # it is the CTE school's
    "withdraw_line": (A_LINE, (400, 404, 200, 403, 404, 404)),
    "student_history": ({"public_id": STUDENT_ID}, (200, 200, 200, 200, 404, 404)),
    "file_types": ({}, EVERYBODY),
    "file_type": ({"slug": "cte"}, EVERYBODY),
    "rule": ({"slug": "cte", "code": "CTE403"}, EVERYBODY),
    "requirements": ({"slug": "cte", "school_year": "2020-2021"}, EVERYBODY),
    "reference_lists": ({}, EVERYBODY),
    "schema": ({"slug": "cte"}, EVERYBODY),
    "tableschema": ({"slug": "cte"}, EVERYBODY),
    "sample_file": ({"slug": "cte"}, EVERYBODY),
    "codes": ({"slug": "cte", "list_name": "cte_codes"}, EVERYBODY),
}
# What each role gets of an output that the upload has, by what one must be allowed to do.
ACCESS = {
    Access.VIEW_UPLOADS: (200, 200, 404, 200, 404, 404),
    Access.DOWNLOAD_FILES: (200, 200, 404, 403, 404, 404),
}
OUTPUTS = {address_name(output, form): output for output in downloads() for form in output.forms}
PAGES |= {name: ({"upload_id": "rock star"}, ACCESS[output.permission]) for name, output in OUTPUTS.items()}
NO_SIGN_IN_NEEDED = {
    "first_administrator",  # while nobody administers the state; see test_setup.py
    "accept_invitation",
    "forgot_password",
    "new_password",
    "account_login",
    "mfa_authenticate",
    "single_sign_on",
    "openid_connect_callback",
    "receipt_key",
}
ONLY_BY_POST = {
    "open_first_year": {},
    "reopen_organization": {"key": 1000},
    "undo_list_change": {"number": 1},
    "account_logout": {},
    "read_messages": {},
    "revoke_token": {"token_id": 1},
    "resolve_duplicate": {"request_id": 1},
    "search_students": {},
    "cancel_upload": {"upload_id": "rock star"},
    "release_upload": {"upload_id": "rock star"},
    "let_rows_wait": {"upload_id": "rock star"},
    "stop_rows_waiting": {"upload_id": "rock star"},
    "load_upload": {"upload_id": "rock star"},
    "choose_upload_missing": {"upload_id": "rock star"},
    "withdraw_upload_missing": {"upload_id": "rock star"},
    "end_webhook": {"webhook_id": 1},
    "end_file_format": {"mapping_id": 1},
    "end_format_line": {"mapping_id": 1},
    "use_file_format": {"slug": "cte", "name": "powerschool"},
    "replace_secret": {"webhook_id": 1},
    "choose_file_types": A_YEAR,
    "take_snapshot": {"slug": "cte-october-count"},
    "review_snapshot": A_SNAPSHOT,
    "reopen_snapshot": A_SNAPSHOT,
    "close_snapshot": A_SNAPSHOT,
    "explain_number": A_SNAPSHOT,
    "explain_snapshot_warnings": A_SNAPSHOT,
}
OF_ONESELF = {"account_logout", "read_messages", "search_students", "use_file_format"}
"""What is posted about the person or the own office alone."""
DOWNLOADS = {
    *OUTPUTS,
    "uploaded_file",
    "follow_up_file",
    "indicator_numbers",
    "reference_lists",
    "requirements",
    "schema",
    "tableschema",
    "sample_file",
    "codes",
    "code_list_file",
    "events_file",
    "senders_file",
    "on_file_download",
    "calendar",
    "no_longer_fits_file",
    "snapshot_counts",
    "snapshot_book",
    "snapshot_content",
    "snapshot_warnings_file",
    "snapshot_warning_lines_file",
    "snapshot_rule_lines_file",
    "snapshot_students_file",
    "indicator_book",
    "indicator_students_file",
    "participation_numbers",
    "participation_book",
    "participation_students_file",
    "publication_file",
    "snapshot_certificate",
    "snapshot_certificate_pdf",
    "department_workbook",
    "department_edfacts",
}
PARTS = {"find_organizations", "organization_names"}
"""What htmx puts into a page is none by itself."""


@dataclass(frozen=True)
class Everything:
    """What the small state has here besides: an upload with all that it may have, and snapshots."""

    upload_id: int
    ids: dict[str, object]
    """What a page's address has in place of these words."""
    folder: Path
    receipt_key: str


@pytest.fixture(scope="module")
def everything(built_world, module_transaction, tmp_path_factory) -> Everything:
    """An upload of Rock Star Public Schools with its file, a finding and a receipt, and snapshots."""
    folder, receipt_key = tmp_path_factory.mktemp("store"), new_private_key()
    named = {"TIDEGATE_UPLOADS_DIR": folder, "TIDEGATE_RECEIPT_KEY": receipt_key}
    with module_transaction.unblock(), override_settings(**named):
        sent = _send(built_world, folder)
        return Everything(sent.pk, _ids(built_world, sent), folder, receipt_key)


def _send(world, folder: Path):
    (folder / "kept").write_text(f"{HEADER}\n1000,2001,{STUDENT},A,43,2020-09-02,,1.50,\n")
    sent = world.send(stored_as="kept")
    world.find(sent)
    kind = {"code": "CTE403", "severity": "error", "stage": 4, "text": 'Unable to resolve CTE Code "43"'}
    rows = {"columns": ["CTECode"], "row_count": 1, "rows": [2], "first": [{"row": 2, "student_number": "900000001"}]}
    UploadCause.objects.create(upload=sent, number=1, **kind, **rows)
    give_receipt(sent)
    corrected = world.send(stored_as="kept", state="undone", follows=sent)
    RowCorrection.objects.create(upload=corrected, first=sent, rows=[2])
    return sent


def _ids(world, sent) -> dict[str, object]:
    october, administrator = find_period("cte-october-count"), world.person("state administrator")
    at_year_end = take_snapshot(find_period("cte-year-end"), world.year, by=None, on=date(2021, 6, 20))
    count_ahead(at_year_end)  # as the command and the worker do that take one
    return {
        "rock star": sent.pk,
        "corrected rows": RowCorrection.objects.get().pk,
        "of the student": CteRecord.objects.get().pk,
        "viewer": world.person("viewer").pk,
        "of the viewer": world.person("viewer").memberships.get().pk,
        "taken": take_snapshot(october, world.year, by=None).pk,
        "asked for": ask_for_snapshot(october, world.year, by=administrator).pk,
        "taken at the end of the year": at_year_end.pk,
    }


@pytest.fixture
def world(everything, world, settings):
    """The small state with everything, for each test of this file: they come in any order."""
    settings.TIDEGATE_UPLOADS_DIR, settings.TIDEGATE_RECEIPT_KEY = everything.folder, everything.receipt_key
    return world


@pytest.fixture
def upload(everything, world):
    """Return the upload of Rock Star Public Schools."""
    return Upload.objects.get(pk=everything.upload_id)


def answer_of(name: str, role: str, upload) -> int:
    """Return the status with which a page answers the role; an output that the upload does not have says so."""
    status = PAGES[name][1][ROLES.index(role)]
    refusal = OUTPUTS[name].when(UploadSource(upload)) if name in OUTPUTS else None
    return refusal.http_status if refusal and status == 200 else status


@pytest.fixture
def address_of(everything, world):
    """Return the address of a page, with the upload of Rock Star Public Schools where one is needed."""

    def build(name: str) -> str:
        arguments = {key: everything.ids.get(value, value) for key, value in PAGES[name][0].items()}
        query = {"column": "CTECode"} if name == "findings" else None
        return reverse(name, kwargs=arguments, query=query)

    return build


def test_every_address_is_in_the_table():
    names = {pattern.name for pattern in urls.urlpatterns}
    assert names == PAGES.keys() | NO_SIGN_IN_NEEDED | ONLY_BY_POST.keys(), (
        "Add the new page to PAGES, with what each role gets"
    )


def test_no_two_addresses_or_names_of_addresses_are_the_same():
    routes = [str(pattern.pattern) for pattern in urls.urlpatterns]
    names = [pattern.name for pattern in urls.urlpatterns]
    assert len(routes) == len(set(routes)), "Name the output's file otherwise: the address is taken"
    assert len(names) == len(set(names)), "Name the output's file otherwise: another page has its name"


def test_nothing_of_the_web_stands_outside_these_addresses():
    assert set(urls.urlpatterns) <= {
        pattern for part in get_resolver().url_patterns for pattern in getattr(part, "url_patterns", [part])
    }


@pytest.mark.parametrize("name", PAGES)
def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_page(address_of, name):
    response = Client().get(address_of(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_each_role_as_the_permission_table_says(
    address_of, signed_in, upload, django_assert_max_num_queries, name
):
    answers, faults = {}, {}
    for role in ROLES:
        with transaction.atomic():
            client = signed_in(role)
            with django_assert_max_num_queries(MAX_QUERIES):
                response = client.get(address_of(name))
            answers[role] = response.status_code
            if (
                name not in PARTS
                and response.status_code != 302
                and (name not in DOWNLOADS or response.status_code != 200)
            ):
                faults[role] = Page(response.content.decode()).broken()
            transaction.set_rollback(True)  # the next role has the state as it was
    assert answers == {role: answer_of(name, role, upload) for role in ROLES}
    assert not any(faults.values()), faults


@pytest.mark.parametrize("role", ["viewer", "specialist elsewhere", "nobody"])
def test_what_is_only_posted_is_refused_to_others(everything, signed_in, role):
    client = signed_in(role)
    done = []
    for name in ONLY_BY_POST.keys() - OF_ONESELF:
        named = {key: everything.ids.get(of, of) for key, of in ONLY_BY_POST[name].items()}
        response = client.post(reverse(name, kwargs=named))
        done += [name] if response.status_code < 400 else []
    assert done == []


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
        (reverse("student_lines", args=[STRANGER_ID, "cte"]), reverse("student_lines", args=[UUID(int=9), "cte"])),
        (reverse("student_history", args=[STRANGER_ID]), reverse("student_history", args=[UUID(int=9)])),
    ]
    for of_others, unknown in pairs:
        answers = [client.get(address) for address in (of_others, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        texts = [Page(answer.content.decode()).text_at_any_time for answer in answers]
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


def test_no_page_tells_another_district_of_a_student(address_of, signed_in):
    client, told = signed_in("specialist elsewhere"), []
    for name in PAGES.keys() - {"file_type"}:  # which has this number as the example of a column
        response = client.get(address_of(name))
        text = b"".join(response.streaming_content if response.streaming else [response.content])
        told += [(name, said) for said in (STUDENT, "Quill") if str(said).encode() in text]
    assert told == []
