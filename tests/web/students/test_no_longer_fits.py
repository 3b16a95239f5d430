"""The page No longer fits: what is on file and would not be loaded now, for those whose lines these are."""

import csv
import io

import pytest

from tests.web.world import STUDENT, STUDENT_ID
from tidegate.accounts.models import Membership
from tidegate.accounts.roles import DataSpecialist
from tidegate.audit.models import Event
from tidegate.records.models import Enrollment
from tidegate.states.maine.models import CteRecord
from tidegate.uploads.models import Misfit
from tidegate.uploads.rechecks.recheck import recheck

ADDRESS, FILE = "/no-longer-fits/", "/no-longer-fits/no-longer-fits.csv"
HOME = "/"
MESSAGE = "StartDate 2020-09-02 is 1 day after the enrollment at Capital Area Technical Center ended (2020-09-01)"


@pytest.fixture
def misfit(world) -> Misfit:
    """A CTE record whose concurrent enrollment ended before it began; it was sent for the CTE school."""
    Enrollment.objects.update(resident_sau_id=1000, resident_town_code="011")
    Enrollment.objects.filter(enrollment_type="C").update(exit_date="2020-09-01", exit_type="02")
    upload = world.send(world.cte_school, file_name="from-the-center.csv")
    CteRecord.objects.update(began_with=upload.pk)
    recheck()
    return Misfit.objects.get(file_type="cte")


def listed(client) -> list[dict[str, str]]:
    """Return the downloaded list's lines of CTE."""
    content = b"".join(client.get(FILE).streaming_content).decode()
    return [row for row in csv.DictReader(io.StringIO(content)) if row["FileType"] == "CTE"]


def test_the_page_says_what_does_not_fit_and_who_can_act(signed_in, misfit, read):
    text = read(signed_in("CTE director").get(ADDRESS)).text
    assert MESSAGE in text
    assert "CTE school Capital Area Technical Center; CTE Code 01.0205; Start date 2020-09-02" in text
    assert "Capital Area Technical Center from-the-center.csv" in text


def test_the_list_is_for_those_whose_lines_these_are(signed_in, misfit):
    assert [row["Rule"] for row in listed(signed_in("CTE director"))] == ["CTE503"]
    assert [row["Rule"] for row in listed(signed_in("state administrator"))] == ["CTE503"]
    for role in ("data specialist", "viewer", "specialist elsewhere"):
        assert listed(signed_in(role)) == []
        assert MESSAGE not in signed_in(role).get(ADDRESS).content.decode()


def test_who_sent_a_line_sees_it_though_it_names_another_organization(signed_in, world, misfit):
    Misfit.objects.all().delete()
    CteRecord.objects.update(began_with=world.send(world.rock_star).pk)
    recheck()
    assert [row["Rule"] for row in listed(signed_in("data specialist"))] == ["CTE503"]
    assert listed(signed_in("specialist elsewhere")) == []


def test_the_file_has_a_line_for_each_broken_rule(signed_in, misfit):
    (row,) = listed(signed_in("CTE director"))
    assert (row["StudentNumber"], row["LineID"], row["Message"]) == (STUDENT, str(misfit.line_id), MESSAGE)
    assert (row["OrganizationID"], row["WhoCanAct"]) == ("2000", "Capital Area Technical Center")


def test_a_line_is_shown_without_a_way_to_a_student_who_is_enrolled_elsewhere(signed_in, world, misfit, read):
    client = signed_in("CTE director")
    assert f"/students/{STUDENT_ID}/" in [a.get("href") for a in read(client.get(ADDRESS)).all("a")]
    Enrollment.objects.filter(school=world.cte_school).delete()
    page = read(client.get(ADDRESS))
    assert STUDENT in page.text
    assert f"/students/{STUDENT_ID}/" not in [a.get("href") for a in page.all("a")]


def test_a_part_of_the_list_is_asked_for_by_its_address(signed_in, misfit, read):
    client = signed_in("CTE director")
    assert MESSAGE in read(client.get(ADDRESS, {"file_type": "cte", "code": "CTE503", "organization": "2000"})).text
    for wrong in ({"code": "CTE403"}, {"organization": "1000"}, {"file_type": "\x00", "code": "x" * 500}):
        response = client.get(ADDRESS, wrong)
        assert response.status_code == 200
        if "\x00" not in wrong.get("file_type", ""):
            assert "No such line" in read(response).text


def test_the_home_leads_there_while_something_does_not_fit(signed_in, misfit, read):
    client = signed_in("CTE director")
    assert "1 line on file no longer fits" in read(client.get(HOME)).text
    Misfit.objects.all().delete()
    assert "no longer fits" not in read(client.get(HOME)).text.replace("No longer fits", "")
    assert "All lines on file fit" in read(client.get(ADDRESS)).text


def test_only_the_focus_is_led_to_its_lines(signed_in, world, misfit, read):
    state = signed_in("state administrator")
    for address, is_led in ((HOME, True), (f"/districts/{world.cte_school.pk}/", False)):
        assert ("on file no longer fit" in read(state.get(address)).text) == is_led


def test_looking_and_downloading_are_recorded(signed_in, misfit):
    client = signed_in("CTE director")
    client.get(ADDRESS)
    listed(client)
    viewed, downloaded = Event.objects.filter(act__startswith="no_longer_fits.").order_by("pk")
    assert (viewed.act, viewed.organization_id) == ("no_longer_fits.viewed", 2001)
    assert viewed.details["students"] == [str(STUDENT_ID)]
    assert downloaded.act == "no_longer_fits.downloaded"
    assert downloaded.details["students"] == [str(STUDENT_ID)]


def test_somebody_who_has_lost_the_role_sees_nothing(signed_in, world, misfit):
    client = signed_in("CTE director")
    Membership.objects.filter(person=world.person("CTE director")).update(
        role=DataSpecialist.slug, organization=world.harbor
    )
    assert MESSAGE not in client.get(ADDRESS).content.decode()
