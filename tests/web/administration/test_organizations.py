"""Organizations and code lists in pages: each act is shown first, done as it was shown, noted, and taken back."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from tidegate.administration.models import ListChange
from tidegate.audit.models import Event
from tidegate.core.errors import Conflict
from tidegate.reference.models import Code, Organization
from tidegate.uploads.lifecycle.receiving.receive import receive
from tidegate.windows.models import CollectionWindow, LateAllowance


@pytest.fixture
def office(signed_in):
    """The browser of the state administrator."""
    return signed_in("state administrator")


@pytest.fixture
def carry_out(office, read):
    """Send a form, carry out what its preview shows, and return the preview's text."""

    def carry_out(page: str, given: dict, **form) -> str:
        proposed = office.post(reverse(page, kwargs=given), form)
        assert proposed.status_code == 302, read(proposed).text
        preview = read(office.get(proposed["Location"])).text
        assert office.post(proposed["Location"]).status_code == 302
        return preview

    return carry_out


def undo(office, read) -> str:
    """Take the last change back and return what its preview says."""
    proposed = office.post(reverse("undo_list_change", args=[ListChange.objects.filter(made_at__isnull=False)[0].pk]))
    preview = read(office.get(proposed["Location"])).text
    assert office.post(proposed["Location"]).status_code == 302
    return preview


def test_a_school_is_added_corrected_moved_closed_and_opened_again(office, carry_out, read, world):
    carry_out("add_organization", {}, identifier="1002", name="Rock Middle", kind="School", parent=1000, local_id="M")
    (school,) = Organization.objects.filter(identifier="1002")
    at = {"key": school.pk}
    assert "Rock Middle School" in carry_out("correct_organization", at, name="Rock Middle School", local_id="M")
    carry_out("move_organization", at, parent=3000)
    carry_out("close_organization", at, closed_on="2026-06-30")
    carry_out("reopen_organization", at)
    school.refresh_from_db()
    assert (school.name, school.parent_id, school.closed_on) == ("Rock Middle School", 3000, None)
    acts = set(Event.objects.filter(act__startswith="list.").values_list("act", flat=True))
    assert acts == {"list.added_to", "list.corrected", "list.moved_in", "list.closed_in", "list.reopened_in"}
    page = read(office.get(reverse("organization", kwargs=at))).text
    for said in ("Addition", "Correction", "Move", "Closing", "Reopening"):
        assert said in page


@pytest.mark.parametrize(("above", "named"), [("1000", "Rock Star Public Schools (1000)"), ("77", ""), ("A", "")])
def test_the_form_of_a_new_school_names_where_it_belongs(office, read, world, above, named):
    (field,) = (
        each for each in read(office.get(reverse("add_organization"), {"parent": above})).all("input")
        if each.get("name") == "parent"
    )  # fmt: skip
    assert field.get("value", "") == named


@pytest.mark.parametrize(("page", "given"), [("add_organization", {}), ("move_organization", {"key": 1001})])
def test_a_district_is_typed_by_name_and_never_listed(office, carry_out, read, world, page, given):
    html = office.get(reverse(page, kwargs=given)).content.decode()
    assert "Harbor Public Schools" not in html
    assert 'list="organization-names"' in html
    assert '<datalist id="organization-names">' in html
    new = {} if given else {"identifier": "1002", "name": "Rock Middle", "kind": "School"}
    assert "Harbor Public Schools" in carry_out(page, given, parent="harbor public schools", **new)
    names = office.get(reverse("organization_names"), {"parent": "harb"}).content.decode()
    assert "Harbor Public Schools (3000)" in names


def test_a_move_says_who_gains_and_loses_it_and_can_be_undone(office, carry_out, read, world):
    preview = carry_out("move_organization", {"key": 1001}, parent=3000)
    assert "1 line of 2020-2021 names the SAU of before" in preview
    assert "It counts for every school year, earlier ones, too" in preview
    assert "2 people of the SAU of before will no longer reach the school" in preview
    assert "1 person of the SAU that it moves to will reach it" in preview
    assert "Harbor Public Schools" in undo(office, read)
    assert Organization.objects.get(pk=1001).parent_id == 1000


def test_a_close_counts_the_windows_and_late_files_that_it_touches(office, carry_out, world):
    day = {"file_type": "cte", "school_year": world.year, "organization": world.rock_star}
    days = dict.fromkeys(("opens", "due", "closes"), date(2021, 6, 1))
    by = world.person("state administrator")
    CollectionWindow.objects.create(**day, **days, set_by=by)
    LateAllowance.objects.create(**day, until=timezone.localdate(), reason="A storm", allowed_by=by)
    preview = carry_out("close_organization", {"key": 1000}, closed_on="2021-06-30")
    assert "1 collection window of its own stays" in preview
    assert "1 late allowance stays" in preview


def test_a_closed_district_takes_no_files_of_later_years(carry_out, world):
    preview = carry_out("close_organization", {"key": 1000}, closed_on="2021-06-30")
    assert "1 school below it stays open" in preview
    assert "2 people have a role here" in preview
    world.rock_star.refresh_from_db()
    given = {"file": BytesIO(b"x"), "file_name": "a.csv", "file_type": "cte", "by": world.person("data specialist")}
    with pytest.raises(Conflict, match="closed on June 30, 2021, before 2026-2027 began"):
        receive(**given, organization=world.rock_star, school_year=world.newer_year)
    assert receive(**given, organization=world.rock_star, school_year=world.year).pk


