"""The Change Focus box."""

import re
from datetime import date

import pytest
from django.urls import reverse

from tidegate.accounts.models import Focus
from tidegate.records.models import Enrollment
from tidegate.reference.models import Organization, SchoolYear
from tidegate.states.maine.models import CteRecord

ADDRESS = "/change-focus/"
BOX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "box"}


def test_the_year_and_the_organization_stand_at_the_top_right_of_a_page(specialist, read):
    page = read(specialist.get(reverse("start")))
    assert "2020-2021 Rock Star Public Schools" in page.text


def test_only_the_persons_own_organizations_are_offered(specialist):
    form = specialist.get(ADDRESS).context["form"]
    names = [label for _, label in form.fields["organization"].choices]
    assert names == ["Rock Star Public Schools", "Rock Star High School"]


def test_whoever_works_for_the_state_may_choose_all_of_it(signed_in):
    form = signed_in("state administrator").get(ADDRESS).context["form"]
    assert form.fields["organization"].choices.__iter__().__next__() == ("", "Whole state")


def test_the_choice_is_saved_and_leads_back(specialist, world):
    choice = {"school_year": 2026, "organization": 1001, "show_students": "inactive"}
    response = specialist.post(f"{ADDRESS}?next=/students/", choice)
    assert response["Location"] == "/students/"
    focus = Focus.objects.get(person=world.person("data specialist"))
    assert (focus.school_year_id, focus.organization_id, focus.show_students) == (2026, 1001, "inactive")


def test_going_back_never_leads_to_another_site(specialist):
    choice = {"school_year": 2026, "organization": 1000, "show_students": "all"}
    assert specialist.post(f"{ADDRESS}?next=https://elsewhere.example/", choice)["Location"] == reverse("start")


@pytest.mark.parametrize("forged", ["3000", "2001", "9999", "", "x"])
def test_a_forged_organization_is_refused_and_nothing_changes(specialist, world, forged):
    choice = {"school_year": 2020, "organization": forged, "show_students": "all"}
    assert specialist.post(ADDRESS, choice).status_code == 422
    assert Focus.objects.get(person=world.person("data specialist")).organization == world.rock_star


def test_foreign_and_unknown_organizations_get_the_same_sentence(specialist, read):
    texts = []
    for forged in ("3000", "9999"):
        choice = {"school_year": 2020, "organization": forged, "show_students": "all"}
        texts.append(read(specialist.post(ADDRESS, choice)).text_at_any_time)
    assert texts[0] == texts[1]
    assert "Choose an organization from the list" in texts[0]


@pytest.fixture
def many(world):
    """A state with more organizations than a list has room for."""
    Organization.objects.bulk_create(
        Organization(pk=5000 + n, identifier=str(5000 + n), name=f"Town {n:03} Schools", kind="SAU") for n in range(120)
    )


def entries(response) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]*)<", response.content.decode())


def found(client, text, **more) -> list[str]:
    return entries(client.get("/change-focus/organizations/", {"search": text, **more}))


def test_of_many_organizations_box_and_page_list_some(signed_in, many):
    client = signed_in("state administrator")
    for shown in (client.get(ADDRESS, **BOX), client.get(ADDRESS)):
        assert "Find an organization" in shown.content.decode()
        assert "Town 119 Schools" not in entries(shown)
        assert "Whole state" in entries(shown)


def test_the_page_finds_an_organization_without_a_script(signed_in, world, many):
    client = signed_in("state administrator")
    before = Focus.objects.filter(person=world.person("state administrator")).values().first()
    asked = {"school_year": 2026, "organization": "", "show_students": "all", "search": "schools 119", "find": "yes"}
    shown = client.post(ADDRESS, asked)
    assert '<option value="5119" selected>Town 119 Schools</option>' in shown.content.decode()
    assert '<option value="2026" selected>' in shown.content.decode()
    assert "No organization found" in client.post(ADDRESS, asked | {"search": "zzz"}).content.decode()
    assert Focus.objects.filter(person=world.person("state administrator")).values().first() == before


def test_organizations_are_found_by_words_of_their_name_or_by_their_id(signed_in, many):
    client = signed_in("state administrator")
    assert found(client, "schools 119") == ["Town 119 Schools"]
    assert found(client, "5007") == ["Town 007 Schools"]
    assert found(client, "rock star") == ["Rock Star Public Schools", "Rock Star High School"]
    assert len(found(client, "town")) == 50
    assert found(client, "%") == found(client, "zzz") == []


