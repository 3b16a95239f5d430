"""Pages of long lists: each is found from the row beside it, and costs no more where the list is longer."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tidegate.audit.record import record_event
from tidegate.records.models import Enrollment, NumberRequest, Student, StudentVersion
from tidegate.records.student_list import StudentList
from tidegate.uploads.models import Upload
from tidegate.web import pages

STATUS = "/state-reporting-status/"


@pytest.fixture
def short_pages(monkeypatch):
    """Five rows a page, and lists counted up to twelve."""
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 5)
    monkeypatch.setattr(pages, "MOST_COUNTED", 12)


def add_uploads(world, count: int) -> None:
    for number in range(count):  # three were sent at the same instant each
        world.send(file_name=f"file-{number:02}.csv", sent_at=timezone.now() + timedelta(minutes=number // 3))


def add_students(world, count: int, first: int = 910_000_000) -> None:
    place = {"sau": world.rock_star, "school": world.high_school, "school_year": world.year}
    for number in range(count):
        student = Student.objects.create(number=str(first + number))
        StudentVersion.objects.create(student=student, last_name=f"Name{number % 7}", first_name=f"Alto{number % 3}")
        Enrollment.objects.create(student=student, enrollment_type="P", entry_date="2020-09-01", **place)


def walk(client, read, address: str, rel: str = "next"):
    """Yield every page from this address on, as its Next page button leads to it."""
    while True:
        response = client.get(address)
        yield response
        ways = [a["href"] for a in read(response).all("a") if a.get("rel") == rel]
        if not ways:
            return
        address = response.wsgi_request.path + ways[0]


def there_and_back(client, read, address: str) -> list:
    """Return the rows of every page, having walked to the last one and back."""
    there = list(walk(client, read, address))
    last = there[-1].wsgi_request.get_full_path()
    back = list(walk(client, read, last, "prev"))[::-1]
    assert [[row.pk for row in response.context["page"]] for response in there] == [
        [row.pk for row in response.context["page"]] for response in back
    ]
    return [row for response in there for row in response.context["page"]]


def test_uploads_are_walked_there_and_back_none_left_out_and_none_twice(specialist, world, short_pages, read):
    add_uploads(world, 23)
    rows = there_and_back(specialist, read, STATUS)
    assert len(rows) == len({row.pk for row in rows}) == 23
    assert all((one.sent_at, one.pk) > (two.sent_at, two.pk) for one, two in pairwise(rows))


@pytest.mark.parametrize("few", [10_000, -1])
@pytest.mark.parametrize("search", ["", "name", "alto"])
def test_students_are_walked_there_and_back(specialist, world, short_pages, read, monkeypatch, few, search):
    monkeypatch.setattr(StudentList, "_few_among", lambda self: few)
    add_students(world, 23)
    specialist.post("/students/search/", {"search": search})
    rows = there_and_back(specialist, read, "/students/")
    assert len(rows) == len({row.number for row in rows}) == 23 + (not search)


def test_findings_of_a_rule_are_walked_there_and_back_with_their_number(specialist, world, short_pages, read):
    upload = world.send()
    for row in range(2, 25):
        world.find(upload, row=row)
    address = f"{STATUS}{upload.pk}/findings/CTE403/?column=CTECode"
    assert [finding.row for finding in there_and_back(specialist, read, address)] == list(range(2, 25))
    assert "21 to 23 of 23 Previous page Page 5 of 5" in read(list(walk(specialist, read, address))[-1]).text


def test_a_list_that_is_too_long_to_count_says_where_one_is(specialist, world, short_pages, read):
    add_uploads(world, 13)
    first, second, third = walk(specialist, read, STATUS)
    assert "1 to 5 Page 1 Next page" in read(first).text
    assert "6 to 10 Previous page Page 2 Next page" in read(second).text
    assert "11 to 13 Previous page Page 3" in read(third).text


def test_what_was_sent_meanwhile_shifts_no_page(specialist, world, short_pages, read):
    add_uploads(world, 12)
    _, second, *_ = walk(specialist, read, STATUS)
    for _ in range(3):
        world.send(sent_at=timezone.now() + timedelta(days=1))
    again = specialist.get(second.wsgi_request.get_full_path())
    assert [row.pk for row in again.context["page"]] == [row.pk for row in second.context["page"]]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"page": "2"}, 2),
        ({"page": "99"}, 3),
        ({"page": "0"}, 1),
        ({"page": "x"}, 1),
        ({"page": "²"}, 1),
        ({"page": "9" * 5000}, 1),
        ({"page": "2", "after": "x"}, 2),
        ({"page": "2", "after": "9" * 30}, 2),
        ({"page": "3", "before": "\x00"}, 3),
        ({"page": "1", "after": "1"}, 1),
    ],
)
def test_nonsense_in_an_address_leads_to_the_nearest_page(specialist, world, short_pages, query, number):
    add_uploads(world, 12)
    page = specialist.get(STATUS, query).context["page"]
    assert (page.number, len(page)) == (number, 2 if number == 3 else 5)


@pytest.mark.parametrize("query", [{"page": "2", "after": "x"}, {"page": "4", "before": "\x00"}, {"page": "7"}])
def test_nonsense_in_an_address_of_the_student_list_breaks_nothing(specialist, world, short_pages, query):
    add_students(world, 12)
    assert len(specialist.get("/students/", query).context["page"]) in (3, 5)


def test_an_upload_of_another_organization_gives_no_place_in_the_list(specialist, world, short_pages):
    add_uploads(world, 12)
    foreign = world.send(world.harbor, sent_at=timezone.now() + timedelta(minutes=2))
    page = specialist.get(STATUS, {"page": "2", "after": foreign.pk}).context["page"]
    assert [row.pk for row in page] == [row.pk for row in specialist.get(STATUS, {"page": "2"}).context["page"]]


def grow(world, count: int) -> Upload:
    """Add so much of everything that the pages show, and return the newest upload."""
    add_uploads(world, count)
    add_students(world, count, 920_000_000 + count)
    upload = world.send(file_name="newest.csv", sent_at=timezone.now() + timedelta(days=1))
    for row in range(count):
        world.find(upload, row=row + 2)
        world.find(upload, row=row + 2, code="CELL121", column="SchoolID", severity="notice")
        record_event("upload.sent", by=None, organization=world.rock_star, subject=upload)
        names = {"last_name": f"Held{row}", "first_name": "Some", "date_of_birth": "2004-01-01"}
        more = {"gender": "F", "grade_level": "11", "outcome": "held", "sau_id": 1000, "asked_by": 1}
        NumberRequest.objects.create(request_key=f"{count}-{row}", **names, **more)
    return upload


ADDRESSES = (
    "/", STATUS, "/change-focus/", f"{STATUS}upload-file/", f"{STATUS}{{upload}}/",
    f"{STATUS}{{upload}}/findings/CTE403/?column=CTECode", "/students/", "/tokens/", "/webhooks/",
    "/possible-duplicates/", "/audit-log/", "/audit-log/?act=upload.sent&organization_id=1000",
    "/audit-log/?person=nobody@example.org", "/audit-log/?last_day=2020-01-01", "/file-types/", "/file-types/cte/",
    "/students/11111111-1111-4111-8111-111111111111/", "/students/11111111-1111-4111-8111-111111111111/cte/",
)  # fmt: skip


@pytest.mark.parametrize("role", ["data specialist", "state administrator"])
def test_no_page_asks_more_where_there_is_more(signed_in, world, role):
    client = signed_in(role)
    counts = []
    for count in (2, 58):
        upload = grow(world, count).pk
        asked = {}
        for address in ADDRESSES:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address.format(upload=upload))
            assert response.status_code in (200, 403)
            asked[address] = len(captured)
        counts.append(asked)
    assert counts[0] == counts[1]


LARGE_TABLES = (
    "uploads_upload", "uploads_finding", "uploads_findingcount", "records_student", "records_studentversion",
    "records_enrollment", "records_cterecord", "audit_event",
)  # fmt: skip


@pytest.mark.parametrize("few", [10_000, -1])
@pytest.mark.parametrize("role", ["data specialist", "state administrator"])
@pytest.mark.parametrize("search", ["", "name alto", "9100"])
def test_no_page_has_to_read_the_whole_of_a_large_table(signed_in, world, monkeypatch, role, few, search):
    monkeypatch.setattr(StudentList, "_few_among", lambda self: few)
    client, upload = signed_in(role), grow(world, 2).pk
    client.post("/students/search/", {"search": search})
    with CaptureQueriesContext(connection) as captured:
        for address in ADDRESSES:
            client.get(address.format(upload=upload))
    queries = {query["sql"] for query in captured if query["sql"].lstrip().startswith(("SELECT", "WITH"))}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # small tables, too, are read by an index where there is one
        for query in queries:
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            read_through = [table for table in LARGE_TABLES if f"Seq Scan on {table}" in plan]
            assert not read_through, f"No index helps with {query}"
