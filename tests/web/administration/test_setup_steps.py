"""What is missing of the first hour follows from what is on file, and from nothing else."""

from django.urls import reverse

from tidegate.accounts.models import Person
from tidegate.administration.first_hour import steps
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.windows.models import NotCollected


def done() -> set[str]:
    return {step.name for step in steps() if step.is_done}


def test_each_step_follows_from_what_is_on_file(world):
    assert done() >= {"administrator", "school_year", "organizations", "people"}
    assert "code_lists" not in done(), "the state's credentials are not imported"
    for year in SchoolYear.objects.all():
        NotCollected.objects.create(school_year=year, file_type="cte-outcome")
    assert "code_lists" in done(), "no file type that is collected needs them"
    NotCollected.objects.filter(school_year=SchoolYear.objects.first()).delete()
    assert "code_lists" not in done(), "one is collected for one of the years"
    Code.objects.create(list_name="credential_codes", code="A1", title="A credential")
    assert "code_lists" in done()
    assert "first_upload" not in done()
    world.send(error_count=0, success_count=3)
    assert "first_upload" in done()
    Organization.objects.filter(kind="SAU").update(closed_on="2020-01-01")
    Person.objects.exclude(name="State Administrator").update(is_active=False)
    assert not done() & {"organizations", "people"}


def test_the_organizations_of_the_state_are_not_sorted_to_be_counted(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as captured:
        steps()
    counts = [each["sql"] for each in captured.captured_queries if "COUNT(" in each["sql"]]
    assert any('FROM "reference_organization"' in sql for sql in counts)
    assert not [sql for sql in counts if "ORDER BY" in sql]


def test_only_who_manages_the_lists_opens_the_first_year(signed_in):
    address, year = reverse("open_first_year"), {"school_year": "2027-2028"}
    assert signed_in("data specialist").post(address, year).status_code == 403
    assert not SchoolYear.objects.filter(first=2027).exists()


def test_start_says_what_is_missing_to_who_can_do_it(signed_in, read, world):
    assert "of setting up" in read(signed_in("state administrator").get(reverse("start"))).text
    assert "setting up" not in read(signed_in("data specialist").get(reverse("start"))).text
