"""Noted findings come back as they were found, in the order of the Result Log, with what names their rows."""

from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.core.small_layout import EXAMPLES, LAYOUT
from tidegate.core.checking import suggestion_collector
from tidegate.core.checking.suggestion_collector import NotedFindings
from tidegate.core.checking.wide_findings import WideFindings
from tidegate.core.outputs.first_findings import FirstFindings
from tidegate.core.outputs.result_log import result_log
from tidegate.core.rules.cause import Cause, Stage
from tidegate.core.rules.finding import FINDINGS, all_worded
from tidegate.core.suggestions.suggestion import ASKED, SCOPE, Suggestions

ROWS = pl.DataFrame(
    [{"row": row, **EXAMPLES, "Number": number} for row, number in ((2, "0123"), (3, "04\x0056"))],
    schema={"row": pl.UInt32, **dict.fromkeys(LAYOUT.columns, pl.String)},
)
FIRST, *_, LAST = LAYOUT.columns
SEVERITIES = ("error", "error", "warning", "notice")
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


def any_findings(random: Random, numbers: list[int], kind: int) -> pl.DataFrame:
    """Return findings of one kind, worded or not, about some of the rows, whose values are all alike or not."""
    value = random.choice(["x", 'y"z', "a\x00b", "long " * 20, ""])
    values = (
        [value] * len(numbers)
        if random.random() < 0.3
        else random.choices([value, "7", 'q"', "  u\tv"], k=len(numbers))
    )
    told = {name: random.choice(["", "said", "n\x00l"]) for name in ("known", "suggestions")}
    words = {"begins": random.choice(['"', "it is ", "a,b "]), "ends": random.choice(['" is odd', "", "\x00!"])}
    message = random.choice([None, None, "no value", 'a "quote"'])
    words = words if message is None else dict.fromkeys(words, "")
    of_kind = {
        "column": random.choice([FIRST, LAST, ""]),
        "code": f"SML20{kind}",
        "severity": random.choice(SEVERITIES),
    }
    more = {"message": message, **words, **of_kind, **told, ASKED: random.choice(["form", None]), SCOPE: None}
    parts = [
        {**dict.fromkeys(FINDINGS, ""), **more, "row": row, "value": value}
        for row, value in zip(numbers, values, strict=True)
    ]
    schema = {**FINDINGS, **dict.fromkeys(words, pl.String), ASKED: pl.Enum(["form"]), SCOPE: pl.Int32}
    return pl.DataFrame(parts, schema=schema)


def noted_in_both_forms(monkeypatch: pytest.MonkeyPatch, seed: int) -> list[NotedFindings]:
    """Return the same findings in wide and in long form, some of which some rows do not have."""
    random, rows = Random(seed), [*range(2, 9)]
    names = [{"row": row, **EXAMPLES, "Number": random.choice(["0123", "=1", 'a"b', ""])} for row in rows]
    found_in = [rows if random.random() < 0.5 else sorted(random.sample(rows, 5)) for _ in range(5)]
    pieces = [any_findings(random, numbers, kind) for kind, numbers in enumerate(found_in)]
    both = []
    for least in (1, 1_000):
        monkeypatch.setattr(suggestion_collector, "_LEAST_OF_WIDE", least)
        both.append(NotedFindings(LAYOUT))
        both[-1].add(pieces, pl.DataFrame(names, schema=ROWS.schema), begins=[4])
    assert [isinstance(part, WideFindings) for noted in both for part in noted.to_log()] == [True, False]
    return both


@pytest.mark.parametrize("seed", range(12))
def test_findings_in_wide_form_are_those_of_the_long_one(monkeypatch, seed):
    both = noted_in_both_forms(monkeypatch, seed)
    for words in (True, False):
        assert_frame_equal(*(all_worded(pl.concat(each.in_slices(None, words=words))) for each in both))


@pytest.mark.parametrize("seed", range(12))
def test_a_log_of_findings_in_wide_form_is_the_same(monkeypatch, seed):
    both, first = noted_in_both_forms(monkeypatch, seed), []
    cause = Cause("SML200", "error", Stage.VALUES, "", (), (), 2, (2, 5))
    logs = [b"".join(result_log("Log", noting(each.to_log(), cause, first), needs_action=True)) for each in both]
    assert logs[0].decode().splitlines() == logs[1].decode().splitlines()
    assert first[0].of_cause == first[1].of_cause


def noting(findings, cause: Cause, kept: list[FirstFindings]):
    kept.append(FirstFindings([cause]))
    return kept[-1].noting(findings)


def test_rows_with_several_findings_of_a_kind_keep_the_long_form(monkeypatch):
    monkeypatch.setattr(suggestion_collector, "_LEAST_OF_WIDE", 1)
    assert told([found(2, 2, 3, column=FIRST)])["row"].to_list() == [2, 2, 3]
