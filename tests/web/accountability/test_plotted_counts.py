"""Which tables of a snapshot have bars beside them, and how many."""

from tidegate.accountability.reports.report import Count, CountTable
from tidegate.web.accountability.plotted_counts import PlottedCounts


def plotted(count: int, dimensions: tuple[str, ...] | None = ("grade",)) -> PlottedCounts:
    """Return a table of which each number is larger than the one before."""
    names = [(f"Grade {number}",) * len(dimensions or ("",)) for number in range(count)]
    counts = [Count("Grade", name, name, number, dimensions) for number, name in enumerate(names)]
    return PlottedCounts(CountTable("Grade", tuple(counts)))


def test_bars_stand_in_the_order_of_the_table():
    few = plotted(20)
    assert [label for label, _ in few.plot.drawings] == [f"Grade {number}" for number in range(20)]
    assert few.left_out_in_words == ""


def test_of_many_numbers_the_largest_have_bars_and_the_page_says_so():
    many = plotted(1_030)
    assert [label for label, _ in many.plot.drawings] == [f"Grade {number}" for number in range(1_029, 1_009, -1)]
    assert many.left_out_in_words == "The 20 largest of 1,030"


def test_one_number_or_a_table_by_two_things_has_no_bars():
    tables = plotted(1), plotted(0), plotted(3, ("school", "grade")), plotted(3, None), plotted(1, ())
    assert [each.plot for each in tables] == [None] * len(tables)
