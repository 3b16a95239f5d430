"""The Upload File box."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tidegate.accounts.focus import save_focus
from tidegate.file_types import find_all
from tidegate.uploads.models import Upload

ADDRESS = "/state-reporting-status/upload-file/"
BOX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "box"}
CONTENT = b"SAUID,SchoolID\r\n1000,2001\r\n"


def fill_in(**changes):
    """Return the filled-in form."""
    return {"file_type": "cte", "check_only": "load", "file": SimpleUploadedFile("cte.csv", CONTENT)} | changes


def test_the_box_says_for_whom_and_offers_every_file_type_there_is(specialist, read):
    response = specialist.get(ADDRESS)
    assert "For Rock Star Public Schools , school year 2020-2021" in read(response).text
    offered = [label for _, label in response.context["form"].fields["file_type"].choices][1:]
    assert offered == [file_type.name for file_type in find_all().values()]


def test_a_file_is_received_for_the_focus_and_waits(specialist, world):
    response = specialist.post(ADDRESS, fill_in())
    assert response["Location"] == "/state-reporting-status/"
    upload = Upload.objects.get()
    assert (upload.organization, upload.school_year, upload.state) == (world.rock_star, world.year, "waiting")
    assert (upload.file_name, upload.sent_by, upload.check_only) == ("cte.csv", world.person("data specialist"), False)
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_check_only_loads_nothing_later(specialist):
    specialist.post(ADDRESS, fill_in(check_only="check_only"))
    assert Upload.objects.get().check_only


def test_rows_wait_where_the_sender_says_so(specialist, read, settings):
    offered = read(specialist.get(ADDRESS)).text
    assert "and CTE Outcome rows that only lack an enrollment or a CTE line wait for it" in offered
    specialist.post(ADDRESS, fill_in(let_wait="on"))
    assert Upload.objects.get().let_wait
    settings.TIDEGATE_WAIT_DAYS = 0
    assert "only lack an enrollment" not in read(specialist.get(ADDRESS)).text


def test_htmx_is_led_to_the_table_by_the_browser(specialist):
    assert specialist.post(ADDRESS, fill_in(), **BOX)["HX-Redirect"] == "/state-reporting-status/"


def test_an_empty_file_is_received_so_that_it_gets_its_own_sentence(specialist):
    specialist.post(ADDRESS, fill_in(file=SimpleUploadedFile("empty.csv", b"")))
    assert Upload.objects.get().byte_count == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"file_type": ""}, "Choose the file type"),
        ({"file_type": "no-such-type"}, "Choose a file type from the list"),
        ({"file": ""}, "Choose the file that you want to send"),
    ],
)
def test_what_is_missing_is_said_on_the_form(specialist, read, changes, sentence):
    response = specialist.post(ADDRESS, fill_in(**changes))
    assert response.status_code == 422
    assert sentence in read(response).text
    assert not Upload.objects.exists()


def test_a_file_over_the_limit_is_noted_and_not_kept(specialist, settings, read):
    settings.TIDEGATE_MAX_UPLOAD_MB = 0
    specialist.post(ADDRESS, fill_in())
    upload = Upload.objects.get()
    assert (upload.state, upload.stored_as) == ("failed", "")
    assert "is larger than" in read(specialist.get("/state-reporting-status/")).text


def test_a_viewer_may_not_send_files(signed_in):
    assert signed_in("viewer").post(ADDRESS, fill_in()).status_code == 403
    assert not Upload.objects.exists()


def test_a_file_is_sent_for_one_organization_and_never_for_the_whole_state(signed_in, read):
    administrator = signed_in("state administrator")
    assert "Choose an organization first" in read(administrator.get(ADDRESS)).text
    assert administrator.post(ADDRESS, fill_in()).status_code == 422
    assert not Upload.objects.exists()


def test_the_state_sends_for_the_organization_that_it_focuses_on(signed_in, world):
    administrator = signed_in("state administrator")
    save_focus(by=world.person("state administrator"), school_year=world.year, organization=world.harbor)
    administrator.post(ADDRESS, fill_in())
    assert Upload.objects.get().organization == world.harbor


@pytest.mark.parametrize("how", [{}, BOX])
def test_who_sends_too_often_keeps_the_form_and_is_told_when_to_come_back(specialist, read, settings, how):
    settings.TIDEGATE_MAX_UPLOADS_PER_HOUR = 1
    specialist.post(ADDRESS, fill_in())
    response = specialist.post(ADDRESS, fill_in(), **how)
    assert (response.status_code, Upload.objects.count()) == (429, 1)
    assert 3590 < int(response["Retry-After"]) <= 3600
    assert "You have sent 1 file within an hour" in read(response).text


@pytest.mark.parametrize("chosen", ["", "x"])
def test_the_box_says_that_what_to_do_is_not_chosen(chosen, specialist, read):
    answer = specialist.post(ADDRESS, fill_in(check_only=chosen))
    assert answer.status_code == 422
    assert read(answer).text.count("Choose whether the file is loaded or only checked") == 1
