"""A school year with file types to collect, and who says when."""

import pytest

from tests.uploads.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    administrator,
    imported,
    specialist,
    state,
)
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
