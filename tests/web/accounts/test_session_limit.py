"""A session ends some hours after signing in, however busy it was, and some minutes after the last request."""

import time
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone


def test_a_session_that_is_too_old_is_signed_out(specialist, world, settings):
    settings.TIDEGATE_SESSION_HOURS = 12
    assert specialist.get("/").status_code == 200
    session = specialist.session
    session["signed_in_at"] = time.time() - 12 * 3600 - 1
    session.save()
    assert specialist.get("/").status_code == 302
    assert "/sign-in/" in specialist.get("/")["Location"]


def test_a_younger_one_goes_on(specialist, world):
    session = specialist.session
    session["signed_in_at"] = time.time() - 11 * 3600
    session.save()
    assert specialist.get("/").status_code == 200


def test_a_session_is_renewed_once_a_minute_not_with_every_page(specialist, world):
    assert specialist.get("/").status_code == 200
    stored = Session.objects.filter(pk=specialist.session.session_key)
    soon = timezone.now() + timedelta(minutes=5)
    stored.update(expire_date=soon)
    again = specialist.get("/")
    assert stored.get().expire_date == soon
    assert "tidegate_session" not in again.cookies

    session = specialist.session
    session["renewed_at"] = time.time() - 61
    session.save()
    stored.update(expire_date=soon)
    later = specialist.get("/")
    assert stored.get().expire_date > timezone.now() + timedelta(minutes=239)
    assert later.cookies["tidegate_session"]["max-age"] == 240 * 60


def test_one_that_has_run_out_is_signed_out(specialist, world):
    assert specialist.get("/").status_code == 200
    Session.objects.filter(pk=specialist.session.session_key).update(expire_date=timezone.now())
    assert specialist.get("/").status_code == 302
