"""The page of an upload."""

import pytest

from tests.web.world import STUDENT, STUDENT_ID
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.uploads.models import UploadCause
from tidegate.web.uploads import upload_causes

NO_COUNTS = {"row_count": None, "success_count": None, "error_count": None}


def address(upload):
    return f"/state-reporting-status/{upload.pk}/"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"row_count": 14, "success_count": 12, "error_count": 2},
            "12 of 14 rows were loaded 2 rows were not loaded. See below.",
        ),
        (
            {"row_count": 2, "success_count": 1, "error_count": 1},
            "1 of 2 rows was loaded 1 row was not loaded. See below.",
        ),
        ({"row_count": 14, "success_count": 14, "error_count": 0}, "All 14 rows were loaded"),
        ({"row_count": 1, "success_count": 1, "error_count": 0}, "1 row was loaded"),
        ({"row_count": 3, "success_count": 0, "error_count": 3}, "0 of 3 rows were loaded"),
        (
            {"row_count": 3, "success_count": 3, "error_count": 0, "check_only": True},
            "All 3 rows would be loaded This was a check only, and we no longer keep the file: send it again",
        ),
        ({"row_count": 3, "success_count": 1, "error_count": 2, "check_only": True}, "1 of 3 rows would be loaded"),
        ({"state": "waiting", **NO_COUNTS}, "The file is waiting for its turn"),
        ({"state": "processing", **NO_COUNTS}, "The file is being checked"),
        ({"state": "failed", "incident_id": "abc123", **NO_COUNTS}, "Incident ID: abc123"),
        ({"state": "failed", "incident_id": "abc123", **NO_COUNTS}, "Something went wrong on our side"),
    ],
)
def test_the_outcome_is_said_in_plain_words(specialist, world, read, fields, sentence):
    assert sentence in read(specialist.get(address(world.send(**fields)))).text


def test_a_file_that_could_not_be_read_is_named_as_what_it_is_with_what_to_do(specialist, world, read):
    upload = world.send(state="failed", **NO_COUNTS)
    world.find(
        upload,
        row=None,
        column="",
        value="",
        code="FILE002",
        message="The file is a PDF document, not a CSV or TXT file",
    )
    text = read(specialist.get(address(upload))).text
    assert "The file is a PDF document, not a CSV or TXT file No row was loaded" in text
    assert "How to fix it: Open the file in the program that made it" in text


def cause(upload, **fields):
    """Keep a cause of the upload and return it."""
    usual = {
        "number": 1, "code": "CTE403", "severity": "error", "stage": 4, "text": 'Unable to resolve CTE Code "43"',
        "columns": ["CTECode"], "values": ["43"], "row_count": 2, "rows": [2, 5],
    }  # fmt: skip
    first = ("row", "column", "value", "message", "student_number", "suggestions")
    findings = upload.findings.filter(row__in=fields.get("rows", usual["rows"])).values(*first)
    return UploadCause.objects.create(upload=upload, first=list(findings), **usual | fields)


def test_a_cause_is_listed_with_its_rows_and_its_fix(specialist, world, read):
    upload = world.send()
    world.find(upload, row=2)
    world.find(upload, row=5)
    cause(upload, held_back_count=4)
    text = read(specialist.get(address(upload))).text
    assert 'Unable to resolve CTE Code "43" CTE403' in text
    assert "2 rows and 4 more lines of the same students : 2, 5 Who can act: You" in text
    assert "How to fix it: The CTE code in the upload file is incorrect." in text


def test_a_student_stands_by_name_where_the_person_may_see_that_one(specialist, world, read):
    upload = world.send()
    world.find(upload, row=2, column="StateStudentID")
    cause(upload, row_count=1, rows=[2])
    page, link = read(specialist.get(address(upload))), f"/students/{STUDENT_ID}/"
    assert "Rowan Quill" in page.text
    assert any(a.get("href") == link for a in page.all("a"))
    Enrollment.objects.filter(student_id=STUDENT).update(sau=world.harbor, school=world.harbor)
    page = read(specialist.get(address(upload)))
    assert "Quill" not in page.text
    assert not any(a.get("href") == link for a in page.all("a"))
    assert STUDENT in page.text


def test_causes_of_an_upload_from_before_are_by_rule_and_column(specialist, world, read):
    upload = world.send()
    world.find(upload, row=2)
    world.find(upload, row=5, value="44", message='Unable to resolve CTE Code "44"')
    page = read(specialist.get(address(upload)))
    assert 'Unable to resolve CTE Code "…"' in page.text
    assert "2 rows : 2, 5" in page.text
    all_rows = next(a["href"] for a in page.all("a") if "/findings/CTE403/" in a.get("href", ""))
    assert "2 errors" in read(specialist.get(all_rows)).text


