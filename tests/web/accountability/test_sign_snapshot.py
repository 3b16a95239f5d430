"""The pages on which two people sign a snapshot, and those that show what stands in the way."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accountability.certification.test_sign import allow
from tests.web.world import STUDENT, STUDENT_ID
from tidegate.accountability.models import Explanation, Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.accountability.snapshots.take import take_snapshot
from tidegate.accountability.snapshots.transitions import review_snapshot
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import Approver, Certifier
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment, Student
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.receipts.receipt import published_key
from tidegate.uploads.receipts.signed_files import content_of_document, is_file_signed

PASSWORD = "a long password"


def signed_in_as(role, name: str) -> Client:
    person = Person.objects.create_user(f"{name}@example.org", PASSWORD, name=name)
    Membership.objects.create(person=person, role=role.slug, organization=None)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def certifier(world) -> Client:
    return signed_in_as(Certifier, "cora")


@pytest.fixture
def approver(world) -> Client:
    return signed_in_as(Approver, "abel")


@pytest.fixture
def snapshot(world) -> Snapshot:
    return review_snapshot(take_snapshot(find_period("cte-october-count"), world.year, by=None), by=None)


def address(snapshot: Snapshot, end: str = "") -> str:
    return f"/snapshots/{snapshot.pk}/{end}"


def prove(client: Client, back: str):
    again = client.get(back).context["ways"][0].address
    return client.post(again, {"password": PASSWORD, "next": parse_qs(urlsplit(again).query)["next"][0]})


def test_two_people_look_sign_again_and_sign(certifier, approver, snapshot, read, django_assert_max_num_queries):
    certify, approve = address(snapshot, "certify/"), address(snapshot, "approve/")
    read(certifier.get(certify))  # what is counted of it is stored from now on
    with django_assert_max_num_queries(30):
        page = read(certifier.get(certify))
    assert page.broken() == []
    for expected in ("Open findings", "Schools without lines", "What changed on file since", "Enter your password"):
        assert expected in page.text
    assert certifier.post(certify).status_code == 403, "Nobody signs without a proof"
    assert prove(certifier, certify)["Location"] == f"{certify}#sign"
    assert "Certify as cora" in read(certifier.get(certify)).text
    assert "it is certified" in read(certifier.post(certify, follow=True)).text
    assert certifier.get(approve).status_code == 403
    assert "Certified by" in read(approver.get(approve)).text
    prove(approver, approve)
    page = read(approver.post(approve, follow=True))
    assert page.broken() == []
    assert "Certificate (PDF)" in page.text
    text = b"".join(approver.get(address(snapshot, "certificate.json")).streaming_content)
    assert content_of_document(text, "certificate", published_key())["snapshot"] == snapshot.pk
    pdf = b"".join(approver.get(address(snapshot, "certificate.pdf")).streaming_content)
    assert is_file_signed(pdf, published_key())


def test_a_proof_is_used_up_by_one_signature(certifier, snapshot, world, take_another):
    certify = address(snapshot, "certify/")
    prove(certifier, certify)
    certifier.post(certify)
    certifier.post(address(snapshot, "reopen/"), {"reason": "A number is wrong"})
    other = take_another()
    assert certifier.post(address(other, "certify/")).status_code == 403
    assert Snapshot.objects.get(pk=other.pk).state == "reviewed"


@pytest.fixture
def take_another(world):
    return lambda: review_snapshot(take_snapshot(find_period("cte-october-count"), world.year, by=None), by=None)


def test_having_signed_in_with_a_password_is_no_proof(snapshot, world):
    client = signed_in_as(Certifier, "carl")
    client.logout()
    client.post(reverse("account_login"), {"login": "carl@example.org", "password": PASSWORD})
    assert client.get(address(snapshot, "certify/")).context["proof"] is None


@pytest.mark.parametrize("role", ["state administrator", "data specialist", "viewer", "nobody"])
def test_nobody_else_signs(signed_in, snapshot, role):
    for end in ("certify/", "approve/"):
        assert signed_in(role).post(address(snapshot, end)).status_code == 403
    assert Snapshot.objects.get().state == "reviewed"


def test_what_changed_since_is_shown_by_school(signed_in, snapshot, read):
    page = address(snapshot, "changes/")
    administrator = signed_in("state administrator")
    assert "what is on file now is what the snapshot has" in read(administrator.get(page)).text
    line = Enrollment.objects.get(student=STUDENT, enrollment_type="C")
    Enrollment.objects.filter(pk=line.pk).update(replaced_at=timezone.now())
    line.pk = None
    line.save()  # the same again, as an undo restores it
    assert "what is on file now is what the snapshot has" in read(administrator.get(page)).text
    Enrollment.objects.filter(pk=line.pk).update(grade_level="12")
    row = "Capital Area Technical Center 0 1 0"
    assert row in " ".join(read(administrator.get(page)).text.split())
    assert row in " ".join(read(signed_in("CTE director").get(page)).text.split())
    assert "Capital Area" not in read(signed_in("specialist elsewhere").get(page)).text


@pytest.fixture
def year_before(world) -> Snapshot:
    """Last year's snapshot, in which eight students were counted at the CTE school."""
    before = SchoolYear.objects.get_or_create(first=2019, defaults={"name": "2019-2020"})[0]
    for number in range(910000001, 910000009):
        Student.objects.create(number=str(number))
        at = {"school": world.cte_school, "sau": world.cte_school.parent}
        day = {"entry_date": "2019-09-01", "school_year": before}
        Enrollment.objects.create(student_id=str(number), enrollment_type="C", **at, **day)
    return take_snapshot(find_period("cte-october-count"), before, by=None)


