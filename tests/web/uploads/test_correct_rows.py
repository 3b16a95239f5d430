"""The page on which rows that were not loaded are corrected, as a form; and what comes next on an upload's page."""

import io
import json

import pytest

from tests.web.world import STUDENT
from tidegate.audit.models import Event
from tidegate.file_types import find
from tidegate.reference.models import Code
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.lifecycle.receiving.receive import SendOptions, receive
from tidegate.uploads.models import Upload

HEADER = ",".join(find("cte").layout.columns).replace("CTECode", "CTE Code")
GOOD = ["1000", "2001", STUDENT, "0012", "01.0205", "2020-09-02", "", "1.50", ""]
CODE = 4


def wrong(code: str, earned: str) -> list[str]:
    return [*GOOD[:CODE], code, *GOOD[5:7], earned, ""]


@pytest.fixture
def first(world):
    """Return an upload with one good row and two whose code is wrong, loaded."""
    rows = [GOOD, wrong("01.205", "2.00"), wrong("01.205", "3.00")]
    return send(world, rows)


def send(world, rows, **options) -> Upload:
    content = "\n".join([HEADER, *map(",".join, rows)]) + "\n"
    whose = {"organization": world.rock_star, "by": world.person("data specialist")} | options
    sent = receive(
        file=io.BytesIO(content.encode()), file_name="cte.csv", file_type="cte", school_year=world.year, **whose
    )
    return processed(sent)


