"""Corrections by hand on the Student page."""

import pytest
from django.utils import timezone

from tests.web.world import STRANGER_ID, STUDENT, STUDENT_ID
from tidegate.accounts.focus import save_focus
from tidegate.audit.models import Event
from tidegate.file_types import find
from tidegate.records.models import Change, Enrollment
from tidegate.records.stored_lines import lines_of
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.lifecycle.processing.process import process
from tidegate.uploads.models import Upload
from tidegate.web.students.forms.by_hand import LineForm

CTE, ENROLLMENTS = f"/students/{STUDENT_ID}/cte/", f"/students/{STUDENT_ID}/student-enrollment/"


@pytest.fixture
def director(signed_in):
    """The browser of the director of the CTE school, where the line is."""
    return signed_in("CTE director")


@pytest.fixture
def line(world):
    return CteRecord.objects.get(student_id=STUDENT)


def said(page) -> dict[str, str]:
    """Return what a form would send."""
    fields = {each["name"]: each.get("value", "") for each in page.all("input") if each.get("name", "").startswith("c")}
    return {name: value for name, value in fields.items() if name.startswith("column_")}


def test_both_tabs_lead_to_the_forms(director, specialist, line, read):
    page = read(director.get(CTE))
    links = [a.get("href") for a in page.all("a")]
    assert {f"{CTE}{line.pk}/correct/", f"{CTE}{line.pk}/withdraw/", f"{CTE}add/"} <= set(links)
    assert page.broken() == []
    assert f"{CTE}{line.pk}/correct/" not in specialist.get(CTE).content.decode()
    primary, concurrent = Enrollment.objects.filter(student_id=STUDENT).order_by("-enrollment_type")
    links = [a.get("href") for a in read(specialist.get(f"/students/{STUDENT_ID}/")).all("a")]
    assert {f"{ENROLLMENTS}{primary.pk}/correct/", f"{ENROLLMENTS}add/"} <= set(links)
    assert f"{ENROLLMENTS}{concurrent.pk}/correct/" not in links


