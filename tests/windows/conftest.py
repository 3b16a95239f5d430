"""A school year with file types to collect, and who says when."""

import pytest

from tests.uploads.conftest import imported, specialist, state  # noqa: F401 - pytest finds fixtures by their names
from tidegate.accounts.models import Membership, Person
from tidegate.accounts.roles import StateAdministrator
from tidegate.reference.models import Organization, SchoolYear


@pytest.fixture
def year(state) -> SchoolYear:  # noqa: F811 - the fixture above
    return SchoolYear.objects.get(first=2020)


@pytest.fixture
def district(state) -> Organization:  # noqa: F811 - the fixture above
    return Organization.objects.get(pk=2000)


@pytest.fixture
def cte_school(district) -> Organization:
    """A school of the district that sends files of its own."""
    return Organization.objects.get(pk=2001)


@pytest.fixture
def administrator(state) -> Person:  # noqa: F811 - the fixture above
    found = Person.objects.create_user("state@example.org", name="State Administrator")
    Membership.objects.create(person=found, role=StateAdministrator.slug)
    return found
