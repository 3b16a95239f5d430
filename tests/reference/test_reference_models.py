"""What the database itself holds of the reference lists."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tidegate.core.layouts.school_year import SchoolYear as Period
from tidegate.reference.models import Code, Organization, SchoolYear
from tidegate.reference.school_years import add_school_years, newest_begun

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 10000, "kind": "SAU"},
        {"id": 0, "kind": "SAU"},
        {"id": 5, "kind": "District"},
        {"id": 5, "kind": "SAU", "parent_id": 1000},
    ],
)
def test_an_organization_that_cannot_be_is_refused_by_the_database(wrong):
    Organization.objects.create(id=1000, name="Rock Star Public Schools", kind="SAU")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.create(name="Wrong", **wrong)


def test_a_code_stands_once_in_its_list_and_ends_after_it_begins():
    Code.objects.create(list_name="cte_codes", code="01.0205")
    Code.objects.create(list_name="exit_types", code="01.0205")
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.create(list_name="cte_codes", code="01.0205")
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.create(list_name="cte_codes", code="43.0103", first_year=2021, last_year=2020)


def test_codes_are_asked_for_by_school_year():
    years = {"open": (None, None), "from": (2021, None), "until": (None, 2020), "just": (2020, 2020)}
    for code, (first_year, last_year) in years.items():
        Code.objects.create(list_name="cte_codes", code=code, first_year=first_year, last_year=last_year)
    valid = Code.objects.valid_in(Period(2020)).values_list("code", flat=True)
    assert set(valid) == {"open", "until", "just"}


def test_school_years_are_added_once_and_the_newest_that_has_begun_is_found():
    assert newest_begun(date(2021, 6, 30)) is None
    assert add_school_years([Period(2021), Period(2020), Period(2020)]) == [Period(2020), Period(2021)]
    assert add_school_years([Period(2021)]) == []
    assert newest_begun(date(2021, 6, 30)).name == "2020-2021"
    year = SchoolYear.objects.get(first=2021)
    assert (str(year), year.first_day, year.last_day) == ("2021-2022", date(2021, 7, 1), date(2022, 6, 30))
