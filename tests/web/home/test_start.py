"""The home: of a district, of a technical school, and of the whole state."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tidegate.file_types import find_all
from tidegate.overview.collected_types import collected_types
from tidegate.overview.senders import SenderFilter, find_senders
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.models import UploadCause
from tidegate.uploads.monitoring.day_counts import count_days
from tidegate.windows.models import CollectionWindow, NotCollected

CAUSE = {"code": "CTE403", "severity": "error", "stage": 4, "text": 'Unable to resolve CTE Code "43"', "row_count": 2}


@pytest.fixture
def state(signed_in):
    """The browser of the state administrator."""
    return signed_in("state administrator")


@pytest.fixture
def director(signed_in):
    """The browser of the director of the CTE school."""
    return signed_in("CTE director")


def test_the_file_types_stand_in_the_order_in_which_to_send_them(specialist, read):
    text = read(specialist.get("/")).text
    places = [text.index(file_type.layout.summary) for file_type in find_all().values()]
    assert places == sorted(places)


def test_each_file_type_says_what_was_sent_last_for_this_focus(specialist, world, read):
    world.send(file_name="older.csv")
    world.send(file_name="newest.csv")
    world.send(world.harbor, file_name="foreign.csv")
    text = read(specialist.get("/")).text
    assert "newest.csv" in text
    assert "older.csv" not in text
    assert "foreign.csv" not in text
    assert "Nothing has been sent yet" in text  # no Student Enrollment file


def test_a_card_says_the_open_causes_and_what_to_do_next(specialist, world, read):
    sent = world.send()
    UploadCause.objects.create(upload=sent, number=1, columns=["CTECode"], rows=[2, 3], first=[], **CAUSE)
    page = read(specialist.get("/"))
    assert "2 rows are not loaded yet" in page.text
    assert f"/state-reporting-status/{sent.pk}/causes/1/" in [a.get("href") for a in page.all("a")]


def test_a_clean_file_leaves_nothing_to_do(specialist, world, read):
    world.send(row_count=3, success_count=3, error_count=0, finished_at=timezone.now())
    page = read(specialist.get("/"))
    assert "Nothing to do" in page.text
    assert "CTE, rows by month: loaded 3, not loaded 0" in str(page.all("svg"))


def test_a_viewer_is_told_nothing_to_do(signed_in, world, read):
    world.send()
    assert "Correct and send again" not in read(signed_in("viewer").get("/")).text


def test_the_tree_has_the_guides_branches_closed_until_they_are_clicked(specialist, read):
    page = read(specialist.get("/"))
    assert "Student Information ME State Reporting Status" in page.text
    assert not any("open" in details for details in page.all("details"))


def test_on_state_reporting_status_the_branches_are_open(specialist, read):
    page = read(specialist.get("/state-reporting-status/"))
    assert [d["data-remember"] for d in page.all("details") if "open" in d] == ["student-information", "state"]


def test_a_technical_school_sees_which_districts_send_its_students(director, read):
    text = read(director.get("/")).text
    assert "1 student by sending SAU" in text
    assert "Rock Star Public Schools 1" in text


def test_enrollments_without_a_line_open_into_their_students(director, world, read):
    CteRecord.objects.update(replaced_at=timezone.now())
    assert "Enrolled here, without a CTE record 1 student" in read(director.get("/")).text
    assert "Rowan Quill" in read(director.get("/unmatched/cte/without-line/")).text
    assert "Rowan Quill" not in read(director.get("/unmatched/cte/without-enrollment/")).text


def test_a_line_without_enrollment_is_listed_without_the_name_of_a_foreign_student(director, world, read):
    Enrollment.objects.filter(school=world.cte_school).update(replaced_at=timezone.now())
    text = read(director.get("/unmatched/cte/without-enrollment/")).text
    assert "900000001" in text
    assert "Quill" not in text  # enrolled elsewhere alone


def test_the_state_sees_every_sender_with_its_last_file(state, world, read):
    world.send(world.harbor, row_count=4, success_count=3, error_count=1)
    text = read(state.get("/")).text
    assert "4 in all" in text  # three SAUs and a CTE school
    assert "Harbor Public Schools Nothing sent Nothing sent Nothing sent Errors Nothing sent" in text
    assert "1 25.0 %" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("file_type=cte&standing=errors", ["Harbor"]),
        ("file_type=cte&standing=none", ["Capital Area", "Capital", "Rock Star"]),
        ("silent=7", ["Capital Area", "Capital", "Rock Star"]),
        ("standing=none", ["Capital Area", "Capital", "Harbor", "Rock Star"]),
        ("text=star", ["Rock Star"]),
        ("text=Stár", []),
        ("text=3000", ["Harbor"]),
        ("sort=errors", ["Harbor", "Capital Area", "Capital", "Rock Star"]),
        ("sort=silent", ["Capital Area", "Capital", "Rock Star", "Harbor"]),
    ],
)
def test_the_address_keeps_filter_and_order(state, world, query, found):
    world.send(world.harbor, file_type="cte")
    lines = [line.split(",") for line in b"".join(state.get(f"/districts.csv?{query}")).decode().splitlines()[1:]]
    names = [line[1].removesuffix(" Public Schools").removesuffix(" Technical Center") for line in lines]
    assert list(dict.fromkeys(names)) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("errors", ["Rock Star", "Harbor", "Capital Area", "Capital"]),
        ("rate", ["Harbor", "Rock Star", "Capital Area", "Capital"]),
        ("silent", ["Capital", "Harbor", "Rock Star", "Capital Area"]),
        ("newest", ["Capital Area", "Rock Star", "Harbor", "Capital"]),
    ],
)
def test_pages_in_every_order_leave_nobody_out(world, sort, found):
    closed = Organization.objects.create(pk=9001, identifier="9001", name="Gone", kind="SAU", closed_on="2020-06-30")
    sent = {world.harbor: (4, 1), world.rock_star: (90, 2), world.cte_school: (5, 0), closed: (9, 9)}
    for day, (place, (rows, wrong)) in enumerate(sent.items()):
        counts = {"row_count": rows, "success_count": rows - wrong, "error_count": wrong}
        at = timezone.now() - timedelta(days=9 - day)
        world.send(place, **counts, sent_at=at, finished_at=at)
    asked = SenderFilter(SchoolYear.objects.get(pk=2020), find_all(), sort=sort)
    whole = [sender.organization.name for sender in find_senders(asked)]
    assert [name.removesuffix(" Public Schools").removesuffix(" Technical Center") for name in whole] == found
    for limit in (1, 2, 3):
        pages = [find_senders(asked, start=start, limit=limit) for start in range(0, 5, limit)]
        assert [sender.organization.name for page in pages for sender in page] == whole


def test_a_hundred_senders_are_on_a_page(state, read):
    more = [{"pk": number, "identifier": f"{number}", "name": f"Z{number}"} for number in range(9000, 9100)]
    Organization.objects.bulk_create(Organization(kind="SAU", **each) for each in more)
    first, second = (read(state.get("/", {"page": number, "sort": ""})) for number in (1, 2))
    count = Organization.objects.filter(kind__in=("SAU", "CTE School")).count()
    assert f"1 to 100 of {count} Page 1 of 2 Next page" in first.text
    assert f"101 to {count} of {count} Previous page Page 2 of 2" in second.text
    assert [a["href"] for a in second.all("a") if a.get("rel") == "prev"] == ["?page=1&sort=#senders"]


def test_a_sender_is_silent_from_the_day_on_that_is_asked_for(state, world, read):
    world.send(world.harbor, sent_at=timezone.now() - timedelta(days=8))
    assert "Harbor" in read(state.get("/?silent=7")).text
    assert "3 found" in read(state.get("/?silent=9")).text


def test_a_rule_opens_into_the_files_that_broke_it(state, world, read):
    sent = world.send(world.harbor, file_name="broke.csv", finished_at=timezone.now())
    world.find(sent)
    world.send(file_name="kept.csv")
    count_days()
    page = read(state.get("/"))
    address = next(a["href"] for a in page.all("a") if "rule=CTE403" in a.get("href", ""))
    listed = read(state.get(address)).text
    assert "broke.csv" in listed
    assert "kept.csv" not in listed


def test_a_filter_that_cannot_be_is_answered_with_a_sentence(state, read):
    response = state.get("/?silent=-3")
    assert response.status_code == 422
    assert "greater than or equal to 1" in read(response).text


def test_a_card_says_when_a_file_is_due_and_that_it_is_missing(specialist, world, read):
    today = timezone.localdate()
    days = {"opens": today - timedelta(days=30), "due": today - timedelta(days=1), "closes": today + timedelta(days=9)}
    CollectionWindow.objects.create(
        file_type="cte", school_year=world.year, organization=None, set_by=world.person("state administrator"), **days
    )
    page = read(specialist.get("/"))
    assert "Was due" in page.text
    assert len([p for p in page.all("p") if p.get("class") == "overdue"]) == 1


def test_what_is_not_collected_is_neither_asked_for_nor_counted(specialist, state, world, read):
    NotCollected.objects.create(file_type="new-state-id", school_year=world.year)
    assert "New State ID" not in read(specialist.get("/")).text
    assert "New State ID" not in b"".join(state.get("/districts.csv")).decode()


def test_files_that_are_no_longer_collected_count_for_no_sender(state, world, read):
    world.send(world.harbor, file_type="student-enrollment", row_count=40, success_count=30, error_count=10)
    world.send(world.rock_star, row_count=4, success_count=3, error_count=1)
    NotCollected.objects.create(file_type="student-enrollment", school_year=world.year)
    text = read(state.get("/?sort=errors")).text
    assert "Rock Star Public Schools" in text.partition("Harbor Public Schools")[0]
    assert "Harbor Public Schools Nothing sent Nothing sent Nothing sent Nothing sent Never 0" in text
    assert listed(state, "standing=errors") == {"Rock Star Public Schools"}
    assert "Harbor Public Schools" in listed(state, "silent=7")
    names = {sender.organization.name for sender in find_senders(asked_of(world, sort="rate"), limit=1)}
    assert names == {"Rock Star Public Schools"}


def listed(state, query) -> set[str]:
    lines = b"".join(state.get(f"/districts.csv?{query}")).decode().splitlines()
    return {line.split(",")[1] for line in lines[1:]}


def asked_of(world, **fields) -> SenderFilter:
    return SenderFilter(world.year, collected_types(world.year), **fields)


def test_with_a_file_type_a_sender_counts_by_it_alone(world, db):
    world.send(world.harbor, file_type="student-enrollment", row_count=40, success_count=30, error_count=10)
    world.send(world.harbor, row_count=4, success_count=3, error_count=1)
    sender = find_senders(asked_of(world, file_type="cte", sort="errors"))[0]
    assert (sender.organization, sender.row_count, sender.error_count) == (world.harbor, 4, 1)


def test_after_a_refused_file_nothing_to_report_leaves_nothing_to_do(specialist, state, world, read):
    none = dict.fromkeys(("row_count", "success_count", "error_count"))
    world.send(state="failed", **none)
    assert "The last file could not be read" in read(specialist.get("/")).text
    world.send(sha256="", nothing_for=world.rock_star, **dict.fromkeys(none, 0))
    text = read(specialist.get("/")).text
    assert "You have nothing to report" in text
    assert "The last file could not be read" not in text
    assert listed(state, "file_type=cte&standing=errors") == set()
    assert listed(state, "file_type=cte&standing=nothing") == {"Rock Star Public Schools"}


def test_after_nothing_to_report_for_one_school_the_card_opens_the_wrong_file(specialist, world, read):
    sent = world.send()
    world.send(sha256="", nothing_for=world.high_school, row_count=0, success_count=0, error_count=0)
    page = read(specialist.get("/"))
    assert "2 rows are not loaded yet" in page.text
    buttons = [a["href"] for a in page.all("a") if a.get("class") == "button main"]
    assert f"/state-reporting-status/{sent.pk}/" in buttons


def test_what_closed_before_the_year_is_neither_listed_nor_counted(state, world, read):
    world.send(world.harbor, row_count=4, success_count=3, error_count=1)
    world.send(row_count=3, success_count=3, error_count=0)
    close(world.harbor, world.year.first_day - timedelta(days=1))
    close(world.rock_star, world.year.first_day)
    page = read(state.get("/"))
    assert "3 in all" in page.text
    assert "Harbor" not in page.text
    assert "Harbor" not in b"".join(state.get("/districts.csv")).decode()
    assert {a["aria-label"] for a in page.all("a") if ": CTE, " in a.get("aria-label", "")} == {
        "1: CTE, Clean",
        "0: CTE, Nothing to report",
        "0: CTE, Errors",
        "2: CTE, Nothing sent",
    }


def close(organization, day):
    Organization.objects.filter(pk=organization.pk).update(closed_on=day)


def test_the_number_of_a_sending_district_opens_into_its_students(director, read):
    page = read(director.get("/"))
    (address,) = [a["href"] for a in page.all("a") if a.get("aria-label") == "1 student from Rock Star Public Schools"]
    assert "900000001" in read(director.get(address)).text
    assert "No such student" in read(director.get("/sending/3000/")).text
    assert director.get("/sending/1001/").status_code == 404


def test_a_month_opens_into_the_files_that_loaded_or_left_its_rows(state, world, read):
    sent = world.send(file_name="kept.csv", finished_at=timezone.now())
    world.send(world.harbor, file_name="foreign.csv", finished_at=timezone.now())
    page = read(state.get(f"/districts/{sent.organization_id}/"))
    found = {a["aria-label"][:8]: a["href"] for a in page.all("a") if " loaded in " in a.get("aria-label", "")}
    assert set(found) == {"1 loaded", "2 not lo"}
    for address in found.values():
        listed = read(state.get(address)).text
        assert "kept.csv" in listed
        assert "foreign.csv" not in listed


def test_months_and_rules_lead_to_the_files_that_they_count(state, world, read):
    today = timezone.now()
    held = world.send(file_name="held.csv", sent_at=today - timedelta(days=40), finished_at=today)
    others = [
        world.send(file_name="checked.csv", check_only=True, finished_at=today),
        world.send(file_name="undone.csv", state="undone", finished_at=today),
        world.send(file_name="failed.csv", state="failed", finished_at=today),
        world.send(file_name="earlier.csv", finished_at=today - timedelta(days=40)),
    ]
    for sent in (held, *others):
        world.find(sent)
    count_days()
    for home in ("/", f"/districts/{world.rock_star.pk}/"):
        page = read(state.get(home))
        names = {a["href"]: a["aria-label"] for a in page.all("a") if a.get("aria-label", "").startswith("1 file")}
        addresses = [href for href, name in names.items() if f"{timezone.localdate():%B}" in name or "CTE403" in name]
        assert len(addresses) == 2
        for address in addresses:
            assert [each.file_name for each in state.get(address).context["page"]] == ["held.csv"]


def test_rows_to_correct_open_into_the_page_of_their_sender(state, world, read):
    world.send(world.harbor)
    links = [a for a in read(state.get("/")).all("a") if a.get("aria-label") == "2 to correct, Harbor Public Schools"]
    assert [a["href"] for a in links] == [f"/districts/{world.harbor.pk}/#file-types"]
    assert "To correct 2 rows of CTE" in read(state.get(links[0]["href"])).text


def test_only_the_focus_is_told_to_send(state, specialist, world, read):
    assert "Send the file" in read(specialist.get("/")).text
    assert "Send the file" not in read(state.get(f"/districts/{world.rock_star.pk}/")).text


def test_lines_on_file_open_into_what_the_person_may_see_of_them(director, signed_in, read):
    for client, address in ((director, "/on-file/"), (signed_in("viewer"), "/students/?show=all")):
        page = client.get("/").content.decode()
        assert set(re.findall(r'href="([^"]+)">1 line<', page)) == {address}


def test_broken_rules_are_narrowed_to_a_district_and_days(state, world, read):
    month_ago = timezone.now() - timedelta(days=40)
    world.find(world.send(world.harbor, file_name="harbor.csv", finished_at=timezone.now()))
    world.find(world.send(file_name="before.csv", sent_at=month_ago, finished_at=month_ago), code="CTE501")
    days = f"broken_from={timezone.localdate() - timedelta(days=50)}"
    assert "no rows sent" in read(state.get("/?organization=1000")).text
    page = read(state.get(f"/?organization=Rock Star Public Schools (1000)&{days}&sort=errors"))
    assert "2 of 3 rows not loaded (66.7 %)" in page.text
    (address,) = [a["href"] for a in page.all("a") if a.get("aria-label", "").startswith("1 file with ")]
    assert "before.csv" in read(state.get(address)).text
    assert "harbor.csv" not in read(state.get(address)).text
    assert {"name": "sort", "value": "errors", "type": "hidden"} in page.all("input")


def test_a_district_chooses_the_days_of_its_own_rules(specialist, world, read):
    world.find(world.send(finished_at=timezone.now()))
    world.find(world.send(world.harbor, finished_at=timezone.now()), code="CTE501")
    text = read(specialist.get("/")).text
    assert "CTE403" in text
    assert "CTE501" not in text
    long_ago = read(specialist.get("/?broken_to=2001-01-01")).text
    assert "CTE403" not in long_ago


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("organization=9999", "There is no organization with this ID or name"),
        ("broken_from=2026-02-02&broken_to=2026-02-01", "This is before the first day"),
        ("broken_from=yesterday", "Enter a valid date"),
    ],
)
def test_rules_of_what_cannot_be_are_declined_with_a_sentence(state, query, says, read):
    response = state.get(f"/?{query}")
    assert response.status_code == 422
    assert says in read(response).text
