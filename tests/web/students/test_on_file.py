"""The page of the lines on file: downloads for those who may send, and a file compared with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tidegate.audit.models import Event
from tidegate.file_types import find

HEADER = ",".join(find("cte").layout.columns)
LINE = "2000,2001,900000001,,01.0205,2020-09-02,,1.50,"


@pytest.fixture
def director(signed_in):
    return signed_in("CTE director")


def compare(client, *lines: str, **more):
    file = SimpleUploadedFile("cte.csv", "\n".join([HEADER, *lines, ""]).encode())
    return client.post(reverse("on_file"), {"file_type": "cte", "file": file, **more})


def test_each_file_can_be_had_with_where_its_lines_came_from(director, read):
    page = read(director.get(reverse("on_file")))
    for name in ("cte", "student_enrollment", "students"):
        assert f"{name}.csv" in page.text
        answer = director.get(reverse("on_file_download", args=[f"{name}_sources", "csv"]))
        assert answer.status_code == 200
    answer = director.get(reverse("on_file_download", args=["cte", "csv"]), {"as_of": ""})
    assert b"".join(answer.streaming_content).decode() == f"{HEADER}\r\n{LINE}\r\n"
    assert 'filename="cte.csv"' in answer["Content-Disposition"]
    event = Event.objects.filter(act="records.exported").latest("pk")
    assert (event.organization_id, event.details["file"]) == (2001, "cte")


def test_only_people_who_may_send_are_led_to_the_lines_on_file(signed_in, director, read):
    viewer = signed_in("viewer")
    assert viewer.get(reverse("on_file")).status_code == 403
    for address in ("/students/", "/file-types/cte/"):
        assert "Lines on file" in read(director.get(address)).text
        assert "Lines on file" not in read(viewer.get(address)).text


@pytest.mark.parametrize(("name", "suffix"), [("grades", "csv"), ("cte", "xlsx"), ("new_state_id", "csv")])
def test_what_is_not_on_file_is_not_found(director, name, suffix):
    assert director.get(reverse("on_file_download", args=[name, suffix])).status_code == 404


def test_a_day_that_is_none_is_refused(director):
    assert director.get(reverse("on_file_download", args=["cte", "csv"]), {"as_of": "never"}).status_code == 400


def test_a_compared_file_shows_its_counts_and_cells(director, read):
    page = read(compare(director, LINE.replace("1.50", "2.25")))
    assert page.broken() == []
    assert "0 lines are the same, 1 differs, 0 are only in the file, 0 are only on file" in page.text
    assert "CreditsEarned 2.25 1.50" in " ".join(page.text.split())
    assert "The file and the lines on file are the same: 1 line" in read(compare(director, LINE)).text


def test_the_differences_can_be_downloaded(director):
    answer = compare(director, LINE.replace("1.50", "2.25"), csv="yes")
    assert b"differs,2,CreditsEarned,2.25,1.50," in b"".join(answer.streaming_content)


def test_a_file_that_cannot_be_read_says_why_on_the_form(director, read):
    empty = SimpleUploadedFile("cte.csv", b"")
    answer = director.post(reverse("on_file"), {"file_type": "cte", "file": empty})
    assert answer.status_code == 422
    assert "The file is empty" in read(answer).text


def test_a_viewer_neither_downloads_nor_compares(signed_in):
    viewer = signed_in("viewer")
    assert viewer.get(reverse("on_file")).status_code == 403
    assert compare(viewer, LINE).status_code == 403
