"""The student list of an organization: who is there, who is active, and what is shown of them."""

from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tidegate.records import student_list
from tidegate.records.import_folder import import_reference
from tidegate.records.models import Enrollment, Student, StudentVersion
from tidegate.records.student_list import StudentList
from tidegate.records.students import organizations_of
from tidegate.reference.models import Organization, SchoolYear

pytestmark = pytest.mark.django_db

TODAY = date(2021, 1, 15)
ARIA, BANJO = "900000001", "900000002"


@pytest.fixture(params=["gathered", "walked", "on the roster"], autouse=True)
def way(request, monkeypatch):
    """All ways to the list give the same list: as if everybody were few, a SAU had many, or neither."""
    few = 10_000 if request.param == "gathered" else -1
    monkeypatch.setattr(StudentList, "_max_gathered", lambda self: few)
    monkeypatch.setattr(student_list, "_MAX_ON_WALKED_ROSTER", 10**9 if request.param == "on the roster" else -1)


@pytest.fixture
def listed(imported, db):
    """Return the numbers of the students of an organization: `listed(1000, show_students="active")`."""
    SchoolYear.objects.create(first=2021, name="2021-2022")

    def ask(organization_id: int | None, *, first: int = 2020, show_students: str = "all") -> list[str]:
        organization = Organization.objects.get(pk=organization_id) if organization_id else None
        year = SchoolYear.objects.get(first=first)
        students = StudentList(organization, year, show_students=show_students, today=TODAY)
        numbers = [student.number for student in students.rows(0, 50)]
        assert students.count() in (len(numbers), None)
        return numbers

    return ask


@pytest.mark.parametrize(
    ("organization_id", "numbers"),
    [
        (None, [ARIA, BANJO]),
        (1000, [ARIA, BANJO]),
        (1001, [ARIA, BANJO]),
        (2000, [ARIA, BANJO]),  # Aria at its CTE school, Banjo at its high school
        (2001, [ARIA]),
        (2002, [BANJO]),
    ],
)
def test_a_saus_students_are_its_own_and_those_at_its_schools(listed, organization_id, numbers):
    assert listed(organization_id) == numbers


def test_another_year_has_other_students(listed):
    assert listed(1000, first=2021) == []


def test_active_is_who_has_not_left(listed):
    assert listed(1000, show_students="active") == [ARIA]
    assert listed(1000, show_students="inactive") == [BANJO]
    assert listed(2000, show_students="active") == [ARIA, BANJO]
    assert listed(None, show_students="inactive") == []


def test_who_will_leave_is_active_until_then(listed):
    sau, year = Organization.objects.get(pk=1000), SchoolYear.objects.get(first=2020)
    days = (date(2020, 11, 30), date(2020, 12, 1))
    active = [StudentList(sau, year, show_students="active", today=day).rows(0, 50) for day in days]
    assert [BANJO in [student.number for student in students] for students in active] == [True, False]


def test_a_student_carries_the_current_name(listed, write_folder):
    import_reference(write_folder(students=["900000001,Backbeat,Aria,,2004-05-17,F"]), by=None)
    year = SchoolYear.objects.get(first=2020)
    students = StudentList(Organization.objects.get(pk=1001), year).rows(0, 50)
    found = next(student for student in students if student.number == ARIA)
    assert (found.last_name, found.first_name, found.date_of_birth) == ("Backbeat", "Aria", date(2004, 5, 17))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (ARIA, [ARIA]),
        ("90000", [ARIA, BANJO]),
        ("900000002 ban", [BANJO]),
        ("900000002 aria", []),
        ("1234567890", []),
        ("%", []),
        ("\\", []),
        ("amp", [ARIA]),
        ("Octave", []),
        ("o'oct ban", [BANJO]),
        ("Amplifier, Aria", [ARIA]),
        ("", [ARIA, BANJO]),
    ],
)
def test_students_are_found_by_number_or_by_the_beginnings_of_names(listed, text, numbers):
    students = StudentList(None, SchoolYear.objects.get(first=2020), search=text)
    assert [student.number for student in students.rows(0, 50)] == numbers


