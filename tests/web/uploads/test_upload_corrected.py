"""A file is sent from where one is: corrected, for what was chosen, with the choices of before."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.world import STUDENT
from tidegate.accounts.focus import save_focus
from tidegate.uploads.models import Upload

ADDRESS = "/state-reporting-status/upload-file/"
BOX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "box"}


def fill_in(**changes):
    content = SimpleUploadedFile("fixed.csv", b"SAUID,SchoolID\r\n1000,2001\r\n")
    return {"file_type": "cte", "check_only": "load", "file": content} | changes


def test_the_page_of_an_upload_with_errors_offers_to_correct_it(specialist, signed_in, world, read):
    faulty, clean = world.send(), world.send(row_count=1, success_count=1, error_count=0)
    held = world.send(file_type="new-state-id", held_count=2)
    failed = world.send(state="failed", row_count=None, success_count=None, error_count=None)
    pages = {
        each.pk: read(specialist.get(f"/state-reporting-status/{each.pk}/")) for each in (faulty, clean, held, failed)
    }
    offered = [pk for pk, page in pages.items() if "Upload corrected file" in page.text]
    assert offered == [faulty.pk, failed.pk]
    assert f"{ADDRESS}?follows={faulty.pk}" in [a.get("href") for a in pages[faulty.pk].all("a")]
    assert "Upload corrected file" not in read(signed_in("viewer").get(f"/state-reporting-status/{faulty.pk}/")).text


def test_a_corrected_file_has_type_year_and_organization_of_the_first(specialist, world):
    first = world.send(world.high_school, file_type="student-enrollment", school_year=world.newer_year)
    response = specialist.post(f"{ADDRESS}?follows={first.pk}", fill_in())
    second = Upload.objects.get(follows=first)
    assert response["Location"] == f"/state-reporting-status/{second.pk}/"
    assert (second.file_type, second.organization, second.school_year) == (
        "student-enrollment",
        world.high_school,
        world.newer_year,
    )


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("specialist elsewhere", 404), ("CTE director", 404)])
def test_nobody_corrects_an_upload_of_others(signed_in, world, role, status):
    first = world.send()
    assert signed_in(role).post(f"{ADDRESS}?follows={first.pk}", fill_in()).status_code == status
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("follows", ["999999", "x", "-1", "9" * 30])
def test_a_corrected_file_of_no_upload_is_refused(specialist, follows):
    assert specialist.post(f"{ADDRESS}?follows={follows}", fill_in()).status_code == 404


def test_the_file_type_that_was_sent_last_is_chosen(specialist, world):
    assert specialist.get(ADDRESS).context["form"]["file_type"].value() is None
    world.send(file_type="student-enrollment")
    world.send(file_type="cte", sent_by=world.person("viewer"))
    assert specialist.get(ADDRESS).context["form"]["file_type"].value() == "student-enrollment"


def test_the_box_says_the_limit_and_what_is_on_file(specialist, world, settings, read):
    settings.TIDEGATE_MAX_UPLOAD_MB = 1_500
    response = specialist.get(ADDRESS)
    assert "At most 1,500 MB." in read(response).text
    assert 'data-max-bytes="1500000000"' in response.content.decode()
    assert "Student Enrollment 1 line; Student Information (Demographics) 0 lines; CTE 0 lines" in " ".join(
        read(response).text.split()
    )


def test_what_is_on_file_follows_the_focus(signed_in, world, read):
    assert STUDENT  # the CTE record of the student is the school's
    text = " ".join(read(signed_in("CTE director").get(ADDRESS)).text.split())
    assert "CTE 1 line" in text
    save_focus(by=world.person("CTE director"), school_year=world.newer_year, organization=world.cte_school)
    assert "CTE 0 lines" in read(signed_in("CTE director").get(ADDRESS)).text


@pytest.mark.parametrize("how", [{}, BOX])
def test_after_a_session_has_ended_all_but_the_file_is_as_chosen(world, read, how):
    first = world.send(sent_by=world.person("viewer"))
    client = Client()
    chosen = fill_in(file_type="student-enrollment", check_only="check_only", complete="on", password="not ours")
    answer = client.post(ADDRESS, chosen, **how)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    assert back.startswith(f"{ADDRESS}?")
    assert "not ours" not in back
    assert "fixed.csv" not in back
    client.force_login(world.person("data specialist"))
    response = client.get(back)
    form = response.context["form"]
    assert [form[name].value() for name in ("file_type", "check_only", "complete")] == [
        "student-enrollment",
        "check_only",
        "on",
    ]
    text = read(response).text
    assert "You were signed out before the file was taken" in text
    assert "Choose the file once more." in text
    assert client.post(back, fill_in(file_type="cte"), **how).status_code in (200, 302)
    assert Upload.objects.exclude(pk=first.pk).get().file_type == "cte"


def test_a_corrected_file_still_corrects_it_after_signing_in_again(world, read):
    first = world.send()
    client = Client()
    answer = client.post(f"{ADDRESS}?follows={first.pk}", fill_in())
    client.force_login(world.person("data specialist"))
    back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    assert "Upload corrected file" in read(client.get(back)).text
    client.post(back, fill_in())
    assert Upload.objects.filter(follows=first).count() == 1


def test_other_forms_lead_back_to_their_page_without_what_was_in_them(world):
    answer = Client().post("/change-focus/", {"school_year": 2020})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == ["/change-focus/"]
