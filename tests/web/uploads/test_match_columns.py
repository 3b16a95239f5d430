"""The page on which the columns and values of a file are matched, and what is saved of it."""

import io

import pytest
from django.urls import reverse

from tests.web.uploads.test_correct_rows import GOOD
from tests.web.world import STUDENT
from tidegate.audit.models import Event
from tidegate.file_types import find
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.corrections.correct_rows import CorrectedRows, send_rows
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.match_columns import read_sample, suggested_mapping, try_mapping
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.uploads.models import Receipt, SavedMapping, State, Upload

NAMES = list(find("cte").layout.columns)
OURS = [{"CTECode": "CIP Code", "SchoolID": "Building No"}.get(name, name) for name in NAMES]


def send(world, rows, names=OURS, **more) -> Upload:
    content = "\n".join([",".join(names), *map(",".join, rows)]) + "\n"
    sent = receive(
        file=io.BytesIO(content.encode()), file_name="cte.csv", file_type="cte", school_year=world.year,
        organization=world.rock_star, by=world.person("data specialist"), **more,
    )  # fmt: skip
    return processed(sent)


def processed(upload: Upload) -> Upload:
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


@pytest.fixture
def first(world):
    """Return an upload that was refused for two columns of other names."""
    return send(world, [GOOD, [*GOOD[:4], "AGRI", *GOOD[5:]]])


def address(upload, what="match/"):
    return f"/state-reporting-status/{upload.pk}/{what}"


def said(*, code="CTECode", school="SchoolID", **more):
    columns = {"column-1": "Building No", "is-1": school, "column-4": "CIP Code", "is-4": code}
    return columns | {"save": "on"} | more


AGRI = {"of-1": "CTECode", "value-1": "AGRI", "means-1": "01.0205"}


def test_a_refused_file_leads_to_the_step_with_its_suggestions(specialist, first, read):
    assert first.state == State.FAILED
    links = [each.get("href") for each in read(specialist.get(address(first, ""))).all("a")]
    assert address(first) in links
    page = read(specialist.get(address(first)))
    assert "Is CIP Code your CTECode ?" in page.text
    assert "01.0205 · AGRI" in page.text
    assert 'Column "SchoolID" is missing' in page.text
    assert page.broken() == []
    chosen = [each["value"] for each in page.all("option") if "selected" in each]
    assert chosen == ["CTECode"]
    assert Event.objects.get(act="upload.columns_viewed").details == {"column_count": 9}


def test_columns_matched_after_a_newer_file_are_checked_and_then_loaded(specialist, first, world, read):
    send(world, [GOOD], NAMES)
    links = [each.get("href") for each in read(specialist.get(address(first, ""))).all("a")]
    assert address(first) in links
    page = read(specialist.get(address(first)))
    assert "A newer file was loaded since, so this only checks" in page.text
    assert "Check the whole file" in page.text
    assert specialist.post(address(first), said() | {"act": "send"}).status_code == 302
    matched = processed(Upload.objects.latest("pk"))
    assert (matched.follows, matched.check_only, matched.success_count) == (first, True, 1)
    assert "Load it now" in read(specialist.get(address(matched, ""))).text


def test_a_carriage_return_within_a_cell_is_tried_as_one_row(world):
    sent = send(world, [[*GOOD[:3], '"00\r12"', *GOOD[4:]], GOOD], NAMES)
    sample = read_sample(sent)
    assert try_mapping(sent, sample, suggested_mapping(sent, sample)).row_count == 2


def test_each_unknown_column_has_its_own_suggestion_alone(specialist, first, read):
    text = read(specialist.get(address(first, ""))).text
    assert text.count('Is it "CTECode", which is missing?') == 1
    assert text.count('Column "CIP Code" is not known') == text.count("FILE006") - 1 == 1
    assert text.count("Press Match the columns") == 1  # said of the first alone


def test_only_what_every_row_may_mean_is_asked_for(specialist, world, read):
    rows = [['="1000"', *GOOD[1:], "Tam"], [*GOOD[:6], "00/00/0000", '"0,75"', "", "Ann"], ["Total: 2"]]
    names = ["CIP Code" if name == "CTECode" else name for name in NAMES]
    page = read(specialist.get(address(send(world, rows, [*names, "FirstName"]))))
    asked = [each["aria-label"] for each in page.all("input") if "stands for" in each.get("aria-label", "")]
    assert asked == ["00/00/0000 in EndDate stands for"]
    assert "FirstName Tam · Ann Not collected: left out" in page.text
    assert "SAUID 1000 SAUID" in page.text
    assert "Total: 2" not in page.text


