"""Findings are worded late: a message shows each text on one line and not too long, whatever stands in it."""

import polars as pl
import pytest

from tests.core.small_layout import EXAMPLES, LAYOUT
from tidegate.core.reading.issue import ReadingIssue, issue_line, issues_of
from tidegate.core.rules.catalogue import column_rules, reading_rules
from tidegate.core.rules.finding import (
    FINDINGS,
    NOT_YET,
    findings_of,
    findings_of_issues,
    findings_of_row_issues,
    found_by,
    no_findings,
    said_once,
    without_nul,
    word_message,
    worded,
)
from tidegate.core.rules.rule import RowRule

READING_RULES = reading_rules()


class Told(RowRule):
    """A rule that has something to say.

    What it checks: Nothing.

    How to fix it: Nothing.
    """

    code = "SML201"
    message = '{Name} has "{Credits}": {words}'
    columns = ("Credits",)
    good = bad = ()

    def broken(self):
        """True of all rows."""
        return pl.lit(True)


def rows(*cells: dict[str, str | None]) -> pl.DataFrame:
    given = [{"row": 2 + place, **EXAMPLES, **row} for place, row in enumerate(cells)]
    return pl.DataFrame(given, schema={"row": pl.UInt32, **dict.fromkeys(LAYOUT.columns, pl.String)})


def said(template: str, text: str | None, **words: str) -> str:
    values = {name: pl.lit(word) for name, word in words.items()}
    return rows({"Name": text}).select(word_message(template, values)).item()


def test_a_finding_names_its_row_cell_and_student():
    found = findings_of(Told(), rows({}), LAYOUT, column="Credits", message_values={"words": pl.lit("why")})
    assert found.schema == FINDINGS
    assert found.row(0, named=True) == {
        "row": 2,
        "column": "Credits",
        "code": "SML201",
        "severity": "error",
        "value": "1.5",
        "message": 'Mildred has "1.5": why',
        "sau_id": "",
        "school_id": "",
        "student_number": "0123",
        "suggestions": "",
        "known": "",
    }


def test_a_finding_about_a_whole_row_has_no_value():
    found = findings_of(Told(), rows({}), LAYOUT, column="", message_values={"words": pl.lit("why")})
    assert found.select("column", "value").row(0) == ("", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\r\n\tb", "a b"), ("a\u2003b", "a b"), ("x" * 61, "x" * 60 + "…"), ("x" * 60, "x" * 60), (None, "")],
)
def test_a_message_shows_a_text_on_one_line_and_not_too_long(text, shown):
    assert said('Name "{Name}"', text) == f'Name "{shown}"'


def test_words_of_ours_are_shown_as_they_are():
    assert said("{words}", "", words="x" * 80) == "x" * 80
    assert said("{value}", "", value="x" * 80) == "x" * 60 + "…"


def test_an_issue_of_the_file_is_worded_by_its_rule():
    issue = ReadingIssue("FILE005", 1, words={"columns": '"Grade"'})
    found = findings_of_issues([issue, ReadingIssue("FILE001")], READING_RULES)
    assert found.select("row", "code", "severity").rows() == [(1, "FILE005", "error"), (None, "FILE001", "error")]
    assert '"Grade"' in found["message"][0]


def test_an_issue_of_a_row_finds_the_row_that_it_names():
    issues = issues_of([issue_line(3, "FILE021", count=6, width=5), issue_line(9, "FILE022")])
    found = findings_of_row_issues(issues, READING_RULES, rows({}, {"Number": "0456"}), LAYOUT)
    assert found.select("row", "code", "student_number").rows() == [(3, "FILE021", "0456"), (9, "FILE022", "")]
    assert "6" in found["message"][0]
    assert "5" in found["message"][0]
    assert "{" not in "".join(found["message"])


def test_no_issue_is_no_finding():
    assert findings_of_row_issues(issues_of(), READING_RULES, rows(), LAYOUT).equals(no_findings())


def test_a_nul_becomes_a_space():
    found = findings_of(
        Told(), rows({"Credits": "1\x002"}), LAYOUT, column="Credits", message_values={"words": pl.lit("")}
    )
    assert without_nul(found)["value"].to_list() == ["1 2"]


TEXTS = ["1.5", "", None, "a\tb \r\nc", "1 \x00 2", "x" * 61, " " * 990 + "\t" + "y" * 100]
MESSAGES = ["Odd", '"{Credits}"', "{label} {value} is {form}", "{Credits} and {Credits}", "{Name} has {Credits}"]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("text", TEXTS)
def test_a_finding_worded_late_says_what_it_says_at_once(message, text, monkeypatch):
    monkeypatch.setattr(Told, "message", message)
    words = {"label": pl.lit("Credits"), "value": pl.col("Credits"), "form": pl.lit("no {number}")}
    asked = Told(), rows({"Credits": text}), LAYOUT
    found = found_by(*asked, column="Credits", message_values=words)
    at_once = without_nul(findings_of(*asked, column="Credits", message_values=words))
    assert worded(found.drop(NOT_YET), found.select(NOT_YET))["message"].to_list() == at_once["message"].to_list()


def test_words_of_ours_around_a_value_are_kept_once():
    words = {"label": pl.lit("Credits"), "value": pl.col("Credits"), "form": pl.lit("a number")}
    told = Told()
    told.message = '{label} "{value}" is not {form}'
    found = found_by(told, rows({}), LAYOUT, column="Credits", message_values=words)
    assert found.select("message", *NOT_YET).row(0) == (None, 'Credits "', '" is not a number')


IS_TEXT = pl.col("Credits").str.contains("[a-z]")
BY_VALUE = (
    pl.when(IS_TEXT)
    .then(pl.lit("is text"))
    .otherwise("has " + pl.col("Credits").str.len_chars().cast(pl.String) + " digits")
)


@pytest.mark.parametrize(("other", "is_kept_once"), [("x", True), ("7", False)])
def test_words_that_follow_from_the_value_are_kept_once_where_all_are_alike(other, is_kept_once):
    asked = Told(), rows(*[{"Credits": f"{number}x"} for number in range(1_500)], {"Credits": other}), LAYOUT
    asked[0].message = "{Credits}: {why}"
    found = found_by(*asked, column="Credits", message_values=said_once({"why": BY_VALUE}, asked[1]))
    at_once = findings_of(*asked, column="Credits", message_values={"why": BY_VALUE})
    assert found["message"].is_null().all() == is_kept_once
    assert worded(found.drop(NOT_YET), found.select(NOT_YET))["message"].to_list() == at_once["message"].to_list()


def test_words_about_a_number_are_found_where_the_first_chunk_of_rows_is_empty():
    rows = pl.DataFrame({"Credits": ["1.50"]}).vstack(pl.DataFrame({"Credits": ["1,5", "x"]}))
    wrong = rows.filter(pl.Series([False, True, True]))
    assert [len(chunk) for chunk in wrong["Credits"].get_chunks()] == [0, 2]
    [rule] = [rule for rule in column_rules(LAYOUT) if (rule.code, rule.column) == ("CELL105", "Credits")]
    problems = wrong.select(rule.message_values()["problem"].alias("problem"))["problem"].to_list()
    assert problems == [": use a point, 1.5", ": this is text, not a number"]
