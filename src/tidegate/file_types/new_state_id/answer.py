"""Answers every row: keeps the held ones for a person to resolve, and the lines of the answer file."""

import polars as pl

from tidegate.core.checking import Checked
from tidegate.core.rules.columns import ROW
from tidegate.records.new_numbers import PUT_BACK
from tidegate.reference.copy_rows import raw_cursor, stage

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


def hold(checked: Checked, *, upload_id: int) -> None:
    """Put the held rows into the queue; what stands there already stays as it is."""
    held = checked.rows.filter(_is_held(checked))
    values = {name: pl.col(f"{column}:value").fill_null("") for name, column in _TEXTS.items() if name != "sau_id"}
    values["date_of_birth"] = pl.col("DateOfBirth:value")
    others = {"grade_level": pl.col("GradeLevel:value"), "sau_id": pl.col("sau.id")}
    stage("held_rows", held.select(ROW, pl.col("person.request_key").alias("request_key"), **values, **others))
    with raw_cursor() as cursor:
        cursor.execute(_HOLD, [upload_id])


def keep_answer(checked: Checked, *, upload_id: int, check_only: bool) -> None:
    """Keep a line for every row. One that was only checked has no number but those that were given before."""
    is_held, key = _is_held(checked), pl.col("person.request_key")
    has_number = pl.col("person.answer").is_not_null()
    # A row that repeats one of the same file gets the same number, and so says the same.
    result = (
        pl.when(is_held).then(pl.lit(WOULD_BE_HELD if check_only else HELD))
        .when(checked.is_bad).then(pl.lit(NOT_CREATED))
        .when(has_number).then(pl.lit(KNOWN))
        .otherwise(pl.lit(WOULD_BE_CREATED if check_only else CREATED))
    )  # fmt: skip
    asks = is_held | ~checked.is_bad
    texts = {name: pl.col(column).fill_null("").str.replace_all("\x00", " ") for name, column in _TEXTS.items()}
    keys = {"request_key": pl.when(asks).then(key), "result": result}
    stage("answer_rows", checked.rows.select(ROW, **texts, **keys))
    with raw_cursor() as cursor:
        cursor.execute(_KEEP, [upload_id])
        if check_only:
            cursor.execute(PUT_BACK)


def _is_held(checked: Checked) -> pl.Series:
    """Return for each row whether the rules that hold it are the only errors that it has."""
    errors = checked.findings.filter(pl.col("severity") == "error").drop_nulls(ROW)
    other = errors.filter(~pl.col("code").is_in(HELD_BY))[ROW].unique()
    held = errors.filter(pl.col("code").is_in(HELD_BY))[ROW].unique()
    rows = checked.rows[ROW]
    return rows.is_in(held.implode()) & ~rows.is_in(other.implode())
