"""Pages of long lists: each is found from the row beside it, and costs no more where the list is longer."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tidegate.audit.models import Event
from tidegate.audit.record import record_event
from tidegate.records.models import Enrollment, NumberRequest, Student, StudentVersion
from tidegate.records.student_list import StudentList
from tidegate.uploads.models import Finding, Upload
from tidegate.web import pages

STATUS = "/state-reporting-status/"


@pytest.fixture
def short_pages(monkeypatch):
    """Five rows a page, and lists counted up to twelve."""
    monkeypatch.setattr(pages, "ROWS_ON_A_PAGE", 5)
    monkeypatch.setattr(pages, "MAX_COUNTED_ROWS", 12)


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
    monkeypatch.setattr(StudentList, "_max_gathered", lambda self: few)
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
    client.get("/")  # the first page renews the session
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


AUDIT_LOG = (
    "/audit-log/?act=upload.sent", "/audit-log/?act=upload.sent&organization_id=1000", "/audit-log/?upload_id=1",
    "/audit-log/?organization_id=1000", "/audit-log/?person=nobody@example.org", "/audit-log/?last_day=2020-01-01",
)  # fmt: skip
LARGE_TABLES = (
    "uploads_upload", "uploads_finding", "uploads_findingcount", "records_student", "records_studentversion",
    "records_enrollment", "records_cterecord", "records_rosterline", "audit_event",
)  # fmt: skip


def queries_of(client, addresses) -> set[str]:
    """Return the queries of these pages, each once."""
    with CaptureQueriesContext(connection) as captured:
        for address in addresses:
            client.get(address)
    return {query["sql"] for query in captured if query["sql"].lstrip().startswith(("SELECT", "WITH"))}


def explain(query: str) -> dict:
    """Return the plan of a query and what it has read; small tables, too, are read by an index, as large ones are."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}")
        return cursor.fetchone()[0][0]["Plan"]


def rows_read(plan: dict) -> int:
    """Return how many rows of the large tables the plan has read, also those that it then left out."""
    is_large = plan.get("Relation Name") in LARGE_TABLES
    each = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if is_large else 0
    return round(each * plan["Actual Loops"]) + sum(map(rows_read, plan.get("Plans", ())))


@pytest.mark.parametrize("search", ["", "name alto"])
def test_a_page_reads_no_more_rows_where_the_state_has_grown_elsewhere(signed_in, world, search):
    upload = grow(world, 5).pk
    before = _rows_read(signed_in, upload, search)
    grow_elsewhere(world, 400)
    # The audit log may read more, and a plan may change: less than a table that has grown by 400.
    assert _rows_read(signed_in, upload, search) <= before + 150, "A page reads what is not its own"


def _rows_read(signed_in, upload: int, search: str) -> int:
    read = 0
    with connection.cursor() as cursor:  # what a database does by itself after a while
        cursor.execute(f"ANALYZE {', '.join(LARGE_TABLES)}")
    for role, addresses in (("data specialist", ADDRESSES), ("state administrator", AUDIT_LOG)):
        client = signed_in(role)
        client.post("/students/search/", {"search": search})
        queries = queries_of(client, [address.format(upload=upload) for address in addresses])
        read += sum(rows_read(explain(query)) for query in queries)
    return read


def grow_elsewhere(world, count: int) -> None:
    """Add so much of everything in another district."""
    upload = world.send(world.harbor)
    numbers = [str(930_000_000 + number) for number in range(count)]
    Student.objects.bulk_create(Student(number=number) for number in numbers)
    StudentVersion.objects.bulk_create(
        StudentVersion(student_id=number, last_name="Name", first_name="Alto") for number in numbers
    )
    place = {"sau": world.harbor, "school": world.harbor, "school_year": world.year, "entry_date": "2020-09-01"}
    Enrollment.objects.bulk_create(Enrollment(student_id=number, enrollment_type="P", **place) for number in numbers)
    usual = {"code": "CTE403", "column": "CTECode", "severity": "error", "message": "Wrong"}
    Finding.objects.bulk_create(Finding(upload=upload, row=row, **usual) for row in range(count))
    other = {"person_email": "other@example.org", "organization_id": world.harbor.pk, "subject_kind": "upload"}
    Event.objects.bulk_create(Event(act="student.viewed", subject_id=str(number), **other) for number in range(count))
    for _ in range(count):
        world.send(world.harbor, file_type="student_enrollment")


def test_pages_by_number_lead_through_all_rows_and_back(signed_in, world, read, short_pages):
    add_students(world, 12)
    for number in range(12):
        world.claim(str(910_000_000 + number))
    client = signed_in("data specialist")
    there = list(walk(client, read, "/conflicts/"))
    back = list(walk(client, read, "/conflicts/?page=3", "prev"))[::-1]
    found = [[each.student.number for each in response.context["page"]] for response in there]
    assert found == [[each.student.number for each in response.context["page"]] for response in back]
    assert sorted(number for page in found for number in page) == [str(910_000_000 + number) for number in range(12)]
    assert "Previous page Page 2 Next page" in read(there[1]).text