def test_nobody_finds_organizations_of_others(specialist, many):
    assert found(specialist, "s") == ["Rock Star Public Schools", "Rock Star High School"]
    assert found(specialist, "Harbor") == found(specialist, "3000") == []


def test_an_organization_that_was_found_is_saved_from_the_box(signed_in, world, many):
    choice = {"school_year": 2020, "organization": 5119, "show_students": "all", "search": "119"}
    signed_in("state administrator").post(ADDRESS, choice, **BOX)
    assert Focus.objects.get(person=world.person("state administrator")).organization_id == 5119


def close(organization, day) -> None:
    Organization.objects.filter(pk=organization.pk).update(closed_on=day)


def test_people_of_a_closed_office_get_back_to_its_last_year(specialist, world):
    Focus.objects.update(school_year=world.newer_year)
    close(world.rock_star, date(2021, 6, 30))
    choices = specialist.get(ADDRESS).context["form"].fields["organization"].choices
    assert [pk for pk, _ in choices] == [1000, 1001]
    assert specialist.post(ADDRESS, {"school_year": 2020, "organization": 1000, "show_students": "all"})["Location"]
    assert Focus.objects.get(person=world.person("data specialist")).school_year == world.year


def test_a_large_closed_district_finds_itself_and_its_schools(specialist, world):
    Focus.objects.update(school_year=world.newer_year)
    Organization.objects.bulk_create(
        Organization(pk=5000 + n, identifier=str(5000 + n), name=f"School {n:03}", kind="School", parent_id=1000)
        for n in range(120)
    )
    Organization.objects.filter(parent=1000).update(closed_on=date(2021, 6, 30))
    close(world.rock_star, date(2021, 6, 30))
    assert entries(specialist.get(ADDRESS))[2:4] == ["Rock Star Public Schools", "Rock Star High School"]
    assert found(specialist, "school 119") == ["School 119"]


def test_the_focus_on_a_closed_organization_stays_chosen_in_the_box(signed_in, world):
    Focus.objects.update(school_year=world.newer_year, organization=world.harbor)
    close(world.harbor, date(2021, 6, 30))
    html = signed_in("state administrator").get(ADDRESS).content.decode()
    assert '<option value="3000" selected>Harbor Public Schools</option>' in html


def test_organizations_are_found_that_were_open_in_the_chosen_year(signed_in, world, many):
    Focus.objects.update(school_year=world.newer_year)
    close(world.harbor, date(2021, 6, 30))
    client = signed_in("state administrator")
    assert found(client, "harbor") == []
    assert found(client, "harbor", school_year="2020") == ["Harbor Public Schools"]
    asked = {"school_year": 2020, "organization": "", "show_students": "all", "search": "harbor", "find": "yes"}
    assert "Harbor Public Schools" in entries(client.post(ADDRESS, asked))


def test_a_year_that_cannot_be_finds_as_the_focus_does(signed_in, many):
    client = signed_in("state administrator")
    for year in ("", "x", "9999", "9" * 30, "99999999999"):
        assert found(client, "5007", school_year=year) == ["Town 007 Schools"]


def test_htmx_gets_the_box_alone(specialist):
    html = specialist.get(ADDRESS, **BOX).content.decode()
    assert "<html" not in html
    assert 'id="box-heading"' in html


def test_htmx_is_led_back_by_the_browser_once_the_choice_is_saved(specialist):
    choice = {"school_year": 2026, "organization": 1000, "show_students": "all"}
    assert specialist.post(ADDRESS, choice, **BOX)["HX-Redirect"] == reverse("start")


def test_a_person_without_a_role_is_told_what_to_do(signed_in, read):
    assert "You do not belong to an organization yet" in read(signed_in("nobody").get(reverse("start"))).text


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("state administrator", "Open the one that you collect: under Administration, Setting up"),
        ("data specialist", "The state data team adds it before the first files are sent"),
    ],
)
def test_where_there_is_no_school_year_everybody_is_told_so(signed_in, read, role, sentence):
    client = signed_in(role)
    for model in (Focus, CteRecord, Enrollment, SchoolYear):
        model.objects.all().delete()
    led_to = client.get(reverse("start"), follow=True).redirect_chain
    assert led_to == ([(reverse("setup"), 302)] if role == "state administrator" else [])
    for address in ("students", "state_reporting_status"):
        text = read(client.get(reverse(address))).text
        assert "There is no school year yet" in text
        assert sentence in text
    refused = client.get(reverse("upload_file"))
    assert refused.status_code == 400
    assert "There is no school year yet" in read(refused).text
    assert client.get(ADDRESS).status_code == 200