def test_a_viewer_sees_no_way_to_the_forms_and_gets_none(signed_in, line, read):
    client = signed_in("viewer")
    assert "correct/" not in client.get(CTE).content.decode()
    for address in (f"{CTE}add/", f"{CTE}{line.pk}/correct/", f"{CTE}{line.pk}/withdraw/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert not Upload.objects.exists()


def test_a_closed_year_shows_why_and_no_way_to_the_forms(director, line, world, read):
    world.year.closed_at = timezone.now()
    world.year.save()
    page = read(director.get(CTE))
    assert not [link for a in page.all("a") if (link := a.get("href", "")).endswith(("correct/", "withdraw/", "add/"))]
    assert "was closed" in page.text
    assert "so its records cannot be changed." in page.text


def test_a_line_is_corrected_on_its_form(director, line, read):
    page = read(director.get(f"{CTE}{line.pk}/correct/"))
    assert page.broken() == []
    assert "Correct the CTE record" in page.text
    values = said(page)
    assert "1.50" in values.values()
    changed = {name: "2.25" if value == "1.50" else value for name, value in values.items()}
    answer = director.post(f"{CTE}{line.pk}/correct/", changed | {"reason": "Typo"})
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/state-reporting-status/{upload.pk}/")
    process(upload_id=upload.pk)
    assert str(CteRecord.objects.get(student_id=STUDENT, replaced_at=None).credits_earned) == "2.25"
    assert "Correction by hand" in read(director.get(CTE)).text
    assert Event.objects.filter(act="upload.made_by_hand").count() == 1


def test_what_is_wrong_stands_on_the_form_and_nothing_is_sent(director, line, read):
    values = said(read(director.get(f"{CTE}{line.pk}/correct/")))
    no_reason = director.post(f"{CTE}{line.pk}/correct/", values | {"reason": " "})
    assert no_reason.status_code == 422
    assert "Enter the reason" in read(no_reason).text
    unchanged = read(director.post(f"{CTE}{line.pk}/correct/", values | {"reason": "Typo"}))
    assert "Nothing was changed" in unchanged.text
    wrong = {name: "43" if value == "01.0205" else value for name, value in values.items()}
    answer = read(director.post(f"{CTE}{line.pk}/correct/", wrong | {"reason": "Typo"}))
    assert 'Unable to resolve CTE Code "43"' in answer.text
    assert answer.broken() == []
    assert not Upload.objects.exists()
    assert CteRecord.objects.get(student_id=STUDENT).is_current


def test_a_line_is_added_and_withdrawn(director, line, read):
    values = said(read(director.get(f"{CTE}{line.pk}/correct/")))
    assert "is on file already" in read(director.post(f"{CTE}add/", values | {"reason": "Missing"})).text
    more = {name: "2.25" if value == "1.50" else value for name, value in values.items()}
    director.post(f"{CTE}add/", more | {"reason": "Missing"})
    process(upload_id=Upload.objects.get().pk)
    assert CteRecord.objects.filter(student_id=STUDENT, replaced_at=None).count() == 2
    page = read(director.get(f"{CTE}{line.pk}/withdraw/"))
    assert "Withdraw the CTE record" in page.text
    assert page.broken() == []
    assert director.post(f"{CTE}{line.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert director.post(f"{CTE}{line.pk}/withdraw/", {"reason": "Twice"}).status_code == 302
    process(upload_id=Upload.objects.latest("pk").pk)
    assert CteRecord.objects.get(student_id=STUDENT, replaced_at=None).pk != line.pk
    assert list(Change.objects.filter(kind="by hand").order_by("pk").values_list("reason", flat=True)) == [
        "Missing",
        "Twice",
    ]


def test_a_line_that_was_changed_since_says_so(director, line, read):
    values = said(read(director.get(f"{CTE}{line.pk}/correct/")))
    CteRecord.objects.update(replaced_at="2020-10-01T00:00Z")
    answer = director.post(f"{CTE}{line.pk}/correct/", values | {"reason": "Typo"})
    assert answer.status_code == 409
    assert "This CTE record was changed or withdrawn since the page was opened" in read(answer).text


def test_a_foreign_record_is_as_if_there_were_none(specialist, signed_in, world, line):
    foreign = CteRecord.objects.create(
        student_id=STUDENT, school_year=world.year, sau=world.harbor, school=world.harbor, cte_code="01.0205",
        start_date="2020-09-02", credits_earned=1,
    )  # fmt: skip
    for line_id in (foreign.pk, line.pk, line.pk + 999_999, 2**70):
        assert specialist.get(f"{CTE}{line_id}/correct/").status_code == 404
        assert specialist.post(f"{CTE}{line_id}/withdraw/", {"reason": "x"}).status_code == 404
    assert specialist.get(f"/students/{STRANGER_ID}/cte/{line.pk}/correct/").status_code == 404
    assert specialist.get(f"/students/{STUDENT_ID}/cheese/add/").status_code == 404
    assert signed_in("specialist elsewhere").get(f"{CTE}{line.pk}/correct/").status_code == 404


def test_the_whole_state_has_to_choose_an_organization_first(signed_in, world, line, read):
    save_focus(by=world.person("state administrator"), school_year=world.year, organization=None)
    answer = signed_in("state administrator").get(f"{CTE}{line.pk}/correct/")
    assert "A correction by hand is made for one organization" in read(answer).text


def test_a_value_with_line_breaks_has_a_field_that_keeps_them(specialist, world, read):
    line = Enrollment.objects.get(student_id=STUDENT, enrollment_type="P")
    Enrollment.objects.filter(pk=line.pk).update(comments="Moved\nto Bangor")
    page = read(specialist.get(f"{ENROLLMENTS}{line.pk}/correct/"))
    assert len([each for each in page.all("textarea") if each["name"] != "reason"]) == 1
    assert "Moved to Bangor" in page.text.replace("\n", " ")
    assert page.broken() == []


@pytest.mark.parametrize(
    ("before", "sent", "says"),
    [
        ("Moved\nto Bangor", "Moved\r\nto Bangor", "Moved\nto Bangor"),
        ("Moved\r\nto Bangor ", "Moved\r\nto Bangor", "Moved\r\nto Bangor "),
        ("Moved\rto Bangor", "Moved\r\nto Bangor", "Moved\rto Bangor"),
        ("Moved\nto Bangor", "Moved\r\nto Orono", "Moved\nto Orono"),
    ],
)
def test_line_breaks_stay_as_they_were_on_file(before, sent, says, world):
    lines = lines_of(find("student-enrollment"))
    form = LineForm(lines, world.year, values={"Comments": before})
    (name,) = [name for name, title in form.names.items() if title == "Comments"]
    form = LineForm(lines, world.year, data={name: sent, "reason": "Typo"}, values={"Comments": before})
    assert form.is_valid()
    assert form.values["Comments"] == says
