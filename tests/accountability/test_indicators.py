"""The Perkins indicators: found by their codes; what the state does not collect is no data, never 0."""

from tidegate.accountability.indicators import find_indicators
from tidegate.accountability.indicators.indicator import IndicatorCount
from tidegate.accountability.models import Snapshot


def test_an_indicator_without_data_has_none_and_not_zero():
    counts = list(find_indicators()["2S1"].counts(Snapshot()))
    assert counts == [IndicatorCount("2S1", "all", "", "All", None, None)]
    assert find_indicators()["2S1"].why_no_data(Snapshot()) == "No file type brings the results of the state's tests"


def test_indicators_are_found_in_the_order_of_their_codes():
    codes = list(find_indicators())
    assert codes == sorted(codes)
    assert {"1S1", "1S2", "2S1", "2S2", "2S3"} <= set(codes)
