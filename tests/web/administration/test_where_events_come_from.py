"""Events name the address, program and ID of their request; failed sign-ins leave events, and never too many."""

import logging

import pytest
from django.core.cache import cache
from django.test import Client

from tests.web.world import STUDENT_ID
from tidegate.accounts import find_sender
from tidegate.accounts.models import Token
from tidegate.accounts.tokens import add_token, revoke_token
from tidegate.audit import record_refusal as refusals
from tidegate.audit.models import Event, RefusalCount
from tidegate.audit.origin import Origin, origin, within_request
from tidegate.audit.record import record_event
from tidegate.audit.record_refusal import record_refusal
from tidegate.project.request_origin import RequestIdFilter
from tidegate.uploads.lifecycle.retention import apply_retention

CANARY = "hunter2-CaNaRy77"


def sign_in(email: str, password: str = "wrong", **headers) -> object:
    return Client(headers=headers).post("/sign-in/", {"login": email, "password": password})


def failed() -> list[Event]:
    return list(Event.objects.filter(act="person.sign_in_failed").order_by("id"))


def test_an_event_has_the_address_program_and_id_of_its_request(specialist):
    response = specialist.get("/students/", headers={"User-Agent": "Mozilla/5.0 \x00\n" + "x" * 500})
    event = Event.objects.get(act="students.viewed")
    assert (event.address, event.request_id) == ("127.0.0.1", response["X-Request-ID"])
    assert event.user_agent.startswith("Mozilla/5.0  xxx")
    assert len(event.user_agent) == 200
    outside = record_event("upload.finished", by=None)
    assert (outside.address, outside.user_agent, outside.request_id) == ("", "", "")


@pytest.mark.parametrize(
    ("proxies", "said", "is_taken"),
    [(1, "abc-123", True), (0, "abc-123", False), (1, "a b\nc", False), (1, "x" * 65, False), (1, "", False)],
)
def test_a_request_id_is_taken_from_our_own_proxies_alone(settings, db, proxies, said, is_taken):
    settings.TIDEGATE_PROXIES = proxies
    response = Client().get("/sign-in/", headers={"X-Request-ID": said})
    assert (response["X-Request-ID"] == said) == is_taken
    assert response["X-Request-ID"] != Client().get("/sign-in/")["X-Request-ID"]