def test_an_unusual_number_is_explained_by_whose_it_is(year_before, snapshot, signed_in, certifier, read):
    page, explain = address(snapshot, "unusual/"), address(snapshot, "unusual/explain/")
    director = signed_in("CTE director")
    text = read(director.get(page)).text
    assert "Capital Area Technical Center" in text
    assert "-88 %" in text
    assert "Capital Area" not in read(signed_in("data specialist").get(page)).text
    number = "student-count|school|2001"
    given = {"number": number, "text": "A program moved", "ends_on": "2999-06-30"}
    assert signed_in("data specialist").post(explain, given).status_code == 403
    assert director.post(explain, given | {"ends_on": "2020-01-01"}).status_code == 422
    assert director.post(explain, given | {"number": "student-count"}).status_code == 422, "That is the state's"
    assert director.post(explain, given, follow=True).status_code == 200
    kept = Explanation.objects.get()
    assert (kept.organization_id, kept.last_year, kept.number) == (2001, 8, 1)
    assert "A program moved" in read(certifier.get(address(snapshot, "certify/"))).text
    assert "cannot be signed yet" in read(certifier.get(address(snapshot, "certify/"))).text


def test_a_warning_is_explained_by_the_office_that_sent_the_lines(world, take_another, signed_in, certifier, read):
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    snapshot = take_another()
    page, explain = address(snapshot, "warnings/"), address(snapshot, "warnings/explain/")
    specialist = signed_in("data specialist")
    shown = read(specialist.get(page))
    assert shown.broken() == []
    assert "ENR406 The school had closed before the enrollment begins" in " ".join(shown.text.split())
    assert "ENR406" not in read(signed_in("CTE director").get(page)).text
    assert "1 of 1 is open" in " ".join(read(certifier.get(address(snapshot, "certify/"))).text.split())
    asked = {"office": "1000", "file_type": "student-enrollment", "rule": "ENR406"}
    lines = read(specialist.get(address(snapshot, "warnings/lines/"), asked))
    assert lines.broken() == []
    assert f"{STUDENT} Quill, Rowan" in " ".join(lines.text.split())
    assert "Explain these lines" in lines.text
    assert "selected" in specialist.get(page, asked).content.decode().split('value="1000|', 1)[1][:80]
    assert "Explain these lines" not in read(signed_in("viewer").get(address(snapshot, "warnings/lines/"), asked)).text
    assert signed_in("CTE director").get(address(snapshot, "warnings/lines/"), asked).status_code == 404
    assert STUDENT.encode() in b"".join(
        specialist.get(address(snapshot, "warnings/lines.csv"), asked).streaming_content
    )
    said = Event.objects.filter(act="snapshot.warning_lines_downloaded").get().details
    assert (said["code"], said["students"]) == ("ENR406", [str(STUDENT_ID)])
    given = {"warning": "1000|student-enrollment|ENR406", "text": "The list is late", "ends_on": "2999-06-30"}
    for role in ("viewer", "CTE director"):
        assert signed_in(role).post(explain, given).status_code == 403
    assert specialist.post(explain, given | {"ends_on": "2020-01-01"}).status_code == 422
    assert "The warning is explained" in read(specialist.post(explain, given, follow=True)).text
    signing = read(certifier.get(address(snapshot, "certify/"))).text
    assert "The list is late" in signing
    assert "0 of 1 are open" in " ".join(signing.split())
    assert "cannot be signed yet" not in signing
    assert b"The list is late" in b"".join(specialist.get(address(snapshot, "warnings.csv")).streaming_content)