def processed(upload: Upload) -> Upload:
    process(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def address(upload, what="correct/"):
    return f"/state-reporting-status/{upload.pk}/{what}"


def form(rows: dict[int, list[str]], **more):
    cells = {f"cell-{row}-{at}": text for row, some in rows.items() for at, text in enumerate(some)}
    return {"row": list(rows), **cells, **more}


def values(page) -> dict[str, str]:
    return {each["id"]: each["value"] for each in page.all("input") if each.get("id", "").startswith("c-")}


BOTH = {3: wrong("01.205", "2.00"), 4: wrong("01.205", "3.00")}


def test_only_the_rows_with_errors_are_shown_as_they_are_in_the_file(specialist, first, read):
    page = read(specialist.get(address(first)))
    assert "1 of 3 rows are in, 2 to go" in page.text
    assert "CTE Code" in page.text
    shown = values(page)
    assert [shown[f"c-3-{at}"] for at in range(9)] == BOTH[3]
    assert "c-2-0" not in shown
    code = next(each for each in page.all("input") if each.get("id") == "c-4-4")
    assert (code["aria-invalid"], code["aria-describedby"], code["aria-label"]) == ("true", "e-4-4", "CTE Code, row 4")
    assert any(each.get("id") == "e-4-4" for each in page.all("div"))
    assert Event.objects.get(act="upload.rows_viewed").details == {"row_count": 2}


def test_a_check_says_what_is_right_now_and_stores_nothing(specialist, first, read):
    rows = BOTH | {3: wrong("01.0205", "2.00")}
    answer = specialist.post(address(first), form(rows, act="check"))
    assert answer.status_code == 200
    page = read(answer)
    assert "1 of 2 rows is right, 1 still has an error" in page.text
    assert values(page)["c-3-4"] == "01.0205"
    assert page.broken() == []
    assert Upload.objects.count() == 1


def test_one_value_is_put_into_all_rows_of_a_cause_without_javascript(specialist, first, read):
    page = read(specialist.get(address(first)))
    of_cause = next(each["value"] for each in page.all("input") if each.get("name") == "all-of-1")
    assert of_cause.split(":")[1].split() == ["3", "4"]
    sent = form(BOTH, act="all:1", **{"all-of-1": of_cause, "all-1": " 01.0205 "})
    page = read(specialist.post(address(first), sent))
    assert "All 2 rows are right now: load them" in page.text
    assert "2 new on file, 0 changed, 0 unchanged, 0 withdrawn" in page.text
    page = read(specialist.post(address(first), form(BOTH, act="use:4:4:01.0205")))
    assert (values(page)["c-3-4"], values(page)["c-4-4"]) == ("01.205", "01.0205")


def test_what_is_suggested_for_each_row_is_put_in_at_once(specialist, world, read):
    sent = {row: [*GOOD[:7], f'"{earned}"', ""] for row, earned in ((2, "1,50"), (3, "0,75"), (4, "one"))}
    page = read(specialist.get(address(send(world, list(sent.values())))))
    assert "Use what is suggested in each of 2 rows" in page.text
    own, of_cause = (next(each["value"] for each in page.all("input") if each["name"] == f"{name}-of-1")
                     for name in ("own", "all"))  # fmt: skip
    typed = form({row: [cell.strip('"') for cell in cells] for row, cells in sent.items()}, act="each:1")
    page = read(specialist.post(address(Upload.objects.get()), typed | {"own-of-1": own, "all-of-1": of_cause}))
    shown = values(page)
    assert [shown[f"c-{row}-7"] for row in sent] == ["1.50", "0.75", "one"]


def test_what_was_checked_is_loaded_and_the_page_counts_all_together(specialist, first, read):
    rows = {row: wrong("01.0205", cells[7]) for row, cells in BOTH.items()}
    said = {"cells": rows | {4: BOTH[4]}, "left_out": []}
    page = read(specialist.post(address(first), {"rows": json.dumps(said), "act": "check"}))
    checked = next(each["value"] for each in page.all("input") if each.get("name") == "checked")
    answer = specialist.post(address(first), {"rows": json.dumps(said), "act": "load", "checked": checked})
    sent = processed(Upload.objects.get(follows=first))
    assert answer.url == address(sent, "")
    assert sent.plan_sha256 == sent.expected_plan_sha256 != ""
    page = read(specialist.get(address(sent, "")))
    assert "2 of 3 rows are in, 1 to go" in page.text
    assert address(first) in [each.get("href") for each in page.all("a")]
    assert specialist.get(address(sent)).url == address(first)
    specialist.post(address(first), form({4: rows[4]}, act="load"))
    processed(Upload.objects.latest("pk"))
    page = read(specialist.get(address(first, "")))
    assert "3 of 3 rows are in, you are done There is nothing to do." in page.text
    assert CteRecord.objects.filter(replaced_at=None, student_id=STUDENT).count() == 3
    page = read(specialist.get(address(sent, "corrections/")))
    assert "3 CTE Code 01.205 01.0205" in page.text


def test_a_corrected_row_beside_anothers_line_can_be_kept_there(specialist, world, read):
    Code.objects.create(list_name="cte_codes", code="47.0604", title="Automobile Mechanics")
    send(world, [wrong("01.0205", "2.00")], organization=world.cte_school, by=world.person("CTE director"))
    first = send(world, [wrong("47.604", "2.00")], options=SendOptions(complete=True))
    rows = {2: wrong("47.0604", "2.00")}
    page = read(specialist.post(address(first), form(rows, act="check")))
    assert "The row still has an error" in page.text
    assert [each["value"] for each in page.all("input") if each.get("name") == "missing"] == ["", "keep"]
    page = read(specialist.post(address(first), form(rows, act="check", missing="keep")))
    assert "The row is right now: load it" in page.text
    specialist.post(address(first), form(rows, act="load", missing="keep"))
    assert processed(Upload.objects.latest("pk")).error_count == 0
    codes = CteRecord.objects.filter(replaced_at=None, student_id=STUDENT).values_list("cte_code", flat=True)
    assert sorted(codes) == ["01.0205", "47.0604"]


def test_rows_that_were_typed_stay_if_they_cannot_be_taken_now(specialist, first, read):
    rows = BOTH | {3: wrong("01.0205", "2.00")}
    specialist.post(address(first), form({4: wrong("01.0205", "3.00")}, act="load"))
    answer = specialist.post(address(first), form(rows, act="load"))
    assert answer.status_code == 409
    page = read(answer)
    assert "has not ended yet" in page.text
    assert values(page)["c-3-4"] == "01.0205"


@pytest.mark.parametrize(
    "sent",
    [
        {"rows": "{"},
        {"rows": "[]"},
        {"rows": '{"cells": {"3": ["a"]}, "left_out": []}'},
        {"rows": '{"cells": {"3": 7}, "left_out": []}'},
        {"rows": '{"cells": {"x": []}, "left_out": []}'},
        {"row": ["3"]},
        {"row": ["x"]},
        {},
    ],
)
def test_a_form_that_is_not_whole_is_declined_in_a_sentence(specialist, first, sent, read):
    answer = specialist.post(address(first), sent | {"act": "check"})
    assert answer.status_code == 400
    assert "The rows have not arrived whole" in read(answer).text or "There is no row to send" in read(answer).text


def test_a_file_that_is_gone_and_an_undone_upload_are_each_a_sentence(specialist, world, first, read):
    world.send(stored_as=first.stored_as)  # where no file is there, the store is away
    for fields, sentence in (
        ({"state": "undone"}, "This upload was undone, so there is nothing to correct"),
        ({"state": "finished", "stored_as": "00/" + "0" * 32}, "We no longer keep the file of upload"),
    ):
        Upload.objects.filter(pk=first.pk).update(**fields)
        answer = specialist.get(address(first))
        assert answer.status_code == 409
        assert sentence in read(answer).text


def buttons_of(page, words):
    return [name for name in words if name in page.text]


NAMES = [
    "Correct these rows",
    "Upload corrected file",
    "Load it now",
    "There is nothing to do",
    "Upload the file again",
]


def test_each_page_begins_with_what_to_do_next(specialist, world, first, read):
    checked = send(world, [GOOD, BOTH[3]], check_only=True)
    refused = send(world, [])
    good = send(world, [[*GOOD[:CODE], "01.0205", *GOOD[5:]]])
    pages = [read(specialist.get(address(each, ""))) for each in (first, checked, refused, good)]
    assert [buttons_of(page, NAMES) for page in pages] == [
        ["Correct these rows", "Upload corrected file"],
        ["Upload corrected file", "Load it now"],
        ["Upload corrected file"],
        ["There is nothing to do"],
    ]


def test_who_only_looks_gets_no_button(signed_in, first, read):
    page = read(signed_in("viewer").get(address(first, "")))
    assert buttons_of(page, NAMES) == []


def test_rows_that_are_all_left_out_are_checked_and_taken(specialist, first, read):
    page = read(specialist.post(address(first), form(BOTH, act="check", leave=["3", "4"])))
    assert "2 rows are left out for good once you press Load these rows" in page.text
    specialist.post(address(first), form(BOTH, act="load", leave=["3", "4"]))
    sent = processed(Upload.objects.latest("pk"))
    for each in (first, sent):
        page = read(specialist.get(address(each, "")))
        assert "1 of 3 rows are in, 2 left out, you are done There is nothing to do." in page.text
        assert buttons_of(page, ["What to fix", *NAMES]) == ["There is nothing to do"]
        assert page.broken() == []


def test_a_file_corrected_by_the_page_and_a_fix_file_asks_for_nothing(specialist, world, first, read):
    specialist.post(address(first), form({3: wrong("01.0205", "2.00")}, act="load"))
    processed(Upload.objects.latest("pk"))
    Upload.objects.filter(pk=first.pk).update(corrected_by=send(world, [wrong("01.0205", "3.00")]))
    page = read(specialist.get(address(first, "")))
    assert buttons_of(page, ["to go", "What to fix", *NAMES]) == ["There is nothing to do"]


@pytest.mark.parametrize(("act", "status"), [("check", 200), ("load", 409)])
def test_a_row_that_is_gone_takes_no_other_along(act, status, specialist, first, read):
    specialist.post(address(first), form({3: wrong("01.0205", "2.00")}, act="load"))
    processed(Upload.objects.latest("pk"))
    typed = BOTH | {4: wrong("01.0205", "3.25")}
    answer = specialist.post(address(first), form(typed, act=act, leave=["3"]))
    page = read(answer)
    assert answer.status_code == status
    assert "Row 3 was loaded or left out by somebody else since, and is not here any more" in page.text
    assert "The row is right now: load it" in page.text
    assert (values(page)["c-4-7"], "c-3-7" in values(page), Upload.objects.count()) == ("3.25", False, 2)
    answer = specialist.post(address(first), form({3: BOTH[3]}, act=act))
    assert (answer.status_code, "No row of this page is left" in read(answer).text) == (409, True)


def test_a_check_whose_file_is_gone_and_a_loaded_file_offer_no_load(specialist, world, read):
    good = [*GOOD[:CODE], "01.0205", *GOOD[5:]]
    for check_only in (True, False):
        sent = send(world, [good], check_only=check_only)
        kept = read(specialist.get(address(sent, ""))).text
        assert ("This was a check only: load it below." in kept, "Load it now" in kept) == (check_only, check_only)
        Upload.objects.filter(pk=sent.pk).update(stored_as="")
        page = read(specialist.get(address(sent, "")))
        assert "Load it now" not in page.text
        assert ("we no longer keep the file" in page.text) == check_only
        assert ("Upload the file again" in page.text) == check_only
        assert ("There is nothing to do" in page.text) != check_only