def test_errors_come_before_notices_which_are_folded(specialist, world):
    upload = world.send()
    world.find(upload, row=None, column="", code="FILE010", severity="notice")
    world.find(upload, row=2)
    world.find(upload, row=3, code="CELL121", severity="notice")
    context = specialist.get(address(upload)).context
    assert [shown.cause.code for shown in context["to_fix"]] == ["CTE403"]
    assert [shown.cause.code for shown in context["notices"]] == ["FILE010", "CELL121"]


def test_the_rows_of_a_cause_have_pages_of_their_own(specialist, world, read):
    upload = world.send()
    for row in range(2, 62):
        world.find(upload, row=row)
    world.find(upload, row=70, value="44")
    cause(upload, row_count=60, rows=list(range(2, 62)))
    first = read(specialist.get(f"{address(upload)}causes/1/"))
    assert "1 to 50 of 60" in first.text
    further = next(a["href"] for a in first.all("a") if a.get("rel") == "next")
    text = read(specialist.get(f"{address(upload)}causes/1/{further}")).text
    assert "51 to 60 of 60" in text
    assert " 70 " not in text
    assert specialist.get(f"{address(upload)}causes/2/").status_code == 404


@pytest.mark.parametrize("end", ["", "causes/1/", "findings/CTE403/?column=CTECode"])
def test_tables_of_findings_have_a_name_and_row_numbers_as_headers(specialist, world, read, end):
    upload = world.send()
    world.find(upload, row=2)
    world.find(upload, row=5)
    cause(upload)
    page = read(specialist.get(f"{address(upload)}{end}"))
    assert [table.get("aria-label", "").partition(":")[0] for table in page.all("table")] == ["Rows"]
    assert [th["scope"] for th in page.all("th")] == ["col"] * 5 + ["row"] * 2


def test_a_finding_whose_rule_is_gone_still_says_its_message(specialist, world, read):
    upload = world.send()
    world.find(upload, code="OLD199", message="A sentence from long ago")
    assert "A sentence from long ago" in read(specialist.get(address(upload))).text


def test_who_when_and_for_what_it_was_sent_is_shown_with_the_sum_of_the_file(specialist, world, read):
    text = read(specialist.get(address(world.send()))).text
    for words in ("Data Specialist", "Rock Star Public Schools", "2020-2021", "ab" * 32):
        assert words in text


def test_the_page_fills_in_by_itself_until_the_upload_has_ended(specialist, world):
    upload = world.send(state="processing", **NO_COUNTS)
    assert 'hx-trigger="every 300ms"' in specialist.get(address(upload)).content.decode()
    upload.state, upload.row_count, upload.success_count, upload.error_count = "finished", 3, 3, 0
    upload.save()
    part = specialist.get(address(upload), HTTP_HX_REQUEST="true").content.decode()
    assert "hx-trigger" not in part
    assert "cte.csv: All 3 rows were loaded" in part


def test_whoever_looks_at_findings_is_in_the_audit_log(specialist, world):
    upload = world.send()
    world.find(upload)
    specialist.get(address(upload))
    event = Event.objects.get(act="upload.findings_viewed")
    assert (event.person_id, event.subject_id) == (world.person("data specialist").pk, str(upload.pk))


def test_a_viewer_sees_the_upload_and_is_not_offered_the_file(signed_in, specialist, world, read):
    upload = world.send(stored_as="kept")
    assert "File as sent" in read(specialist.get(address(upload))).text
    assert "File as sent" not in read(signed_in("viewer").get(address(upload))).text


def test_what_stood_in_the_file_is_shown_and_never_run(specialist, world):
    upload = world.send()
    world.find(
        upload, value="<script>alert(1)</script>", message='Unable to resolve CTE Code "<script>alert(1)</script>"'
    )
    assert "<script>alert" not in specialist.get(address(upload)).content.decode()


def test_a_file_that_was_sent_before_leads_to_the_earlier_upload(specialist, world, read):
    first = world.send()
    again = world.send(added_count=0, replaced_count=0, unchanged_count=1)
    page = read(specialist.get(address(again)))
    assert f", as upload {first.pk}; nothing changed. Look at the earlier upload" in page.text
    assert address(first) in [a.get("href") for a in page.all("a")]
    assert "sent before" not in read(specialist.get(address(first))).text


@pytest.mark.parametrize(
    ("limit", "said"), [(2, "1 more cause is in the report."), (1, "2 more causes are in the report.")]
)
def test_causes_that_the_page_leaves_out_are_counted(specialist, world, read, monkeypatch, limit, said):
    monkeypatch.setattr(upload_causes, "MAX_CAUSES_SHOWN", limit)
    upload = world.send()
    for code in ("CTE501", "CTE502", "CTE504"):
        world.find(upload, code=code)
    assert said in read(specialist.get(address(upload))).text