def test_a_check_shows_how_the_first_rows_are_read(specialist, first, read):
    page = read(specialist.post(address(first), said(act="check")))
    assert "All columns are matched, and 1 of the 2 rows can be read" in page.text
    assert 'Most frequent reason: Unable to resolve CTE Code "AGRI" (1 row)' in page.text
    assert any(each.get("aria-label") == "AGRI in CTECode stands for" for each in page.all("input"))
    page = read(specialist.post(address(first), said(act="check", **AGRI)))
    assert "every value of the 2 rows can be read" in page.text
    assert page.broken() == []
    assert (Upload.objects.count(), SavedMapping.objects.count()) == (1, 0)


def test_what_was_matched_is_loaded_remembered_and_in_the_receipt(specialist, first, read, world):
    answer = specialist.post(address(first), said(act="send", **AGRI))
    sent = processed(Upload.objects.get(follows=first))
    assert answer.url == address(sent, "")
    assert (sent.state, sent.success_count, sent.error_count) == ("finished", 2, 0)
    assert set(CteRecord.objects.filter(student_id=STUDENT).values_list("cte_code", flat=True)) == {"01.0205"}
    assert Receipt.objects.get(upload_id=sent.pk).document["receipt"]["mapping"] == sent.mapping
    page = read(specialist.get(address(sent, "")))
    assert '"Building No" is "SchoolID", "CIP Code" is "CTECode"' in page.text
    assert "AGRI as 01.0205" in page.text
    later = send(world, [GOOD])
    assert (later.state, later.mapping) == ("finished", sent.mapping)
    assert Event.objects.get(act="mapping.saved").details == {"file_type": "cte", "column_count": 2, "value_count": 1}


def test_what_would_be_refused_again_is_not_sent(specialist, first, read):
    page = read(specialist.post(address(first), said(act="send", school="")))
    assert 'Column "SchoolID" is missing' in page.text
    assert Upload.objects.count() == 1


def test_it_is_not_remembered_unless_asked(specialist, first, world):
    form = said(act="send")
    del form["save"]
    specialist.post(address(first), form)
    assert processed(Upload.objects.get(follows=first)).state == "finished"
    assert not SavedMapping.objects.exists()
    assert send(world, [GOOD]).state == State.FAILED


def test_two_columns_cannot_be_one_and_a_name_of_its_own_stays(specialist, first, read):
    page = read(specialist.post(address(first), said(act="check", school="CTECode")))
    assert 'Column "SchoolID" is missing' in page.text
    answer = specialist.post(address(first), {"column-0": "SAUID", "is-0": "CTECode", "act": "send"})
    assert answer.status_code == 422
    assert "is the column SAUID itself" in read(answer).text
    assert Upload.objects.count() == 1


def test_a_column_that_is_not_collected_is_left_out(specialist, world, read):
    sent = send(world, [[*GOOD, "Ms. Ray"]], [*NAMES, "Teacher"])
    page = read(specialist.post(address(sent), {"column-9": "Teacher", "is-9": "-", "act": "check"}))
    assert "the only row can be read" in page.text
    specialist.post(address(sent), {"column-9": "Teacher", "is-9": "-", "act": "send", "save": "on"})
    assert processed(Upload.objects.get(follows=sent)).state == "finished"
    assert SavedMapping.objects.get().said == {"ignored": ["Teacher"]}


def test_rows_are_corrected_in_the_files_own_columns(specialist, first, world, read):
    specialist.post(address(first), said(act="send"))
    sent = processed(Upload.objects.get(follows=first))
    assert sent.error_count == 1
    page = read(specialist.get(address(sent, "correct/")))
    assert "CIP Code" in page.text
    assert "invalid" not in page.text
    code = next(each for each in page.all("input") if each.get("id") == "c-3-4")
    assert (code["value"], code.get("aria-invalid")) == ("AGRI", "true")
    corrected = send_rows(
        sent, CorrectedRows({3: [*GOOD[:4], "01.0205", *GOOD[5:]]}), by=world.person("data specialist")
    )
    assert processed(corrected).success_count == 1
    fix = b"".join(specialist.get(reverse("fix_file", args=[sent.pk]))).decode("utf-8-sig")
    assert fix.startswith("SAUID,Building No,")