def test_behind_a_proxy_the_event_has_the_visitors_address(world, settings):
    settings.TIDEGATE_PROXIES = 1
    sign_in("viewer@example.org", **{"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})
    assert failed()[0].address == "203.0.113.9"


def test_a_line_of_the_log_has_the_request_it_was_written_in(rf):
    record = logging.LogRecord("name", logging.INFO, "", 0, "line", None, None)
    assert RequestIdFilter().filter(record)
    assert record.request_id == "-"


def test_a_wrong_password_leaves_whom_it_was_for_and_nothing_that_was_typed(world):
    viewer = world.person("viewer")
    sign_in("Viewer@example.org", CANARY)
    sign_in(f"{CANARY}@example.org")
    sign_in(CANARY)
    sign_in("\x00@example.org")
    known, unknown = failed()
    assert (known.subject_kind, known.subject_id, known.details) == (
        "person", str(viewer.pk), {"reason": "wrong password", "count": 1},
    )  # fmt: skip
    assert (unknown.subject_kind, unknown.person_email) == ("", "")
    assert not [event for event in Event.objects.values() if CANARY.lower() in str(event).lower()]


def test_the_same_refusal_leaves_few_events(world, settings):
    settings.AXES_FAILURE_LIMIT = 1_000
    for _ in range(12):
        sign_in("viewer@example.org")
    assert [event.details["count"] for event in failed()] == [1, 10]
    sign_in("data.specialist@example.org")
    assert len(failed()) == 3


def test_refusals_from_everywhere_at_once_are_bounded_as_a_whole(db, monkeypatch):
    monkeypatch.setattr(refusals, "MAX_EVENTS_PER_HOUR", 5)
    for number in range(120):
        record_refusal("token.refused", reason=f"reason {number}")
    assert Event.objects.filter(act="token.refused").count() == 5 + 2  # the tenth and the hundredth of all
    RefusalCount.objects.update(hour="2020-01-01T00:00Z")
    apply_retention()
    assert not RefusalCount.objects.exists()


def test_a_pause_and_a_closed_way_in_leave_events(world, settings):
    settings.AXES_FAILURE_LIMIT = 1
    assert sign_in("viewer@example.org").status_code == 429
    paused = Event.objects.get(act="person.sign_in_paused")
    assert paused.subject_id == str(world.person("viewer").pk)
    settings.TIDEGATE_SSO_ONLY = True
    assert sign_in("\x00viewer@example.org").status_code == 403
    assert [event.details["reason"] for event in failed()] == ["no passwords are taken"]


CHANGE, AGAIN = "/password/", "/password/again/"
WRONG_NOW = {"oldpassword": CANARY, "password1": "four random words", "password2": "four random words"}


@pytest.mark.parametrize(("page", "form"), [(CHANGE, WRONG_NOW), (AGAIN, {"password": CANARY})])
def test_a_wrong_password_of_a_session_leaves_events_and_brings_a_pause(signed_in, settings, world, page, form):
    settings.AXES_FAILURE_LIMIT = 2
    client = signed_in("viewer")
    assert client.post(page, form).status_code == 200
    assert client.post(page, form).status_code == 429
    events = Event.objects.filter(act__in=["person.sign_in_failed", "person.sign_in_paused"]).order_by("id")
    assert [event.details["reason"] for event in events] == ["wrong password", "paused"]
    assert {event.subject_id for event in events} == {str(world.person("viewer").pk)}
    assert not [event for event in Event.objects.values() if CANARY in str(event)]


@pytest.mark.parametrize(("page", "form"), [(CHANGE, WRONG_NOW), (AGAIN, {"password": CANARY})])
def test_who_tries_too_often_in_a_session_leaves_an_event(signed_in, settings, world, page, form):
    settings.AXES_FAILURE_LIMIT = 1_000
    client = signed_in("viewer")
    cache.clear()
    assert 429 in [client.post(page, form).status_code for _ in range(11)]
    event = Event.objects.filter(act="person.sign_in_paused").first()
    assert (event.subject_id, event.details["reason"]) == (str(world.person("viewer").pk), "too many tries")
    cache.clear()


@pytest.mark.parametrize("why", ["unknown", "revoked", "at its end", "access has ended", "no role at the organization"])
def test_a_refused_token_leaves_which_it_was_and_why(world, why):
    person = world.person("data specialist")
    token, secret = add_token(by=None, person=person, organization=world.rock_star, name="SIS", scopes=["uploads:read"])
    if why == "revoked":
        revoke_token(by=None, token_id=token.pk)
    elif why == "at its end":
        Token.objects.update(expires_at="2020-01-01T00:00Z")
    elif why == "access has ended":
        person.is_active = False
        person.save()
    elif why == "no role at the organization":
        person.memberships.all().delete()
    sent = CANARY if why == "unknown" else secret
    assert Client().get("/api/v1/uploads/1", headers={"Authorization": f"Bearer {sent}"}).status_code == 401
    event = Event.objects.get(act="token.refused")
    assert event.details["reason"] == why
    assert (event.subject_kind == "token", event.address) == (why != "unknown", "127.0.0.1")
    assert sent not in str(list(Event.objects.values()))


def test_the_audit_log_says_who_has_seen_a_student(signed_in, specialist, world, read):
    specialist.get("/students/")
    specialist.get(f"/students/{STUDENT_ID}/")
    world_wide = signed_in("state administrator")
    page = world_wide.get("/audit-log/", {"student_id": str(STUDENT_ID)})
    assert [event.act for event in page.context["events"]] == ["student.viewed", "students.viewed"]
    (in_a_list,) = [event for event in page.context["events"] if event.act == "students.viewed"]
    assert in_a_list.details == {"count": 1, "students": [str(STUDENT_ID)]}
    assert f"?student_id={STUDENT_ID}" in world_wide.get(f"/students/{STUDENT_ID}/").content.decode()
    assert "audit-log" not in specialist.get(f"/students/{STUDENT_ID}/").content.decode()


def test_the_audit_log_is_asked_by_address_and_request(signed_in, world):
    sign_in("viewer@example.org", **{"User-Agent": "=curl"})
    (event,) = failed()
    administrator = signed_in("state administrator")
    for name in ("address", "request_id"):
        page = administrator.get("/audit-log/", {name: getattr(event, name), "act": event.act})
        assert [each.pk for each in page.context["events"]] == [event.pk]
        assert getattr(event, name)[:10] in page.content.decode()
    csv = b"".join(administrator.get("/audit-log/events.csv", {"act": event.act}).streaming_content).decode()
    assert csv.splitlines()[1].endswith(f"127.0.0.1,'=curl,{event.request_id}")


def test_a_token_that_is_refused_before_its_file_comes_leaves_an_event_too(db):
    here = Origin(address="203.0.113.9", user_agent="SIS", request_id="abc")
    with within_request(here):
        assert find_sender._by_token("Bearer tg_nobody") is None
    event = Event.objects.get(act="token.refused")
    assert (event.address, event.user_agent, event.request_id) == ("203.0.113.9", "SIS", "abc")
    assert origin() == Origin()
