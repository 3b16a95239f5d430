"""State Reporting Status."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tidegate.accounts.focus import save_focus
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import DataSpecialist

ADDRESS = "/state-reporting-status/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_table_has_the_guides_columns(specialist, world):
    world.send()
    html = specialist.get(ADDRESS).content.decode()
    for title in (
        "File Type",
        "File Name",
        "Sent by",
        "Sent at",
        "State",
        "Row Count",
        "Success Count",
        "Error",
        "Result Log",
    ):
        assert f">{title}</th>" in html


def test_a_finished_upload_shows_its_counts_and_its_result_log(specialist, world, read):
    upload = world.send(row_count=1412, success_count=1398, error_count=14)
    page = read(specialist.get(ADDRESS))
    assert "CTE cte.csv" in page.text
    assert "Finished" in page.text
    assert "1,412 1,398 14" in page.text
    assert f"/state-reporting-status/{upload.pk}/result-log/" in [a.get("href") for a in page.all("a")]


def test_an_upload_that_waits_has_no_counts_and_no_log_yet(specialist, world, read):
    world.send(state="waiting", row_count=None, success_count=None, error_count=None)
    page = read(specialist.get(ADDRESS))
    assert "Waiting" in page.text
    assert "not known" in page.text
    assert not any("result-log" in a.get("href", "") for a in page.all("a"))


def test_the_table_asks_again_by_itself_only_while_something_is_under_way(specialist, world):
    world.send()
    assert "hx-trigger" not in specialist.get(ADDRESS).content.decode()
    upload = world.send(state="processing", row_count=None, success_count=None, error_count=None)
    assert 'hx-trigger="every 300ms"' in specialist.get(ADDRESS).content.decode()
    upload.sent_at -= timedelta(minutes=1)
    upload.save()
    assert 'hx-trigger="every 2s"' in specialist.get(ADDRESS).content.decode()


def test_htmx_gets_the_table_alone_and_a_sentence_for_screen_readers_at_the_end(specialist, world):
    upload = world.send(state="processing", row_count=None, success_count=None, error_count=None)
    assert "announcement" not in specialist.get(ADDRESS, **HTMX).content.decode()
    upload.state = "finished"
    upload.save()
    html = specialist.get(ADDRESS, **HTMX).content.decode()
    assert "<html" not in html
    assert 'id="announcement" hx-swap-oob' in html


def test_a_file_that_could_not_be_read_says_why_in_the_table(specialist, world, read):
    upload = world.send(state="failed", row_count=None, success_count=None, error_count=None)
    world.find(upload, row=None, code="FILE002", message="The file is a PDF document, not a CSV or TXT file")
    assert "Failed The file is a PDF document, not a CSV or TXT file" in read(specialist.get(ADDRESS)).text


def test_only_uploads_of_the_focus_are_shown(specialist, world, read):
    world.send(file_name="ours.csv")
    world.send(world.high_school, file_name="our-school.csv")
    world.send(world.harbor, file_name="foreign.csv")
    world.send(file_name="other-year.csv", school_year=world.newer_year)
    text = read(specialist.get(ADDRESS)).text
    assert "ours.csv" in text
    assert "our-school.csv for Rock Star High School" in text
    assert "foreign.csv" not in text
    assert "other-year.csv" not in text


def test_the_whole_state_sees_every_upload_with_its_organization(signed_in, world, read):
    world.send(world.harbor, file_name="harbor.csv")
    text = read(signed_in("state administrator").get(ADDRESS)).text
    assert "Organization" in text
    assert "harbor.csv Harbor Public Schools" in text


def test_the_menu_has_upload_file_only_for_whoever_may_send(specialist, signed_in, world, read):
    world.send()
    assert "Upload File" in read(specialist.get(ADDRESS)).text
    assert "Upload File" not in read(signed_in("viewer").get(ADDRESS)).text


def test_without_an_upload_the_page_says_what_to_do_next(specialist, read):
    text = read(specialist.get(ADDRESS)).text
    assert "No file has been sent yet" in text
    assert "The Student Enrollment file comes first" in text


def test_many_uploads_stand_on_pages_the_newest_first(specialist, world, read):
    for number in range(60):
        world.send(file_name=f"file-{number:02}.csv", sent_at=timezone.now() + timedelta(minutes=number))
    first, second = (read(specialist.get(ADDRESS, {"page": page})).text for page in (1, 2))
    assert "file-59.csv" in first
    assert "Page 1 of 2" in first
    assert "file-00.csv" in second
    assert "file-00.csv" not in first


def test_a_full_page_of_uploads_costs_no_more_queries_than_one(specialist, world, django_assert_max_num_queries):
    for _ in range(50):
        world.send()
    with django_assert_max_num_queries(17):
        specialist.get(ADDRESS)


def test_a_file_name_is_shown_and_never_run(specialist, world):
    world.send(file_name='<img src=x onerror="alert(1)">.csv')
    assert "<img src=x" not in specialist.get(ADDRESS).content.decode()


def hold(world, **fields):
    return world.send(state="on_hold", replaced_count=700, replaced_percent=80, **fields)


def releaser(world) -> Client:
    second = Person.objects.create_user("second@example.org", "a long password", name="Second Person")
    Membership.objects.create(person=second, role=DataSpecialist.slug, organization=world.rock_star)
    save_focus(by=second, school_year=world.year, organization=world.rock_star)
    client = Client()
    client.force_login(second)
    return client


def test_who_may_release_an_upload_sees_it_whatever_is_in_focus(world, read):
    upload = hold(world, school_year=world.newer_year)
    page = read(releaser(world).get(ADDRESS))
    day = f"{timezone.localtime(upload.sent_at):%B} {timezone.localtime(upload.sent_at).day}"
    assert "1 upload waits for release" in page.text
    assert f"CTE of Rock Star Public Schools, 2026-2027, sent by Data Specialist on {day} – Look at it" in (
        " ".join(page.text.split())
    )
    assert f"{ADDRESS}{upload.pk}/" in [a.get("href") for a in page.all("a")]


def test_the_sender_sees_the_own_upload_on_hold(specialist, world, read):
    hold(world)
    assert "1 upload waits for release CTE of Rock Star Public Schools, 2020-2021, sent by you on" in (
        " ".join(read(specialist.get(ADDRESS)).text.split())
    )


def test_uploads_on_hold_are_shown_to_nobody_else(signed_in, world):
    hold(world)
    world.send()
    for role in ("viewer", "CTE director", "specialist elsewhere"):
        assert "for release" not in signed_in(role).get(ADDRESS).content.decode()
    hold(world, organization=world.harbor, sent_by=world.person("viewer"))  # who sent it when they still could
    assert "for release" not in signed_in("viewer").get(ADDRESS).content.decode()


def test_many_uploads_on_hold_are_counted_at_no_more_queries(signed_in, world, read, django_assert_max_num_queries):
    for _ in range(7):
        hold(world)
    client = signed_in("state administrator")
    client.get(ADDRESS)
    with django_assert_max_num_queries(16):
        page = read(client.get(ADDRESS))
    assert "7 uploads wait for release" in page.text
    assert page.text.count("Look at it") == 5
    assert "The oldest 5 are shown." in page.text


def test_an_upload_that_goes_on_hold_is_said_while_the_page_asks_again(specialist, world, read):
    hold(world)
    html = specialist.get(ADDRESS, **HTMX).content.decode()
    assert '<div id="on-hold" hx-swap-oob="true">' in html
    assert "1 upload waits for release" in html
