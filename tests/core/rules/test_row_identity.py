"""Which organizations a row is of: those that the layout's identity names, whatever their look-ups are called."""

import msgspec
import pytest

from tidegate.core.layouts.layout import RowIdentity
from tidegate.core.rules.catalogue import row_rules
from tidegate.core.rules.examples import messages_of
from tidegate.file_types import find

ENROLLMENTS = find("student-enrollment").layout
RENAMED = {"sau": "district", "school": "building"}


def renamed(lookup):
    return msgspec.structs.replace(lookup, within="district") if hasattr(lookup, "within") else lookup


def layout_with_other_names():
    stored = {RENAMED.get(name, name): renamed(lookup) for name, lookup in ENROLLMENTS.stored.items()}
    return msgspec.structs.replace(ENROLLMENTS, stored=stored)


@pytest.mark.parametrize(
    ("layout", "districts", "schools"),
    [
        (ENROLLMENTS, ["sau"], ["school"]),
        (layout_with_other_names(), ["district"], ["building"]),
        (msgspec.structs.replace(ENROLLMENTS, identity=RowIdentity()), ["sau"], ["school"]),
    ],
    ids=["of Maine", "under other names", "not named by the identity"],
)
def test_a_row_of_another_organization_is_stopped_whatever_look_ups_are_called(layout, districts, schools):
    (rule,) = row_rules(layout)
    assert (rule.code, rule.districts, rule.schools) == ("ORG201", districts, schools)
    assert [len(messages_of(rule, layout, example)) for example in (*rule.good, *rule.bad)] == [0, 0, 0, 0, 0, 1]


def test_a_layout_without_organizations_is_not_asked_about_them():
    assert row_rules(msgspec.structs.replace(ENROLLMENTS, stored={})) == ()