def test_a_rule_that_blocks_signing_leads_to_its_lines(
    world, take_another, signed_in, certifier, read, monkeypatch, django_assert_max_num_queries
):
    allow(monkeypatch, blocking_rules=("ENR406",))
    Organization.objects.filter(pk=1001).update(closed_on="2020-06-30")
    snapshot = take_another()
    rule = {"file_type": "student-enrollment", "rule": "ENR406"}
    lines = address(snapshot, "rules/lines/") + "?file_type=student-enrollment&amp;rule=ENR406"
    specialist, elsewhere = signed_in("data specialist"), signed_in("specialist elsewhere")
    for client, page in ((certifier, "certify/"), (specialist, "warnings/")):
        assert lines in client.get(address(snapshot, page)).content.decode()
    assert lines not in elsewhere.get(address(snapshot, "warnings/")).content.decode()
    with django_assert_max_num_queries(30):
        shown = read(specialist.get(address(snapshot, "rules/lines/"), rule))
    assert shown.broken() == []
    assert "1 line breaks the rule. It blocks signing" in " ".join(shown.text.split())
    assert f"{STUDENT} Quill, Rowan" in " ".join(shown.text.split())
    asked = {end: (address(snapshot, f"rules/{end}"), rule) for end in ("lines/", "lines.csv")}
    assert [elsewhere.get(*each).status_code for each in asked.values()] == [404, 404]
    assert STUDENT.encode() in b"".join(certifier.get(*asked["lines.csv"]).streaming_content)
    said = Event.objects.get(act="snapshot.rule_lines_downloaded").details
    assert (said["code"], said["students"]) == ("ENR406", [str(STUDENT_ID)])


def test_what_signing_refuses_is_said_before_a_password_is_asked_for(certifier, snapshot, take_another, read):
    certify = address(snapshot, "certify/")
    assert "Enter your password" in read(certifier.get(certify)).text
    other = take_another()
    page = read(certifier.get(certify)).text
    assert f"Snapshot {other.pk} was taken since, and only the newest is signed" in page
    assert "Enter your password" not in page


def test_a_reopened_snapshot_is_neither_published_nor_called_unsigned(certifier, approver, snapshot, signed_in, read):
    for client, end in ((certifier, "certify/"), (approver, "approve/")):
        prove(client, address(snapshot, end))
        client.post(address(snapshot, end))
    administrator = signed_in("state administrator")
    assert "publish/" in administrator.get(address(snapshot)).content.decode()
    administrator.post(address(snapshot, "reopen/"), {"reason": "A number is wrong"})
    assert "publish/" not in administrator.get(address(snapshot)).content.decode()
    page = read(administrator.get(address(snapshot, "department/"))).text
    assert "It was reopened, so another one takes its place." in page
    assert "Nobody has signed" not in page
