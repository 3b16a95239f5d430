"""The Result Log quotes what a CSV file must, and keeps a spreadsheet from running what names a row."""

import csv
import io

import polars as pl
import pytest

from tidegate.core.outputs.result_log import ALL_GOOD, header, result_log
from tidegate.core.rules.finding import FINDINGS, without_nul, word_message


def log(**cells: str | int | None) -> list[str]:
    """Return the lines of the log of one error with these cells."""
    finding = {**dict.fromkeys(FINDINGS, ""), "row": 2, "severity": "error", "message": "It is odd", **cells}
    return written([pl.DataFrame([finding], schema=FINDINGS)]).decode().splitlines()


def written(findings) -> bytes:
    return b"".join(result_log("Log", findings, needs_action=True))


@pytest.mark.parametrize(
    ("name", "written"),
    [("", ""), ("0123", "0123"), ("=1+1", "'=1+1"), ("a,b", '"a,b"'), ('a"b', '"a""b"'), ("-", "'-"), ("é", "é")],
)
def test_what_names_a_row_is_no_formula_and_one_cell(name, written):
    assert log(sau_id=name)[1] == f"2,{written},,,It is odd"


def test_a_message_with_quotes_comes_back_as_it_was():
    lines = log(message='SAUID "a, b" is odd', student_number="0123")
    assert list(csv.reader(io.StringIO("\n".join(lines)))) == [
        list(header()),
        ["2", "", "", "0123", 'SAUID "a, b" is odd'],
    ]


def test_what_is_about_the_file_has_no_row_number():
    assert log(row=None)[1] == ",,,,It is odd"


def test_a_warning_says_so_in_front():
    assert log(severity="warning", message="A, b")[1] == '2,,,,"Warning: A, b"'


def test_findings_that_are_not_worded_yet_give_the_same_log():
    words = pl.Enum(['SAUID "', '" is odd, "very"', "Credits ", " is odd"])
    named = pl.DataFrame(
        {
            "row": [2, 2, 3, None, 4],
            "sau_id": ["=1", "=1", "", "", "1"],
            "school_id": ["a,b", "a,b", "", "", '2"'],
            "student_number": ["012", "012", "", "", "3"],
            "value": ["1,5", 'a"b', "x \x00 y", "\n", "é" * 300],
            "severity": ["error", "warning", "error", "notice", "error"],
        },
        schema_overrides={"row": pl.UInt32},
    )
    for begins, ends in (('SAUID "', '" is odd, "very"'), ("Credits ", " is odd")):
        waits = [pl.lit(begins, words).alias("begins"), pl.lit(ends, words).alias("ends")]
        waiting = named.with_columns(pl.lit(None, pl.String).alias("message"), *waits)
        at_once = without_nul(
            named.with_columns(word_message(f"{begins}{{value}}{ends}", {}).alias("message")),
        )
        assert written([waiting]) == written([at_once])


def test_a_log_of_notices_alone_is_written_while_they_are_read():
    notice = pl.DataFrame([{**dict.fromkeys(FINDINGS, ""), "row": 2, "severity": "notice"}], schema=FINDINGS)
    read = []
    lines = result_log("Log", (read.append(number) or notice for number in range(3)), needs_action=False)
    assert next(lines).decode() == f"Log\n{ALL_GOOD}\n"
    seen = [len(read) for line in lines if b"Notice" in line]
    assert seen == [1, 2, 3]
