"""Answers every row: keeps the held ones for a person to resolve, and the lines of the answer file."""

import polars as pl

from tidegate.core.checking import CheckResult
from tidegate.core.rules.expressions import ROW, ROW_IS_BAD
from tidegate.records.new_numbers import PUT_BACK
from tidegate.reference.copy_rows import raw_cursor, stage_slices

HELD_BY = ("NSI301", "NSI501")
"""The rules that hold a row. One that breaks another rule as well is not held: it must be put right first."""
CREATED = "Created"
KNOWN = "Already known by an earlier upload of this SAU"
HELD = "Held until the state data team has decided"
NOT_CREATED = "Not created, because the row has errors"
WOULD_BE_CREATED = "Would be created"
WOULD_BE_HELD = "Would be held"
_TEXTS = {
    "sau_id": "SAUID",
    "school_student_id": "SchoolStudentID",
    "last_name": "LastName",
    "first_name": "FirstName",
    "middle_name": "MiddleName",
    "suffix": "Suffix",
    "date_of_birth": "DateOfBirth",
    "gender": "Gender",
}
_HOLD = """
INSERT INTO records_numberrequest (request_key, sau_id, school_student_id, last_name, first_name, middle_name, suffix,
                                   date_of_birth, gender, grade_level, outcome, asked_by, asked_at)
SELECT request_key, sau_id, school_student_id, last_name, first_name, middle_name, suffix, date_of_birth, gender,
       grade_level, 'held', %s, now()
FROM held_rows ORDER BY row
ON CONFLICT (request_key) DO NOTHING
"""
_KEEP = """
INSERT INTO records_answerline (upload_id, row, sau_id, school_student_id, last_name, first_name, middle_name, suffix,
                                date_of_birth, gender, result, request_id)
SELECT %s, row, answer.sau_id, answer.school_student_id, answer.last_name, answer.first_name, answer.middle_name,
       answer.suffix, answer.date_of_birth, answer.gender, result, request.id
FROM answer_rows answer LEFT JOIN records_numberrequest request USING (request_key)
ORDER BY row
"""


def hold(checked: CheckResult, *, upload_id: int) -> int:
    """Put the held rows into the queue and return how many they are; what is there already stays as it is."""
    held = held_rows(checked)
    values = {name: pl.col(f"{column}:value").fill_null("") for name, column in _TEXTS.items() if name != "sau_id"}
    values["date_of_birth"] = pl.col("DateOfBirth:value")
    others = {"grade_level": pl.col("GradeLevel:value"), "sau_id": pl.col("sau.id")}
    of_held = {"request_key": pl.col("person.request_key"), **values, **others}
    slices = (rows.filter(pl.col(ROW).is_in(held.implode())) for rows in checked.rows_in_slices())
    stage_slices("held_rows", (rows.select(ROW, **of_held) for rows in slices))
    with raw_cursor() as cursor:
        cursor.execute(_HOLD, [upload_id])
    return held.len()


def keep_answer(checked: CheckResult, *, upload_id: int, check_only: bool) -> None:
    """Keep a line for every row. One that was only checked has no number but those that were given before."""
    is_held, key = pl.col(ROW).is_in(held_rows(checked).implode()), pl.col("person.request_key")
    has_number = pl.col("person.answer").is_not_null()
    # A row that repeats one of the same file gets the same number, and so says the same.
    result = (
        pl.when(is_held).then(pl.lit(WOULD_BE_HELD if check_only else HELD))
        .when(ROW_IS_BAD).then(pl.lit(NOT_CREATED))
        .when(has_number).then(pl.lit(KNOWN))
        .otherwise(pl.lit(WOULD_BE_CREATED if check_only else CREATED))
    )  # fmt: skip
    asks = is_held | ~pl.col(ROW_IS_BAD)
    texts = {name: pl.col(column).fill_null("").str.replace_all("\x00", " ") for name, column in _TEXTS.items()}
    keys = {"request_key": pl.when(asks).then(key), "result": result}
    stage_slices("answer_rows", (rows.select(ROW, **texts, **keys) for rows in checked.rows_in_slices()))
    with raw_cursor() as cursor:
        cursor.execute(_KEEP, [upload_id])
        if check_only:
            cursor.execute(PUT_BACK)


def held_rows(checked: CheckResult) -> pl.Series:
    """Return the numbers of the rows whose only errors are those of the rules that hold a row."""
    is_holding = pl.col("code").is_in(HELD_BY)
    of_error = pl.col(ROW).is_not_null() & (pl.col("severity") == "error")
    by_row = [
        findings.filter(of_error).group_by(ROW).agg(is_holding.all().alias("is_held"))
        for findings in checked.findings_in_slices()
    ]
    held = pl.concat([pl.DataFrame(schema={ROW: pl.UInt32, "is_held": pl.Boolean}), *by_row])
    return held.filter("is_held")[ROW]
