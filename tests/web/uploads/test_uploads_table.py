"""The filters, the order and the states of State Reporting Status."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.web.page import Page
from tests.web.world import STUDENT
from tidegate.accounts.focus import save_focus
from tidegate.records.models import AnswerLine, NumberRequest
from tidegate.uploads.models import Progress, State, Step, Upload

ADDRESS = "/state-reporting-status/"


def names(response) -> list[str]:
    return [upload.file_name for upload in response.context["page"]]


@pytest.fixture
def three(world):
    """Three uploads that differ in all that is asked for."""
    now = datetime(2020, 10, 10, 12, tzinfo=timezone.get_default_timezone())
    counts = {"row_count": 9, "success_count": 9, "error_count": 0}
    world.send(file_name="b-old.csv", sent_at=now - timedelta(days=9), finished_at=now, **counts)
    school = {"organization": world.high_school, "sent_by": world.person("state administrator")}
    school |= {"finished_at": now + timedelta(days=1), "check_only": True}
    world.send(file_name="C-school.csv", sent_at=now, file_type="student-enrollment", **school)
    counts = {"row_count": None, "success_count": None, "error_count": None}
    world.send(file_name="a-new.csv", sent_at=now + timedelta(days=1), state="waiting", **counts)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["a-new.csv", "C-school.csv", "b-old.csv"]),
        ({"text": "SCHOOL.csv"}, ["C-school.csv"]),
        ({"text": "high school"}, ["C-school.csv"]),
        ({"file_type": "student-enrollment"}, ["C-school.csv"]),
        ({"state": "waiting"}, ["a-new.csv"]),
        ({"state": "to_fix"}, ["C-school.csv"]),
        ({"sent_by": "administrator"}, ["C-school.csv"]),
        ({"sent_by": "data.specialist@"}, ["a-new.csv", "b-old.csv"]),
        ({"sent_from": "2020-10-10"}, ["a-new.csv", "C-school.csv"]),
        ({"sent_to": "2020-10-10"}, ["C-school.csv", "b-old.csv"]),
        ({"sent_from": "2020-10-10", "sent_to": "2020-10-10"}, ["C-school.csv"]),
        ({"sent_to": "9999-12-31", "sent_from": "0001-01-01"}, ["a-new.csv", "C-school.csv", "b-old.csv"]),
        ({"finished_from": "2020-10-11"}, ["C-school.csv"]),
        ({"finished_to": "2020-10-10"}, ["b-old.csv"]),
        ({"finished_to": "9999-12-31", "finished_from": "0001-01-01"}, ["C-school.csv", "b-old.csv"]),
        ({"loaded": "only"}, ["b-old.csv"]),
        ({"sort": "oldest"}, ["b-old.csv", "C-school.csv", "a-new.csv"]),
        ({"sort": "file_name"}, ["a-new.csv", "b-old.csv", "C-school.csv"]),
        ({"sort": "row_count"}, ["b-old.csv", "C-school.csv", "a-new.csv"]),
        ({"sort": "error_count"}, ["C-school.csv", "b-old.csv", "a-new.csv"]),
        ({"text": "no such file"}, []),
        ({"text": "%"}, []),
        ({"text": "\x00"}, ["a-new.csv", "C-school.csv", "b-old.csv"]),
    ],
)
def test_filters_and_order_are_part_of_the_address(specialist, three, asked, found):
    assert names(specialist.get(ADDRESS, asked)) == found


@pytest.mark.parametrize("asked", [{"sent_from": "yesterday"}, {"file_type": "none"}, {"sort": "none"}])
def test_a_filter_that_cannot_be_read_is_said_beside_its_field(specialist, three, asked):
    response = specialist.get(ADDRESS, asked)
    assert response.status_code == 422
    assert len(names(response)) == 3
    assert response.context["form"].errors


def test_where_nothing_fits_the_page_says_so_and_offers_all(specialist, three, read):
    page = read(specialist.get(ADDRESS, {"text": "zzz"}))
    assert "No upload found" in page.text
    assert "No file has been sent yet" not in page.text
    assert page.broken() == []


@pytest.mark.parametrize("sort", ["", "oldest", "file_name", "sent_by", "state", "file_type", "row_count"])
def test_pages_of_a_sorted_table_have_every_upload_once(specialist, world, sort):
    rows = [
        Upload(
            **{name: getattr(first, name) for name in ("file_type", "organization", "school_year", "sent_by")},
            file_name=f"{number % 7}.csv",
            sent_at=timezone.now() + timedelta(minutes=number),
            state=State.FINISHED,
            byte_count=1,
            row_count=number % 5 or None,
            success_count=number % 5 or None,
            error_count=0,
        )
        for first in [world.send(file_name="0.csv")]
        for number in range(119)
    ]
    Upload.objects.bulk_create(rows)
    seen, address = [], f"{ADDRESS}?sort={sort}&text=csv"
    while address:
        response = specialist.get(address)
        seen += [upload.pk for upload in response.context["page"]]
        following = [a for a in Page(response.content.decode()).all("a") if a.get("rel") == "next"]
        address = f"{ADDRESS}{following[0]['href']}" if following else None
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("sort", ["state", "row_count", "success_count", "error_count"])
def test_an_upload_that_ends_meanwhile_hides_none_of_the_next_page(specialist, world, sort):
    counts = {"state": "processing", "row_count": 10, "success_count": 5, "error_count": 5}
    sent = [world.send(file_name=f"{number}.csv", **counts) for number in range(60)]
    first = specialist.get(ADDRESS, {"sort": sort}).context["page"]
    ended = {"state": "waiting", "row_count": 2, "success_count": 1, "error_count": 1}
    Upload.objects.filter(pk=first.object_list[-1].pk).update(**ended)
    following = specialist.get(ADDRESS, {"sort": sort, "page": 2, "after": first.last}).context["page"]
    assert {each.pk for each in sent} - {each.pk for each in (*first, *following)} == set()


def test_filters_cost_no_query_more(specialist, three, django_assert_max_num_queries):
    asked = {"text": "a", "file_type": "cte", "state": "to_fix", "sent_by": "data", "sort": "row_count"}
    with django_assert_max_num_queries(16):
        specialist.get(ADDRESS, asked)


def test_the_sorted_column_is_said_to_screen_readers(specialist, three):
    assert '<th role="columnheader" scope="col" class="moment" aria-sort="descending">Sent at</th>' in (
        specialist.get(ADDRESS).content.decode()
    )
    html = specialist.get(ADDRESS, {"sort": "file_name"}).content.decode()
    assert 'class="file-name" aria-sort="ascending">File Name</th>' in html
    assert html.count("aria-sort") == 1


def test_an_upload_that_was_corrected_later_is_calm(specialist, world, read):
    fixed = world.send(file_name="clean.csv", row_count=3, success_count=3, error_count=0)
    first = world.send(file_name="first.csv", corrected_by=fixed)
    response = specialist.get(ADDRESS)
    assert 'class="state care"' not in response.content.decode()
    assert f"corrected by upload {fixed.pk}" in " ".join(read(response).text.split())
    assert names(specialist.get(ADDRESS, {"state": "to_fix"})) == []
    assert f"The rest was corrected by upload {fixed.pk}." in read(specialist.get(f"{ADDRESS}{first.pk}/")).text
    fixed.state = State.UNDONE
    fixed.save()
    assert 'class="state care"' in specialist.get(ADDRESS).content.decode()
    assert names(specialist.get(ADDRESS, {"state": "to_fix"})) == ["first.csv"]


def test_held_rows_are_no_errors_of_the_sender(specialist, world, read):
    upload = world.send(file_type="new-state-id", held_count=2)
    names_of = {"last_name": "Q", "first_name": "R", "date_of_birth": date(2004, 3, 9), "gender": "F"}
    for row in (2, 3):
        asked = {"request_key": str(row), "sau_id": 1000, "grade_level": "11", "asked_by": upload.pk}
        request = NumberRequest.objects.create(**asked, **names_of, outcome="held")
        AnswerLine.objects.create(upload_id=upload.pk, row=row, result="Held until", request=request)
    response = specialist.get(ADDRESS)
    assert "2 held for the state" in read(response).text
    assert 'class="state care"' not in response.content.decode()
    NumberRequest.objects.filter(pk=request.pk).update(outcome="same person", student=STUDENT)
    assert "1 held for the state" in read(specialist.get(ADDRESS)).text
    assert names(specialist.get(ADDRESS, {"state": "to_fix"})) == []


@pytest.fixture
def under_way(world):
    began = timezone.now() - timedelta(seconds=20)
    counts = {"row_count": None, "success_count": None, "error_count": None}
    upload = world.send(state="processing", started_at=began, **counts)
    Progress.objects.create(upload=upload, step=Step.CHECKING, row_count=100_000)
    return upload


def test_the_table_says_the_step_of_an_upload_that_is_processed(specialist, under_way, read):
    text = " ".join(read(specialist.get(ADDRESS)).text.split())
    assert "Step 2 of 4: Checking the rows, 100,000 rows" in text
    assert "done at about" not in text


def test_the_expected_end_is_told_by_uploads_of_about_this_size(specialist, world, under_way, read):
    end = timezone.now() - timedelta(days=1)
    took = {"started_at": end - timedelta(minutes=30), "finished_at": end}
    tiny = {"row_count": 10, "success_count": 10, "error_count": 0}
    world.send(sent_at=took["started_at"], **took, **tiny)
    assert "done at about" not in read(specialist.get(ADDRESS)).text
    large = {"row_count": 50_000, "success_count": 50_000, "error_count": 0}
    world.send(sent_at=took["started_at"], **took, **large)
    expected = timezone.localtime(under_way.started_at + timedelta(hours=1))
    assert f"done at about {expected:%-I:%M %p}" in read(specialist.get(ADDRESS)).text
    assert "done at about" in read(specialist.get(f"{ADDRESS}{under_way.pk}/")).text


def test_what_takes_longer_than_it_should_has_no_expected_end(specialist, world, under_way, read):
    end = timezone.now() - timedelta(days=1)
    took = {"started_at": end - timedelta(seconds=1), "finished_at": end, "sent_at": end}
    world.send(**took, row_count=100_000, success_count=100_000, error_count=0)
    assert "done at about" not in read(specialist.get(ADDRESS)).text


def test_the_whole_state_is_filtered_by_the_name_of_an_organization(signed_in, world):
    world.send(world.harbor, file_name="harbor.csv")
    world.send(file_name="ours.csv")
    client = signed_in("state administrator")
    assert names(client.get(ADDRESS, {"text": "Harbor"})) == ["harbor.csv"]


def test_a_filter_shows_nothing_out_of_the_focus(specialist, world):
    world.send(world.harbor, file_name="harbor.csv")
    assert names(specialist.get(ADDRESS, {"text": "harbor"})) == []
    save_focus(by=world.person("data specialist"), school_year=world.newer_year, organization=world.rock_star)
    world.send(file_name="other-year.csv")
    assert names(specialist.get(ADDRESS, {"sent_from": date.min.isoformat()})) == []
