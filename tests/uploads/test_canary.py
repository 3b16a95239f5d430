"""What stands in a file stays out of logs, error pages, addresses, job arguments and the audit log."""

import json
import logging

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.uploads.canary import BAD, BREAK, CANARY, GOOD, HEADER, NUMBER
from tidegate.accounts.focus import save_focus
from tidegate.audit.models import Event
from tidegate.inbox.models import Mail, Message
from tidegate.project.log_objects import JsonFormatter
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import State

PAGES = (
    "",
    "findings/CTE403/?column=CTECode",
    "result-log/",
    "full-log.csv",
    "full-log.xlsx",
    "fix-file/",
    "file/",
    "no/",
)


@pytest.fixture
def everything_said(caplog):
    """Every line of every logger, with its arguments and its exception, as a handler would write it."""
    caplog.set_level(logging.DEBUG)
    for name in ("django", "django.db.backends", "tidegate", "procrastinate", "axes"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    # The SQL of a DEBUG log is for developers and off in production: settings forbid it where TIDEGATE_DEBUG is off.
    logging.getLogger("django.db.backends").setLevel(logging.INFO)

    def lines() -> str:
        formatter, as_object = logging.Formatter("%(name)s %(message)s"), JsonFormatter()
        return "\n".join(form.format(record) for record in caplog.records for form in (formatter, as_object))

    return lines


def look_at_everything(upload, person) -> str:
    """Visit every page of the upload as a browser does; return the addresses that were led to."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    save_focus(
        by=person, school_year=SchoolYear.objects.get(first=2020), organization=Organization.objects.get(pk=1000)
    )
    addresses = []
    for page in PAGES:
        response = client.get(f"/state-reporting-status/{upload.pk}/{page}")
        b"".join(response.streaming_content) if response.streaming else response.content
        addresses.append(f"{response.request['PATH_INFO']} {response.get('Location', '')}")
    found = client.post("/students/search/", {"search": CANARY}, follow=True)
    addresses += [address for address, _ in found.redirect_chain]
    return "\n".join(addresses)


def assert_nothing_has_leaked(said: str, addresses: str) -> None:
    jobs = json.dumps(list(ProcrastinateJob.objects.values("args", "lock", "queueing_lock")))
    events = json.dumps(list(Event.objects.values()), default=str)
    inbox = json.dumps([*Message.objects.values(), *Mail.objects.values()], default=str)
    for place, text in {"inbox": inbox, "log": said, "address": addresses, "job": jobs, "audit log": events}.items():
        assert CANARY not in text, place
        assert NUMBER not in text, place


def test_a_file_that_is_judged_leaks_nothing(send, specialist, everything_said):
    upload = send(f"{HEADER}\n{GOOD}\n{BAD}\n{GOOD.replace('01.0205', '47.0604')}{CANARY}\n", by=specialist)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_count) == (State.FINISHED, 2)
    assert_nothing_has_leaked(everything_said(), look_at_everything(upload, specialist))


def test_a_fault_of_ours_leaks_nothing_either(send, specialist, everything_said):
    upload = send(f"{HEADER}\n{GOOD}\n", by=specialist)
    with connection.cursor() as cursor:
        cursor.execute(BREAK)
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, bool(upload.incident_id)) == (State.FAILED, True)
    assert upload.incident_id in everything_said()
    page = Client()
    page.force_login(specialist)
    assert CANARY not in page.get(f"/state-reporting-status/{upload.pk}/").content.decode()
    assert_nothing_has_leaked(everything_said(), look_at_everything(upload, specialist))
