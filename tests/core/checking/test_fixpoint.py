"""Rules across rows are asked until no row turns bad: a bad row is not loaded, so that others cannot count on it."""

import polars as pl
import pytest

from tests.core.small_layout import LAYOUT
from tidegate.core.checking.cross_row import ErrorPropagation, suppressed_column
from tidegate.core.rules.expressions import AT, POSITION, ROW, ROW_IS_BAD, row_is_bad
from tidegate.core.rules.rule import FileRule, Severity

WHO = "Number:value"


class LeansOnTheOneBefore(FileRule):
    """A link without a good one before it.

    What it checks: Link 2 has a good link 1, and so on.

    How to fix it: Mend the one before.
    """

    code = "SML301"
    message = "The link before is not there"
    columns = ("Number",)
    partition_by = (WHO,)
    good = bad = ()

    def broken(self):
        """True where no good row or record of the same number has the link before."""
        good_links = pl.col("link").filter(~row_is_bad()).implode().over(WHO)
        return (pl.col("link") > 1) & ~(pl.col("link") - 1).is_in(good_links)

    def message_values(self):
        """Return which link it is."""
        return {"link": pl.col("link")}


class IsRed(LeansOnTheOneBefore):
    """A red link.

    What it checks: No link is red.

    How to fix it: Paint it.
    """

    code = "SML302"

    def broken(self):
        """True of a red link."""
        return pl.col("is_red")


class IsRedConsequence(LeansOnTheOneBefore):
    """A link that hangs on nothing, told of only where it is not red.

    What it checks: As its base.

    How to fix it: Mend the one before.
    """

    code = "SML303"
    suppressed_by = ("SML302",)


class Warns(LeansOnTheOneBefore):
    """A link that hangs on nothing, as a warning.

    What it checks: As its base.

    How to fix it: Mend the one before.
    """

    code = "SML304"
    severity = Severity.WARNING


def chain(*links, muted: str = "", who="a", first_row=2, is_bad=(), is_red=()) -> pl.DataFrame:
    return pl.DataFrame(
        {
            ROW: [None if first_row is None else first_row + place for place in range(len(links))],
            AT: [None if first_row is None else first_row - 2 + place for place in range(len(links))],
            WHO: [who] * len(links),
            "link": list(links),
            "is_red": [link in is_red for link in links],
            ROW_IS_BAD: [link in is_bad for link in links],
            **{suppressed_column(rule()): [rule.code == muted] * len(links) for rule in RULES},
        },
        schema_overrides={ROW: pl.UInt32, AT: pl.UInt32},
    )


RULES = (LeansOnTheOneBefore, IsRed, IsRedConsequence, Warns)


def propagate(kept: pl.DataFrame, *rules: FileRule, partition_by=(WHO,)) -> ErrorPropagation:
    propagation = ErrorPropagation(kept, rules, LAYOUT, partition_by=partition_by)
    propagation.propagate_errors()
    return propagation


def found(propagation: ErrorPropagation, rule: FileRule) -> list[int]:
    return sorted(row for frame in propagation.found[rule.code] for row in frame[ROW])


def turned_bad(propagation: ErrorPropagation) -> list[int]:
    return sorted(place for places in propagation.turned_bad for place in places)


def test_nothing_is_told_where_all_is_well():
    rule = LeansOnTheOneBefore()
    propagation = propagate(chain(1, 2, 3), rule)
    assert (found(propagation, rule), turned_bad(propagation)) == ([], [])


def test_an_error_goes_on_to_those_that_counted_on_the_row():
    rule = LeansOnTheOneBefore()
    propagation = propagate(chain(1, 2, 3, 4, is_bad=[1]), rule)
    assert found(propagation, rule) == [3, 4, 5]
    assert turned_bad(propagation) == [1, 2, 3]


def test_each_row_is_told_of_once_with_its_words():
    rule = LeansOnTheOneBefore()
    words = pl.concat(propagate(chain(1, 2, 3, is_bad=[1]), rule).found[rule.code])
    assert words.sort(ROW).rows() == [(3, 2), (4, 3)]


def test_a_rule_is_asked_again_after_another_turned_a_row_bad():
    leans, red = LeansOnTheOneBefore(), IsRed()
    propagation = propagate(chain(1, 2, 3, is_red=[1]), leans, red)
    assert (found(propagation, red), found(propagation, leans)) == ([2], [3, 4])


def test_a_warning_turns_no_row_bad():
    rule = Warns()
    propagation = propagate(chain(1, 2, 3, is_bad=[1]), rule)
    assert (found(propagation, rule), turned_bad(propagation)) == ([3], [])


def test_a_stored_record_counts_as_a_good_row_and_is_never_told_of():
    rule = LeansOnTheOneBefore()
    kept = pl.concat([chain(2, 3), chain(1, 5, first_row=None)])
    assert found(propagate(kept, rule), rule) == []
    assert found(propagate(kept.filter(pl.col("link") != 1), rule), rule) == [2, 3]


def test_nothing_is_told_of_a_row_that_is_muted_or_has_the_cause():
    muted, consequence = LeansOnTheOneBefore(), IsRedConsequence()
    assert found(propagate(chain(1, 2, is_bad=[1], muted="SML301"), muted), muted) == []
    propagation = propagate(chain(1, 2, 3, is_bad=[1], is_red=[2]), IsRed(), consequence)
    assert found(propagation, consequence) == [4]


@pytest.mark.parametrize("partition_by", [(WHO,), ()])
def test_who_stands_apart_is_not_touched(partition_by):
    rule = LeansOnTheOneBefore()
    others = [chain(1, 2, who=who, first_row=10 * place) for place, who in enumerate("bcde", start=1)]
    propagation = propagate(pl.concat([chain(1, 2, 3, is_bad=[1]), *others]), rule, partition_by=partition_by)
    assert found(propagation, rule) == [3, 4]


def test_rules_see_every_row_at_a_place_of_its_own():
    seen = []

    class Looks(LeansOnTheOneBefore):
        """A rule that looks on.

        What it checks: Nothing.

        How to fix it: Nothing.
        """

        code = "SML301"

        def prefilter(self, rows):
            """Return all rows, and remember them."""
            seen.append(rows)
            return rows

    propagate(pl.concat([chain(1, 2), chain(7, first_row=None)]), Looks())
    assert seen[0][POSITION].to_list() == [0, 1, 2]
    assert seen[0][ROW].to_list() == [2, 3, None]