@pytest.mark.parametrize(
    ("organization_id", "text", "numbers"),
    [
        (1000, "l00044", [ARIA]),
        (1001, "L00044", [ARIA]),
        (1000, "L00044 aria", [ARIA]),
        (1000, "L00044 banjo", []),
        (None, "L00044", [ARIA]),
        (2000, "L00044", []),  # of another office, where it may be somebody else
        (1000, "90000000", [ARIA, BANJO]),
        (1000, "77", [BANJO]),
        (1000, "7", []),
    ],
)
def test_students_are_found_by_a_number_in_their_lines(listed, organization_id, text, numbers):
    Enrollment.objects.filter(student=ARIA, enrollment_type="P").update(school_student_id="L00044")
    Enrollment.objects.filter(student=BANJO, sau=1000).update(school_student_id="77")
    organization = Organization.objects.get(pk=organization_id) if organization_id else None
    students = StudentList(organization, SchoolYear.objects.get(first=2020), search=text)
    every = students.rows(0, 50)
    assert [student.number for student in every] == numbers
    for position, student in enumerate(every):
        assert students.page_after(students.cursor_of(student), count=9) == every[position + 1 :]


def test_the_organizations_of_a_student_are_those_of_the_current_enrollments(listed):
    student = Student.objects.get(number=ARIA)
    assert {o.pk for o in organizations_of(student)} == {1000, 1001, 2001}
    assert not organizations_of(student, SchoolYear.objects.get(first=2021)).exists()


@pytest.fixture
def many(listed):
    """Add 30 students, whose names come in another order than their numbers, and return the state's school year."""
    year = SchoolYear.objects.get(first=2020)
    place = {"sau_id": 1000, "school_id": 1001, "school_year": year, "entry_date": date(2020, 9, 1)}
    for number in range(30):
        student = Student.objects.create(number=str(910000000 + number))
        names = {"last_name": f"Name{number * 7 % 10}", "first_name": "Name" if number < 15 else f"Alto{number}"}
        StudentVersion.objects.create(student=student, **names)
        Enrollment.objects.create(student=student, enrollment_type="P", **place)
    return year


def test_a_page_goes_on_where_the_one_before_it_ended(many):
    for organization_id, search in product([None, 1000, 1001], ["", "name", "alto", "91 name", "al na", "9100"]):
        organization = Organization.objects.get(pk=organization_id) if organization_id else None
        students = StudentList(organization, many, search=search, today=TODAY)
        every = students.rows(0, 100)
        assert len(every) == len({student.number for student in every})
        for position, student in enumerate(every):
            cursor = students.cursor_of(student)
            assert students.page_after(cursor, count=100) == every[position + 1 :]
            assert students.page_before(cursor, count=4) == every[max(0, position - 4) : position]
        assert students.rows(5, 3) == every[5:8]


def test_a_list_without_a_search_is_by_last_name_then_first_name_then_number(many):
    every = StudentList(None, many).rows(0, 100)
    assert every == sorted(every, key=lambda s: (s.last_name.upper(), s.first_name.upper(), s.number))


def test_who_is_found_by_the_last_name_stands_before_who_is_found_by_the_first(many):
    found = StudentList(None, many, search="name").rows(0, 100)
    assert [student.last_name.startswith("Name") for student in found] == [True] * 30
    found = StudentList(None, many, search="al").rows(0, 100)
    assert found == sorted(found, key=lambda s: (not s.last_name.startswith("Al"), s.first_name.upper(), s.number))


@pytest.mark.parametrize("name", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_nobody_stands_beside_who_is_not_in_the_list(many, name):
    assert StudentList(None, many).page_after(name, count=9) is None


def test_who_is_not_in_the_list_gives_no_place_in_it(many):
    stranger = Student.objects.create(number="920000000")
    StudentVersion.objects.create(student=stranger, last_name="Between")
    assert StudentList(None, many).page_after(str(stranger.public_id), count=9) is None


def test_the_list_takes_as_many_queries_however_long_it_is(listed, many):
    organization = Organization.objects.get(pk=1000)
    counts = []
    for count in (1, 30):
        with CaptureQueriesContext(connection) as captured:
            StudentList(organization, many).rows(0, count)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5
