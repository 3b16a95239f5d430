"""The certificate of a year end tells no indicator that few students met, or all but few."""

import pytest

from tests.accountability.two_years import NEXT_JUNE, THIS_YEAR, Group, build, graduate, take_year_end
from tidegate.accountability.certification.certificate_pdf import _rate
from tidegate.accountability.snapshots.transitions import review_snapshot


@pytest.mark.parametrize("met", [0, 3, 57, 60])
def test_no_indicator_is_told_that_few_or_all_but_few_met(db, sign, met):
    build(schools=1)
    graduate({1002: Group(60, met)}, on=NEXT_JUNE)
    said = sign(review_snapshot(take_year_end(THIS_YEAR), by=None))
    (found,) = [each for each in said["indicators"] if each["indicator"] == "5S2"]
    assert (found["numerator"], found["denominator"], _rate(found)) == (None, None, "hidden")
