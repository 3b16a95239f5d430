"""Noted findings come back as they were found, in the order of the Result Log, with what names their rows."""

import polars as pl

from tests.core.small_layout import EXAMPLES, LAYOUT
from tidegate.core.checking.suggestion_collector import ASKED, NotedFindings, Suggestions
from tidegate.core.rules.finding import FINDINGS
from tidegate.core.suggestions.suggestion import SCOPE

ROWS = pl.DataFrame(
    [{"row": row, **EXAMPLES, "Number": number} for row, number in ((2, "0123"), (3, "04\x0056"))],
    schema={"row": pl.UInt32, **dict.fromkeys(LAYOUT.columns, pl.String)},
)
FIRST, *_, LAST = LAYOUT.columns
NO_ANSWERS = pl.DataFrame(
    schema={ASKED: pl.Enum(["form"]), "value": pl.String, SCOPE: pl.Int32, "suggestions": pl.String}
)
ANSWERS = pl.DataFrame({ASKED: ["form"], "value": ["x"], SCOPE: [None], "suggestions": ["y"]}, schema=NO_ANSWERS.schema)


def found(*rows: int, column: str, code: str = "SML201", severity: str = "error", value: str = "x") -> pl.DataFrame:
    """Return findings of one kind with what is asked about each."""
    told = {"column": column, "code": code, "severity": severity, "value": value, "message": f"{value} is odd"}
    parts = [{**dict.fromkeys(FINDINGS, ""), **told, "row": row, ASKED: "form", SCOPE: None} for row in rows]
    return pl.DataFrame(parts, schema={**FINDINGS, ASKED: pl.Enum(["form"]), SCOPE: pl.Int32})


def told(*pieces: list[pl.DataFrame], answers: pl.DataFrame = NO_ANSWERS) -> pl.DataFrame:
    noted = NotedFindings(LAYOUT)
    for findings in pieces:
        noted.add(findings, ROWS)
    asked = answers.select(ASKED, "value", SCOPE)
    return pl.concat(
        noted.in_slices(Suggestions(asked, lambda _, values: answers.join(values, on="value", how="semi")))
    )


def test_findings_stand_by_row_column_and_code():
    pieces = [found(2, 3, column=LAST), found(2, column=FIRST, code="SML202"), found(2, column=FIRST)]
    findings = told(pieces)
    assert findings.schema == FINDINGS
    assert findings.select("row", "column", "code").rows() == [
        (2, FIRST, "SML201"),
        (2, FIRST, "SML202"),
        (2, LAST, "SML201"),
        (3, LAST, "SML201"),
    ]


def test_findings_have_what_names_their_row():
    findings = told([found(2, 3, 9, column=FIRST)])
    assert findings["student_number"].to_list() == ["0123", "04 56", ""]


def test_a_nul_of_a_cell_is_told_as_a_space():
    findings = told([found(2, column=FIRST, value="a\x00b")])
    assert findings.select("value", "message").row(0) == ("a b", "a b is odd")


def test_a_piece_without_findings_is_kept_as_none():
    findings = told([], [found(3, column=FIRST, severity="notice")], [])
    assert findings.select("row", "severity").rows() == [(3, "notice")]


def test_findings_of_several_pieces_come_back_piece_by_piece():
    noted = NotedFindings(LAYOUT)
    noted.add([found(2, 3, 7, column=FIRST)], ROWS, begins=[3, 5, 6, 8])
    noted.add([], ROWS, begins=[9])
    assert [part["row"].to_list() for part in noted.in_slices(None)] == [[2], [3], [], [7], [], [], []]
    assert len(noted) == 7


def test_suggestions_stand_beside_the_values_that_they_answer():
    findings = told([found(2, column=FIRST), found(3, column=LAST, value="z")], answers=ANSWERS)
    assert findings["suggestions"].to_list() == ["y", ""]


def test_few_findings_are_answered_without_the_others():
    asked_for = []

    def answer(_: str, values: pl.DataFrame) -> pl.DataFrame:
        asked_for.extend(values["value"])
        return ANSWERS.drop(ASKED).join(values, on="value", how="semi")

    frequent = pl.concat([ANSWERS, ANSWERS.with_columns(value=pl.lit("w"))]).select(ASKED, "value", SCOPE)
    noted = NotedFindings(LAYOUT)
    noted.add([found(2, 3, column=FIRST), found(3, column=LAST, value="z")], ROWS)
    (told_without,) = noted.in_slices(None)
    few = Suggestions(frequent, answer).joined_to_few(told_without)
    assert (few["suggestions"].to_list(), asked_for) == (["y", "y", ""], ["x"])


def test_severities_are_counted_as_findings_come():
    noted = NotedFindings(LAYOUT)
    noted.add([found(2, 3, column=FIRST), found(2, column=LAST, severity="notice")], ROWS)
    assert noted.severities == {"error": 2, "notice": 1}
