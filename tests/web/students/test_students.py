"""The student list."""

import re

import pytest

from tests.web.world import STRANGER, STUDENT, STUDENT_ID
from tidegate.accounts.focus import save_focus
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment, Student, StudentVersion

ADDRESS = "/students/"


def search(client, text: str):
    return client.post(f"{ADDRESS}search/", {"search": text}, follow=True)


def numbers(response):
    return [student.number for student in response.context["page"]]


def test_a_data_specialist_sees_the_students_of_the_sau_alone(specialist):
    assert numbers(specialist.get(ADDRESS)) == [STUDENT]


def test_a_cte_director_sees_the_students_with_a_concurrent_enrollment_there(signed_in):
    assert numbers(signed_in("CTE director").get(ADDRESS)) == [STUDENT]


def test_the_whole_state_sees_everybody(signed_in):
    assert numbers(signed_in("state administrator").get(ADDRESS)) == [STUDENT, STRANGER]


@pytest.mark.parametrize("text", [STUDENT, "qui", "QUILL", "rowan quill", "Quill, Rowan"])
def test_a_student_is_found_by_number_or_by_the_beginning_of_a_name(specialist, text):
    assert numbers(search(specialist, text)) == [STUDENT]


@pytest.mark.parametrize("text", [STRANGER, "Stranger", "nobody", "\x00", "%", "x" * 500])
def test_a_search_never_leaves_the_focus(specialist, text):
    found = numbers(search(specialist, text))
    assert STRANGER not in found


def test_a_search_without_success_says_what_to_do(specialist, read):
    assert "No student found" in read(search(specialist, "zzz")).text


def test_the_list_follows_the_year_of_the_focus(specialist, world, read):
    save_focus(by=world.person("data specialist"), school_year=world.newer_year, organization=world.rock_star)
    assert "No students here yet" in read(specialist.get(ADDRESS)).text


@pytest.mark.parametrize(("choice", "is_there"), [("all", True), ("active", False), ("inactive", True)])
def test_show_students_is_followed(specialist, world, choice, is_there):
    Enrollment.objects.filter(student_id=STUDENT).update(exit_date="2021-01-15", exit_type="02")
    by = world.person("data specialist")
    save_focus(by=by, school_year=world.year, organization=world.rock_star, show_students=choice)
    assert (STUDENT in numbers(specialist.get(ADDRESS))) == is_there


def test_a_full_page_of_students_costs_no_more_queries_than_one(specialist, world, django_assert_max_num_queries, read):
    for number in range(100000100, 100000170):
        Student.objects.create(number=str(number))
        StudentVersion.objects.create(student_id=str(number), last_name="Many")
        place = {"sau": world.rock_star, "school": world.high_school, "school_year": world.year}
        Enrollment.objects.create(student_id=str(number), enrollment_type="P", entry_date="2020-09-01", **place)
    with django_assert_max_num_queries(17):
        response = specialist.get(ADDRESS)
    assert "1 to 50 of 71" in read(response).text


def test_whoever_looks_at_the_list_is_in_the_audit_log_and_what_was_searched_for_is_not(specialist):
    specialist.get(ADDRESS, {"search": "Quill"})
    event = Event.objects.get(act="students.viewed")
    assert (event.organization_id, event.school_year) == (1000, "2020-2021")
    assert event.details == {"count": 1, "students": [str(STUDENT_ID)]}


def test_what_is_searched_for_stands_in_no_address(specialist):
    response = search(specialist, STUDENT)
    assert response.redirect_chain == [(ADDRESS, 302)]
    assert numbers(specialist.get(f"{ADDRESS}?page=1")) == [STUDENT]
    assert STUDENT in numbers(specialist.post(f"{ADDRESS}search/", {"show_all": "yes"}, follow=True))


def test_a_search_does_not_stick(specialist, read):
    search(specialist, "zzz")
    link = next(a["href"] for a in read(specialist.get("/")).all("a") if a.get("href", "").startswith(ADDRESS))
    assert numbers(specialist.get(link)) == [STUDENT]
    assert numbers(specialist.get(ADDRESS)) == [STUDENT]


def test_addresses_of_students_do_not_tell_their_numbers(specialist, read):
    links = [
        link for link in re.findall(r'href="([^"]*)"', specialist.get(ADDRESS).content.decode()) if "students/" in link
    ]
    assert f"/students/{STUDENT_ID}/" in links
    assert not any(STUDENT in link for link in links)