def test_the_file_may_be_gone(specialist, first, settings):
    Upload.objects.filter(pk=first.pk).update(stored_as="")
    assert specialist.get(address(first)).status_code == 409


def test_my_file_formats_shows_and_ends_what_is_saved(specialist, first, world, read, signed_in):
    specialist.post(address(first), said(act="send", **AGRI))
    saved = SavedMapping.objects.get()
    page = read(specialist.get("/file-formats/"))
    assert "Column CIP Code is CTECode" in page.text
    assert "AGRI in CTECode stands for 01.0205" in page.text
    assert "Infinite Campus" in page.text
    assert page.broken() == []
    assert signed_in("viewer").post(f"/file-formats/{saved.pk}/end/").status_code == 403
    assert signed_in("specialist elsewhere").post(f"/file-formats/{saved.pk}/end/").status_code == 404
    assert specialist.post(f"/file-formats/{saved.pk}/end/").url == "/file-formats/"
    assert Event.objects.get(act="mapping.ended").details == {"file_type": "cte"}
    assert send(world, [GOOD]).state == State.FAILED
    assert specialist.post(f"/file-formats/{saved.pk}/end/").status_code == 404


def test_one_line_of_a_format_is_ended_alone(specialist, first, world, read, signed_in):
    specialist.post(address(first), said(act="send", **AGRI))
    saved, line = SavedMapping.objects.get(), {"name": "", "column": "CTECode", "value": "AGRI"}
    end = f"/file-formats/{saved.pk}/end-line/"
    assert signed_in("viewer").post(end, line).status_code == 403
    assert signed_in("specialist elsewhere").post(end, line).status_code == 404
    assert specialist.post(end, line).url == "/file-formats/"
    current = SavedMapping.objects.get(ended_at=None)
    assert current.said == {"columns": {"Building No": "SchoolID", "CIP Code": "CTECode"}}
    assert "AGRI" not in read(specialist.get("/file-formats/")).text
    end = f"/file-formats/{current.pk}/end-line/"
    assert specialist.post(end, line).status_code == 404
    for name in ("Building No", "CIP Code"):
        current = SavedMapping.objects.get(ended_at=None)
        specialist.post(f"/file-formats/{current.pk}/end-line/", {"name": name})
    assert not SavedMapping.objects.filter(ended_at=None).exists()


def test_a_ready_format_is_used_by_one_click(specialist, world, read):
    assert "no ready format for Web2School: no public page" in read(specialist.get("/file-formats/")).text
    assert specialist.post("/file-formats/cte/infinite-campus/use/").url == "/file-formats/"
    assert SavedMapping.objects.get().said == {"ignored": ["CourseSection"]}
    assert send(world, [[*GOOD, "x"]], [*NAMES, "Course Section"]).state == "finished"
    assert specialist.post("/file-formats/cte/no-such/use/").status_code == 404


def test_a_school_without_a_format_has_that_of_its_district(specialist, first, world):
    specialist.post(address(first), said(act="send"))
    sent = receive(
        file=io.BytesIO((",".join(OURS) + "\n" + ",".join(GOOD) + "\n").encode()), file_name="x.csv", file_type="cte",
        school_year=world.year, organization=world.high_school, by=world.person("data specialist"),
    )  # fmt: skip
    assert sent.mapping == SavedMapping.objects.get().said


def test_a_value_that_is_wrong_in_several_rows_leads_to_the_step(specialist, world, read):
    sent = send(world, [GOOD, *([[*GOOD[:4], "AGRI", *GOOD[5:]]] * 2)], NAMES)
    assert (sent.state, sent.error_count) == ("finished", 2)
    assert address(sent) in [each.get("href") for each in read(specialist.get(address(sent, ""))).all("a")]
    page = read(specialist.get(address(sent)))
    assert any(each.get("aria-label") == "AGRI in CTECode stands for" for each in page.all("input"))
    specialist.post(address(sent), {**AGRI, "act": "send"})
    again = processed(Upload.objects.get(follows=sent))
    assert (again.error_count, again.mapping) == (0, {"values": {"CTECode": {"AGRI": "01.0205"}}})
