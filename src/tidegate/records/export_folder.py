"""Exports the reference folder: the files that `check` reads and `import_reference` takes, streamed by COPY."""

from pathlib import Path

from django.db import transaction
from psycopg import sql

from tidegate.audit.record import ActingPerson, record_event
from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.tables import (
    CTE_CODES,
    CTE_CODES_FILE,
    CTE_RECORDS_FILE,
    ENROLLMENTS_FILE,
    NUMBER_REQUESTS_FILE,
    ORGANIZATIONS_FILE,
    STUDENTS_FILE,
    TAUGHT_CODES_FILE,
    ReferenceFile,
)
from tidegate.reference.copy_rows import copy_out

# Empty texts become NULL, which COPY writes as nothing; the order does not hang on a server's collation.
_ORGANIZATIONS = sql.SQL("""
    SELECT id, name, kind, parent_id, NULLIF(local_id, '') FROM reference_organization ORDER BY id
""")
_CTE_CODES = sql.SQL("""
    SELECT code, NULLIF(title, ''), first_year || '-' || first_year + 1, last_year || '-' || last_year + 1
    FROM reference_code WHERE list_name = {} ORDER BY code COLLATE "C"
""")
_STUDENTS = sql.SQL("""
    SELECT number, NULLIF(last_name, ''), NULLIF(first_name, ''), NULLIF(middle_name, ''), date_of_birth,
        NULLIF(gender, '')
    FROM records_student LEFT JOIN records_studentversion ON student_id = number AND replaced_at IS NULL
    ORDER BY number COLLATE "C"
""")
# Only `check` reads these three; they are not imported.
_TAUGHT_CODES = sql.SQL("""
    SELECT DISTINCT school_year_id || '-' || school_year_id + 1, school_id, cte_code
    FROM records_cterecord WHERE replaced_at IS NULL AND (school_year_id BETWEEN {} AND {} OR {}) ORDER BY 1, 2, 3
""")
_CTE_RECORDS = sql.SQL("""
    SELECT school_year_id || '-' || school_year_id + 1, sau_id, school_id, student_id, NULLIF(school_student_id, ''),
        cte_code, start_date, end_date, credits_earned, postsecondary_credits, brought_by
    FROM records_cterecord WHERE replaced_at IS NULL AND (school_year_id = {} OR {})
    ORDER BY school_year_id, student_id COLLATE "C", school_id, cte_code COLLATE "C", start_date, id
""")
_NUMBER_REQUESTS = sql.SQL("""
    SELECT sau_id, NULLIF(school_student_id, ''), last_name, first_name, NULLIF(middle_name, ''), NULLIF(suffix, ''),
        date_of_birth, student_id
    FROM records_numberrequest WHERE student_id IS NOT NULL ORDER BY id
""")
_ENROLLMENTS = sql.SQL("""
    SELECT school_year_id || '-' || school_year_id + 1, sau_id, school_id, student_id, NULLIF(school_student_id, ''),
        enrollment_type, NULLIF(grade_level, ''), entry_date, NULLIF(start_status, ''), exit_date, NULLIF(exit_type, '')
    FROM records_enrollment WHERE replaced_at IS NULL AND (school_year_id = {} OR {})
    ORDER BY school_year_id, student_id COLLATE "C", entry_date, enrollment_type COLLATE "C" DESC, school_id
""")


@transaction.atomic
def export_reference(
    folder: Path, *, school_year: SchoolYear | None = None, by: ActingPerson | None = None
) -> dict[str, int]:
    """Write the files into `folder`, and return the size of each in bytes, by file name.

    `school_year` leaves out the enrollments and CTE records of other years; all students, organizations and codes are
    always there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    year = school_year.first if school_year else 0
    queries: dict[ReferenceFile, sql.Composable] = {
        ORGANIZATIONS_FILE: _ORGANIZATIONS,
        CTE_CODES_FILE: _CTE_CODES.format(CTE_CODES),
        STUDENTS_FILE: _STUDENTS,
        ENROLLMENTS_FILE: _ENROLLMENTS.format(year, school_year is None),
        CTE_RECORDS_FILE: _CTE_RECORDS.format(year, school_year is None),
        NUMBER_REQUESTS_FILE: _NUMBER_REQUESTS,
        TAUGHT_CODES_FILE: _TAUGHT_CODES.format(year - 1, year, school_year is None),
    }
    sizes = {file.file_name: _write(folder / file.file_name, file, query) for file, query in queries.items()}
    record_event("reference.exported", by=by, school_year=school_year)
    return sizes


def _write(path: Path, file: ReferenceFile, query: sql.Composable) -> int:
    with path.open("wb") as out:
        out.write(f"{','.join(file.header)}\n".encode())
        for piece in copy_out(query):
            out.write(piece)
        return out.tell()