def test_change_focus_offers_a_closed_organization_for_its_own_years_only(signed_in, read, world):
    Organization.objects.filter(pk=3000).update(closed_on=date(2021, 6, 30))
    office, box = signed_in("state administrator"), reverse("change_focus")
    assert "Harbor Public Schools" in read(office.get(box)).text
    refused = office.post(box, {"school_year": 2026, "organization": 3000, "show_students": "all"})
    assert "closed on June 30, 2021, before 2026-2027 began" in read(refused).text
    office.post(box, {"school_year": 2026, "organization": 1000, "show_students": "all"})
    assert "Harbor Public Schools" not in read(office.get(box)).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"identifier": "1001", "name": "X", "kind": "School", "parent": 1000}, "Rock Star High School has this ID"),
        ({"identifier": "12A", "name": "X", "kind": "School", "parent": 1000}, "is not an organization ID"),
        ({"identifier": "1009", "name": "X", "kind": "School"}, "A school belongs to a SAU"),
        ({"identifier": "1009", "name": "X", "kind": "SAU", "parent": 1000}, "belongs to no other organization"),
    ],
)
def test_an_organization_that_cannot_be_is_declined_with_a_sentence(office, read, form, sentence):
    answer = office.post(reverse("add_organization"), form)
    assert answer.status_code == 422
    assert sentence in read(answer).text


def test_the_list_is_searched_by_name_id_kind_and_state(office, read, world):
    def found(**asked) -> str:
        return read(office.get(reverse("organizations"), asked)).text

    assert "Harbor Public Schools" not in found(search="rock high")
    assert "Rock Star High School" in found(search="1001")
    assert "Rock Star High School" not in found(kind="SAU")
    assert "No organization found" in found(state="closed")
    assert "Rock Star High School" in found(parent="1000")


def test_a_list_is_imported_from_a_file_and_undone(office, carry_out, read, world):
    content = b"Code,Title,FirstYear,LastYear\n01.0205,Agricultural Mechanics,,2019-2020\n11.0101,Computing,,\n"
    file = BytesIO(content)
    file.name = "codes.csv"
    preview = carry_out("import_code_list", {"list_name": "cte_codes"}, file=file)
    assert "1 CTE code ends" in preview
    assert "1 CTE record of 2020-2021 uses code 01.0205 and would no longer fit" in preview
    assert Code.objects.get(code="01.0205").last_year == 2019
    undo(office, read)
    assert not Code.objects.filter(code="11.0101").exists()
    assert b"01.0205,Agricultural Mechanics,," in b"".join(
        office.get(reverse("code_list_file", args=["cte_codes"])).streaming_content
    )


def test_a_new_list_can_be_left_before_and_after_its_import(office, read, world):
    def links_to_list(address: str) -> int:
        page = read(office.get(address))
        hrefs = [link["href"] for link in page.all("a") if link.get("href", "").startswith("/code-lists/race_codes/")]
        for href in {*hrefs}:
            assert office.get(href).status_code == 200, href
        return len(hrefs)

    file = BytesIO(b"Code,Title,FirstYear,LastYear\n1,One,,\n")
    file.name = "races.csv"
    assert links_to_list(reverse("import_code_list", args=["race_codes"])) == 1
    proposed = office.post(reverse("import_code_list", args=["race_codes"]), {"file": file})["Location"]
    assert links_to_list(proposed) == 2, "The trail, and Cancel"
    office.post(proposed)
    undo(office, read)
    assert links_to_list(proposed) == 1
    page = read(office.get(reverse("code_list", args=["race_codes"]))).text
    assert "0 codes" in page
    assert "Undo" in page


def test_no_code_list_has_the_name_of_another_list(office, world):
    assert office.get(reverse("code_list", args=["organizations"])).status_code == 404
    assert office.get(reverse("code_list", args=["students"])).status_code != 200
    assert office.get(reverse("code_list_file", args=["race_codes"])).status_code == 404


def test_a_file_that_cannot_be_read_says_every_row(office, read):
    file = BytesIO(b"Code,Title,FirstYear,LastYear\nA,,,\nB,,,\n")
    file.name = "codes.csv"
    answer = office.post(reverse("import_code_list", args=["cte_codes"]), {"file": file})
    assert answer.status_code == 422
    page = read(answer).text
    assert "codes.csv row 2: Code is not a CIP code" in page
    assert "codes.csv row 3" in page


def test_one_code_is_ended_with_a_school_year(carry_out, read, office, world):
    assert "1 CTE code ends" in carry_out(
        "edit_code", {"list_name": "cte_codes"}, code="01.0205", title="Agricultural Mechanics", last_year="2025-2026"
    )
    assert "up to 2025-2026" in read(office.get(reverse("code_list", args=["cte_codes"]))).text


def test_what_was_carried_out_is_not_carried_out_again(office, carry_out, read, world):
    carry_out("close_organization", {"key": 3000}, closed_on="2026-06-30")
    change = ListChange.objects.get()
    again = office.post(reverse("list_change", args=[change.pk]))
    assert again.status_code == 409
    assert "carried out already" in read(again).text


def test_only_the_state_administrator_changes_lists(signed_in, world):
    change = ListChange.objects.create(list_name="cte_codes", act="add", differences=[], sha256="")
    specialist = signed_in("data specialist")
    assert specialist.post(reverse("list_change", args=[change.pk])).status_code == 403
    assert specialist.post(reverse("undo_list_change", args=[change.pk])).status_code == 403
    assert specialist.post(reverse("reopen_organization", args=[1000])).status_code == 403
    change.refresh_from_db()
    assert not change.is_made
