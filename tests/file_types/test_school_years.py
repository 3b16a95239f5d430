"""Each school year is judged by its own layout and rules, and who reads the log is told what is otherwise."""

from pathlib import Path

import msgspec
import polars as pl
import pytest

from tidegate.core import Focus, ReferenceFolder, check
from tidegate.core.errors import BrokenLayout
from tidegate.core.layouts.column_types import Choice, Text, Years
from tidegate.core.layouts.layout import ColumnChange, RuleChange
from tidegate.core.layouts.load_layout import load_layout
from tidegate.core.layouts.requirements import example_in, requirements, years_of_change
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.rules.catalogue import check_change, rule_set
from tidegate.core.rules.digest import rule_set_digest
from tidegate.core.rules.rule_docs import rule_docs
from tidegate.file_types import find, find_all

CTE = find("cte")
CASE = CTE.folder / "cases" / "enrollments_that_do_not_fit"
THIS, NEXT = SchoolYear(2020), SchoolYear(2021)
REASON = "the list of CTE schools is being mended"


def with_rules(*changes: RuleChange):
    return msgspec.structs.replace(CTE.layout, rules=changes)


def with_column(name: str, **changed):
    column = msgspec.structs.replace(CTE.layout.columns[name], **changed)
    return msgspec.structs.replace(CTE.layout, columns=CTE.layout.columns | {name: column})


def judge(layout, rules=CTE.rules, *, file: Path = CASE / "upload.csv"):
    return check(file, layout, rules, focus=Focus(THIS), tables=ReferenceFolder(CASE / "reference"))


def of_code(checked, code: str) -> list[tuple]:
    return checked.findings.filter(pl.col("code") == code).select("row", "severity", "message").rows()


def test_a_rule_that_is_a_warning_this_year_lets_its_rows_in_and_says_why():
    changed = judge(with_rules(RuleChange("CTE404", until="2020-2021", severity="warning", reason=REASON)))
    assert {severity for _, severity, _ in of_code(changed, "CTE404")} == {"warning"}
    assert changed.success_count == judge(CTE.layout).success_count + 1
    assert of_code(changed, "FILE042") == [(None, "notice", f"CTE404 is a warning this school year: {REASON}")]


def test_a_rule_that_is_off_this_year_is_not_asked_and_the_log_says_so():
    changed = judge(with_rules(RuleChange("CTE404", severity="off", reason=REASON)))
    assert of_code(changed, "CTE404") == []
    assert of_code(changed, "FILE042") == [(None, "notice", f"CTE404 is not checked this school year: {REASON}")]


def test_a_change_of_another_year_changes_nothing():
    layout = with_rules(RuleChange("CTE404", since="2021-2022", severity="off", reason=REASON))
    assert judge(layout).findings.equals(judge(CTE.layout).findings)


def test_of_several_changes_of_a_year_the_last_one_counts():
    earlier = RuleChange("CTE404", severity="off", reason="long ago")
    changed = judge(with_rules(earlier, RuleChange("CTE404", severity="warning", reason=REASON)))
    assert of_code(changed, "FILE042")[0][2] == f"CTE404 is a warning this school year: {REASON}"


def test_the_requirements_name_the_change_that_counts_and_no_earlier_one():
    earlier, later = RuleChange("CTE404", severity="off", reason=REASON), RuleChange("CTE404", message="?")
    assert "CTE404" not in requirements(with_rules(earlier, later), THIS)


def test_a_layout_words_a_message_of_its_own_for_a_year():
    changed = judge(
        with_rules(RuleChange("CTE403", message='No program "{CTECode}"'), RuleChange("FIND403", message="?"))
    )
    assert of_code(changed, "FIND403")[0][1:] == ("error", "?")
    assert of_code(changed, "FILE042") == []


def test_a_rule_of_some_years_is_asked_in_these_alone():
    class Later(type(CTE.rules[0])):
        """Later.

        What it checks: Later.

        How to fix it: Wait.
        """

        code = "CTE299"
        since = "2021-2022"

    codes = [{rule.code for rule in rule_set(CTE.layout, [Later()], year).of_rows} for year in (THIS, NEXT)]
    assert ["CTE299" in found for found in codes] == [False, True]


