"""The database's own floor: a plain COPY of the same good rows into the same table, with its indexes and foreign keys.

Nothing is read, judged or compared; the rows come ready-made from a file that tidegate has judged before the clock runs.
"""

import os
from pathlib import Path

import psycopg

from bench.make_files import file_type_of

CTE_COLUMNS = (
    "student_id, school_year_id, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,"
    " postsecondary_credits, brought_by, brought_at"
)
CTE_VALUES = (
    "StateStudentID", "year", "sau.id", "school.id", "SchoolStudentID", "code.code", "StartDate:value", "EndDate:value",
    "CreditsEarned:value", "PostsecondaryCredits:value", "by", "at",
)  # fmt: skip
ENROLLMENT_COLUMNS = (
    "student_id, school_year_id, sau_id, school_id, school_student_id, enrollment_type, grade_level, entry_date, start_status,"
    " resident_sau_id, resident_town_code, exit_date, exit_type, comments, brought_by, brought_at"
)
ENROLLMENT_VALUES = (
    "StateStudentID", "year", "sau.id", "school.id", "SchoolStudentID", "EnrollmentType", "GradeLevel", "EntryDate:value",
    "StartStatus", "resident_sau.id", "ResidentTownCode", "ExitDate:value", "ExitType", "Comments", "by", "at",
)  # fmt: skip
TABLES = {
    "cte": (f"records_cterecord ({CTE_COLUMNS})", CTE_VALUES),
    "student-enrollment": (f"records_enrollment ({ENROLLMENT_COLUMNS})", ENROLLMENT_VALUES),
}


def prepare(file: Path, reference: Path) -> None:
    ready = _ready(file)
    if ready.exists():
        return
    import polars as pl

    from tidegate.core.checking import Focus, check
    from tidegate.core.layouts.school_year import SchoolYear
    from tidegate.core.reference.folder import ReferenceFolder
    from tidegate.file_types import find

    kind = find(file_type_of(file))
    good = check(
        file, kind.layout, kind.rules, focus=Focus(SchoolYear(2020)), tables=ReferenceFolder(reference)
    ).good_rows
    message_values = {"year": pl.lit(2020), "by": pl.lit(1), "at": pl.lit("2020-09-15 12:00+00")}
    part = ready.with_suffix(".part")
    good.with_columns(**message_values).select(TABLES[file_type_of(file)][1]).write_csv(part, include_header=False)
    part.rename(ready)


def run(file: Path, reference: Path) -> None:
    order = f"COPY {TABLES[file_type_of(file)][0]} FROM STDIN (FORMAT csv)"
    with (
        psycopg.connect(os.environ["TIDEGATE_DATABASE_URL"]) as connection,
        connection.cursor() as cursor,
        cursor.copy(order) as copy,
        _ready(file).open("rb") as rows,
    ):
        while piece := rows.read(1 << 20):
            copy.write(piece)


def _ready(file: Path) -> Path:
    return file.with_suffix(".ready.csv")
