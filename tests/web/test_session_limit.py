"""A session ends some hours after signing in, however busy it was."""

import time


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
