"""The example of a built-in rule is made from its column, so that a layout with other limits has one, too."""

import msgspec
import pytest

from tests.core.small_layout import LAYOUT, column
from tidegate.core.layouts.column_types import Choice, Day, Digits, Number, Text
from tidegate.core.lookups.organization import OrganizationLookup
from tidegate.core.lookups.school import SchoolLookup
from tidegate.core.lookups.student import StudentLookup
from tidegate.core.rules.catalogue import column_rules, lookup_rules
from tidegate.core.rules.examples import column_example, lookup_example, messages_of
from tidegate.core.rules.rule_docs import rule_docs

COLUMNS = (
    column("Percent", Number(maximum=200, places=1), example="110"),
    column("Rooms", Number(minimum=1, maximum=1, places=0), example="1"),
    column("Loss", Number(minimum=-9, maximum=-0.5, places=2), example="-1"),
    column("Dollars", Number(minimum=0.5, maximum=99_999_999, places=2), example="250"),
    column("Budget", Number(minimum=1, maximum=1e9, places=2), example="250"),
    column("StudentNumber", Digits(min_length=10, max_length=10), example="0000000001"),
    column("AuthorityID", Digits(min_length=2, max_length=3), example="10"),
    column("BuildingID", Text(max_length=3), example="101"),
    column("Initial", Text(max_length=1), example="M"),
    column("Essay", Text(max_length=4000), example="Long"),
    column("Meal", Choice(choices={"98": "free", "099": "reduced", "x": "paid"}, synonyms={"100": "x"}), example="x"),
    column("Born", Day(within_school_year=False), example="2004-09-25"),
    column("Began", Day(), example="2020-09-25"),
    column("Ended", Day(), example="2021-06-11"),
)
LOOKUPS = {
    "authority": OrganizationLookup(by="AuthorityID", label="Authority ID", kind="SAU"),
    "building": SchoolLookup(by="BuildingID", label="Building ID", within="authority"),
    "student": StudentLookup(by="StudentNumber", label="Student Number"),
}
OTHER_LIMITS = msgspec.structs.replace(
    LAYOUT,
    identity=msgspec.structs.replace(LAYOUT.identity, student_number="StudentNumber"),
    columns={each.name: each for each in COLUMNS},
    stored=LOOKUPS,
)
COLUMN_RULES = column_rules(OTHER_LIMITS)
LOOKUP_RULES = lookup_rules(OTHER_LIMITS)


@pytest.mark.parametrize("rule", COLUMN_RULES, ids=lambda rule: f"{rule.code}-{rule.column}")
def test_the_example_of_a_column_breaks_the_rule_in_any_layout(rule):
    assert messages_of(rule, OTHER_LIMITS, {}) == []
    assert len(messages_of(rule, OTHER_LIMITS, column_example(rule))) == 1


@pytest.mark.parametrize("rule", LOOKUP_RULES, ids=lambda rule: rule.code)
def test_an_example_that_is_not_found_fits_its_column(rule):
    assert messages_of(rule, OTHER_LIMITS, lookup_example(rule)) == [
        f'Unable to resolve {rule.find.label} "{rule.example_value}"'
    ]


def test_examples_are_made_from_the_limits_of_the_column():
    examples = {(rule.code, rule.column): rule.example_value for rule in COLUMN_RULES}
    numbers = [examples["CELL108", name] for name in ("Percent", "Rooms", "Loss", "Dollars")]
    assert numbers == ["240", "2", "0", "0"]
    assert examples["CELL102", "Essay"] == "X" * 4001
    assert examples["CELL106", "Meal"] == "101"
    assert [rule.example_value for rule in LOOKUP_RULES] == ["999", "77777", "9000009990"]


def test_the_docs_of_any_layout_have_no_gap_in_a_message():
    docs = rule_docs(OTHER_LIMITS, ())
    assert {"CELL102", "CELL106", "CELL108", "CELL111", "CELL115", "FIND401", "FIND403"} <= docs.keys()
    assert [code for code, doc in docs.items() if "{" in doc.message] == []