def test_a_column_is_as_its_school_year_has_it():
    change = ColumnChange(since="2021-2022", type=Text(max_length=4), description="Shorter", required=True)
    layout = with_column("SchoolStudentID", changes=(change,))
    before, after = (layout.in_year(year).columns["SchoolStudentID"] for year in (THIS, NEXT))
    assert (before.type.max_length, before.required, before.changes) == (10, False, ())
    assert (after.type.max_length, after.required, after.description) == (4, True, "Shorter")
    assert "Shorter" in requirements(layout, NEXT)
    assert "Shorter" not in requirements(layout, THIS)


def test_a_choice_ends_with_its_last_school_year():
    choices = Choice({"P": "Primary", "X": "Gone"}, {"OLD": "X"}, {"X": Years(until="2020-2021")})
    assert choices.in_year(THIS).choices == {"P": "Primary", "X": "Gone"}
    assert choices.in_year(NEXT) == Choice({"P": "Primary"})


def test_the_years_of_change_are_those_of_columns_choices_and_rules():
    choices = Choice({"1": "One"}, years={"1": Years(until="2022-2023")})
    changes = (ColumnChange(since="2021-2022", required=True), ColumnChange(since="2025-2026", type=choices))
    layout = msgspec.structs.replace(
        with_column("SchoolStudentID", changes=changes),
        rules=(RuleChange("CTE404", since="2027-2028", until="2028-2029", severity="off", reason=REASON),),
    )
    assert [year.first for year in years_of_change(layout)] == [2020, 2021, 2023, 2025, 2027, 2029]


def test_requirements_rule_pages_and_receipt_say_what_is_otherwise():
    layout = with_rules(RuleChange("CTE404", until="2020-2021", severity="warning", reason=REASON))
    assert f"| CTE404 | warning | {REASON} |" in requirements(layout, THIS)
    assert "CTE404" not in requirements(layout, NEXT)
    assert rule_docs(layout.in_year(THIS), CTE.rules)["CTE404"].rule.severity == "warning"
    digests = {rule_set_digest(layout.in_year(year), CTE.rules_by_code().values()) for year in (THIS, NEXT)}
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (RuleChange("CTE999", severity="off", reason=REASON), "CTE999: a file of this type has no such rule"),
        (RuleChange("FILE020", severity="off", reason=REASON), "FILE020: a file of this type has no such rule"),
        (RuleChange("CTE403", severity="warning", reason=REASON), "CTE403 is an error, always"),
        (RuleChange("CELL104", severity="off", reason=REASON), "CELL104 is an error, always"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_the_start(change, said):
    with pytest.raises(BrokenLayout, match=said):
        check_change(change, CTE.rules_by_code())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[rules]]\ncode = "CTE404"\nseverity = "off"\n', "CTE404 has a severity and no reason"),
        ('[[rules]]\ncode = "CTE404"\n', "CTE404 has neither a severity nor a message"),
        ('[[rules]]\ncode = "CTE404"\nmessage = "?"\nsince = "2020-2022"\n', "not named by two years"),
        ('[[columns.EndDate.changes]]\nuntil = "soon"\n', "not named by two years"),
        (('[[columns.EndDate.changes]]\n[columns.EndDate.changes.of]\ntype = "choice"\nchoices = {A = "A"}\n'
         'years = {B = {since = "2021-2022"}}\n'), "EndDate: years has B, which is none of its choices"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_years_of_a_layout_is_said_at_the_start(tmp_path, more, said):
    path = tmp_path / "layout.toml"
    path.write_text((CTE.folder / "layout.toml").read_text() + more)
    with pytest.raises(BrokenLayout, match=said):
        load_layout(path)


@pytest.mark.parametrize("file_type", find_all().values(), ids=lambda file_type: file_type.slug)
def test_the_example_of_every_year_is_good_in_that_year(file_type, tmp_path):
    for year in years_of_change(file_type.layout):
        layout = file_type.layout.in_year(year)
        examples = [example_in(column, year) for column in layout.columns.values()]
        path = tmp_path / f"{year}.csv"
        path.write_text("\n".join([",".join(layout.columns), ",".join(f'"{text}"' for text in examples), ""]))
        checked = check(path, file_type.layout, [], focus=Focus(year), tables=ReferenceFolder(CASE / "reference"))
        assert [code for code in checked.findings["code"] if code.startswith("CELL")] == []
