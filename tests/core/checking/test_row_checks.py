"""Each row is checked by itself: one fault for a cell, and no rule where a cell that it speaks of is wrong."""

import polars as pl
import pytest

from tests.core.small_layout import EXAMPLES, LAYOUT
from tidegate.core.checking.stages import CheckedRows
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.parsing.day_order import DayOrderEvidence, day_order_context
from tidegate.core.parsing.parse import Parser
from tidegate.core.rules.catalogue import column_rules
from tidegate.core.rules.expressions import text, value
from tidegate.core.rules.finding import found_by
from tidegate.core.rules.rule import RowRule, Severity

YEAR = SchoolYear(2020)
COLUMN_RULES = column_rules(LAYOUT)


class NoCreditsBefore(RowRule):
    """Credits before school.

    What it checks: Nobody has credits before school.

    How to fix it: Take them out.
    """

    code = "SML201"
    message = "{Name} has {Credits} credits before school"
    columns = ("Credits", "Grade")
    good = bad = ()

    def broken(self):
        """True where there are credits before school."""
        return (value("Grade") == "P") & (value("Credits") > 1)


class ManyCredits(NoCreditsBefore):
    """Many credits.

    What it checks: Credits are few.

    How to fix it: Ask.
    """

    code = "SML202"
    message = "{Credits} credits are many"
    severity = Severity.WARNING
    suppressed_by = ("SML201",)

    def broken(self):
        """True where there are many."""
        return text("Credits") == "2"


def checked(*rows: dict[str, str], rules=(), unreadable=()) -> CheckedRows:
    frame = pl.DataFrame(
        [{"row": 2 + place, **EXAMPLES, **row} for place, row in enumerate(rows)],
        schema={"row": pl.UInt32, **dict.fromkeys(LAYOUT.columns, pl.String)},
    )
    parsed = Parser(LAYOUT, YEAR).parse(frame)
    rows_parsed = parsed.rows.with_columns(
        pl.lit(YEAR.first_day).alias("context.first_day"),
        pl.lit(YEAR.last_day).alias("context.last_day"),
        *day_order_context(LAYOUT, DayOrderEvidence(LAYOUT, YEAR).order()),
    )
    rows_checked = CheckedRows(rows_parsed, unreadable=pl.Series(unreadable, dtype=pl.UInt32))
    rows_checked.check_columns(COLUMN_RULES, untidy=parsed.untidy)
    rows_checked.check_rows(rules)
    return rows_checked


def found(rows: CheckedRows) -> list[tuple[int, str, str]]:
    return [
        (row, rule.column, rule.code)
        for rule, mask in rows.broken_rules
        for row in rows.rows.filter(mask)["row"].to_list()
    ]


def test_a_row_without_a_fault_has_no_finding():
    rows = checked({}, {"Name": "", "Credits": ""})
    assert found(rows) == []
    assert rows.is_bad.to_list() == [False, False]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Grade", "", "CELL101"),
        ("Name", "Mildred Marigold", "CELL102"),
        ("Number", "12A", "CELL103"),
        ("Start", "13/45/2020", "CELL104"),
        ("Credits", "1,5", "CELL105"),
        ("Grade", "07", "CELL106"),
        ("Start", "2019-06-30", "CELL107"),
        ("Credits", "100", "CELL108"),
        ("Number", "1.23E+08", "CELL109"),
        ("Name", "#REF!", "CELL128"),
    ],
)
def test_a_wrong_cell_is_found_at_its_row_and_column(column, cell, code):
    rows = checked({}, {column: cell})
    assert found(rows) == [(3, column, code)]
    assert rows.is_bad.to_list() == [False, True]


def test_all_wrong_cells_of_a_row_are_found():
    rows = checked({"Number": "", "Grade": "07", "Credits": "x"})
    assert sorted(found(rows)) == [(2, "Credits", "CELL105"), (2, "Grade", "CELL106"), (2, "Number", "CELL101")]


def test_an_error_word_is_a_cells_only_fault():
    assert found(checked({"Name": "#GETTING_DATA"}, {"Number": "#N/A"})) == [
        (3, "Number", "CELL128"),
        (2, "Name", "CELL128"),
    ]


def test_a_row_rule_names_its_first_column_and_words_its_row():
    rows = checked({"Credits": "2"}, rules=[NoCreditsBefore()])
    ((rule, mask),) = rows.broken_rules
    breaking = rows.rows.filter(mask)
    finding = found_by(rule, breaking, LAYOUT, column=rule.column, message_values={}).row(0, named=True)
    assert (finding["column"], finding["value"]) == ("Credits", "2")
    assert finding["message"] == "Mildred has 2 credits before school"


def test_a_rule_is_silent_where_a_cell_that_it_speaks_of_is_wrong():
    assert found(checked({"Credits": "120"}, rules=[NoCreditsBefore()])) == [(2, "Credits", "CELL108")]


def test_a_mere_consequence_is_left_out():
    both = [NoCreditsBefore(), ManyCredits()]
    assert found(checked({"Credits": "2"}, rules=both)) == [(2, "Credits", "SML201")]
    assert found(checked({"Credits": "2", "Grade": "01"}, rules=both)) == [(2, "Credits", "SML202")]


def test_a_warning_makes_no_row_bad():
    rows = checked({"Credits": "2", "Grade": "01"}, rules=[ManyCredits()])
    assert rows.is_bad.to_list() == [False]


def test_no_rule_speaks_of_a_row_that_cannot_be_read():
    rows = checked({"Grade": "07", "Credits": "2"}, {}, rules=[ManyCredits()], unreadable=[2])
    assert found(rows) == []
    assert rows.is_bad.to_list() == [True, False]
