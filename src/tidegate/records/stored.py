"""The stored tables as the database has them, asked for the keys of one file and no more."""

import polars as pl
from psycopg import sql

from tidegate.core.layouts.school_year import SchoolYear
from tidegate.core.reference.tables import (
    CODES,
    CTE_RECORDS,
    ENROLLMENTS,
    NUMBER_REQUESTS,
    ORGANIZATIONS,
    PEOPLE,
    STUDENTS,
    TAUGHT_CODES,
)
from tidegate.records.new_numbers import lock_new_numbers
from tidegate.reference.copy_rows import copy_rows, raw_cursor, read_columns, stage, staged

_KEYS = "file_students"
_NOTED = "noted_students"
_ORGANIZATIONS = sql.SQL("SELECT id, name, kind, parent_id, NULLIF(local_id, '') FROM reference_organization")
_CODES = sql.SQL("SELECT code, title, first_year, last_year FROM reference_code WHERE list_name = {}")
# From code to code, each found in the index: a school's records may be a million, its programs are few.
_TAUGHT_CODES = sql.SQL("""
    WITH RECURSIVE taught (school_id, year, cte_code) AS (
        SELECT school_id, year, (
            SELECT min(known.cte_code) FROM records_cterecord known
            WHERE known.school_id = {schools}.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
        ) FROM {schools} CROSS JOIN (VALUES ({year} - 1), ({year})) AS years (year)
        UNION ALL
        SELECT school_id, year, (
            SELECT min(known.cte_code) FROM records_cterecord known
            WHERE known.school_id = taught.school_id AND known.school_year_id = year AND known.replaced_at IS NULL
              AND known.cte_code > taught.cte_code
        ) FROM taught WHERE cte_code IS NOT NULL
    )
    SELECT DISTINCT school_id, cte_code FROM taught WHERE cte_code IS NOT NULL
""")
_STUDENTS = sql.SQL("SELECT number::integer FROM records_student JOIN {} USING (number)")
# Where the file's numbers lie close together, as those of one district do, limits let the database walk that part
# of the index once, instead of from its root for every student.
_ENROLLMENTS = sql.SQL("""
    SELECT student_id::integer, sau_id, school_id, enrollment_type, entry_date, exit_date
    FROM records_enrollment JOIN {} ON number = student_id
    WHERE school_year_id = {} AND replaced_at IS NULL AND student_id BETWEEN {} AND {}
""")
_CTE_RECORDS = sql.SQL("""
    WITH record AS MATERIALIZED (
        SELECT student_id, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,
            postsecondary_credits, brought_by
        FROM records_cterecord JOIN (SELECT DISTINCT number FROM {students}) file ON number = student_id
        WHERE school_year_id = {year} AND replaced_at IS NULL AND student_id BETWEEN {lowest} AND {highest}
    ), wanted AS (
        SELECT student_id, school_id, cte_code FROM record GROUP BY student_id, school_id, cte_code
        HAVING count(*) >= {fewest}
    )
    SELECT student_id::integer, sau_id, school_id, school_student_id, cte_code, start_date, end_date, credits_earned,
        postsecondary_credits, brought_by
    FROM record JOIN wanted USING (student_id, school_id, cte_code)
""")
_PEOPLE = sql.SQL("""
    SELECT known.student_id, known.last_name, known.first_name, known.date_of_birth
    FROM records_studentversion known JOIN {} named
      ON known.date_of_birth = named.date_of_birth
     AND records_fold(known.last_name) = records_fold(named.last_name)
     AND records_fold(known.first_name) = records_fold(named.first_name)
    WHERE known.replaced_at IS NULL
""")
_NUMBER_REQUESTS = sql.SQL("""
    SELECT request_key, student_id FROM records_numberrequest JOIN {} USING (request_key) WHERE student_id IS NOT NULL
""")
_LOCK = sql.SQL("""
    SELECT number::integer FROM (
        SELECT number FROM records_student JOIN (SELECT DISTINCT number FROM {}) noted USING (number)
        WHERE number BETWEEN {} AND {}
        ORDER BY number FOR NO KEY UPDATE OF records_student
    ) locked
""")


class ReferenceDatabase:
    """Answers from the database; the implementation of `ReferenceData` for uploads. Cost grows with the file.

    With `is_locking` the file's students are locked before anything about them is read, in the order of their numbers,
    until the transaction ends: two uploads that speak of one student are judged one after the other, and the second
    sees what the first has loaded. The order makes a deadlock impossible.
    """

    is_bound_to_a_thread = True

    def __init__(self, *, is_locking: bool = False) -> None:
        self.is_locking = is_locking
        self._noted: tuple[str, str] | None = None
        self._locked: pl.DataFrame | None = None

    def note_students(self, numbers: pl.Series) -> None:
        """Note some of the file's students, to be locked by `lock_noted`."""
        keys = _keys(numbers)
        if self._noted is None:
            stage(_NOTED, keys)
        else:
            copy_rows(_NOTED, keys)
        limits = [limit for limit in (*_limits(keys), *(self._noted or ())) if limit]
        self._noted = (min(limits, default=""), max(limits, default=""))

    def lock_noted(self) -> None:
        """Lock the noted students until the transaction ends."""
        if self._noted is None:
            return
        table = sql.Identifier(_NOTED)
        with raw_cursor() as cursor:
            cursor.execute(sql.SQL("ANALYZE {}").format(table))
        self._locked = read_columns(_LOCK.format(table, *self._noted), STUDENTS)
        self._noted = None  # the table stays until the transaction ends: more is asked about these students

    def organizations(self) -> pl.DataFrame:
        """Return every organization, shaped as `ORGANIZATIONS`."""
        return read_columns(_ORGANIZATIONS, ORGANIZATIONS)

    def codes(self, list_name: str) -> pl.DataFrame:
        """Return a code list, shaped as `CODES`."""
        return read_columns(_CODES.format(list_name), CODES)

    def taught_codes(self, school_ids: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return what these schools have reported in the two years, shaped as `TAUGHT_CODES`."""
        schools = pl.DataFrame({"school_id": school_ids.cast(pl.Int32).drop_nulls().unique()})
        if schools.is_empty():
            return TAUGHT_CODES.to_frame()
        with staged("file_schools", schools):
            query = _TAUGHT_CODES.format(schools=sql.Identifier("file_schools"), year=school_year.first)
            return read_columns(query, TAUGHT_CODES)

    def expect_students(self, school_year: SchoolYear) -> None:
        """Do nothing: a database is asked for the file's students alone."""

    def everybody(self) -> pl.Series | None:
        """Return the numbers of all students whom the file speaks of, where these are locked; else None."""
        return None if self._locked is None else self._locked["student_number"]

    def students(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the known ones of these numbers, shaped as `STUDENTS`; all that were locked are known."""
        if self._locked is not None:
            return self._locked.join(
                pl.DataFrame({"student_number": numbers.cast(pl.UInt32)}), on="student_number", how="semi"
            )
        with staged(_KEYS, _keys(numbers)):
            return read_columns(_STUDENTS.format(sql.Identifier(_KEYS)), STUDENTS)

    def people(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return the students of these names and birth dates, shaped as `PEOPLE`, and some whose names differ in
        letters that are not Latin. With `is_locking` nobody else makes new numbers until the transaction ends."""
        if self.is_locking:
            lock_new_numbers()
        with staged("file_people", named):
            return read_columns(_PEOPLE.format(sql.Identifier("file_people")), PEOPLE).unique()

    def number_requests(self, request_keys: pl.Series) -> pl.DataFrame:
        """Return those of the requests that have got a number, shaped as `NUMBER_REQUESTS`."""
        keys = pl.DataFrame({"request_key": request_keys.drop_nulls().unique()}, schema={"request_key": pl.String})
        with staged("file_requests", keys):
            return read_columns(_NUMBER_REQUESTS.format(sql.Identifier("file_requests")), NUMBER_REQUESTS)

    def enrollments(self, numbers: pl.Series, school_year: SchoolYear) -> pl.DataFrame:
        """Return these students' current enrollments in the school year, shaped as `ENROLLMENTS`."""
        keys = _keys(numbers)
        with staged(_KEYS, keys):
            query = _ENROLLMENTS.format(sql.Identifier(_KEYS), school_year.first, *_limits(keys))
            return read_columns(query, ENROLLMENTS)

    def cte_records(self, numbers: pl.Series, school_year: SchoolYear, *, only_several: bool = False) -> pl.DataFrame:
        """Return these students' CTE records of the school year, shaped as `CTE_RECORDS`; with `only_several` those
        alone of which a student has several for a school and code."""
        keys = _keys(numbers if self._locked is None else pl.concat([numbers.bottom_k(1), numbers.top_k(1)]))
        lowest, highest = _limits(keys)
        question = _CTE_RECORDS.format(
            students=sql.Identifier(_KEYS if self._locked is None else _NOTED),
            year=school_year.first,
            lowest=lowest,
            highest=highest,
            fewest=2 if only_several else 1,
        )
        if self._locked is None:
            with staged(_KEYS, keys):
                return read_columns(question, CTE_RECORDS)
        wanted = pl.DataFrame({"student_number": numbers.cast(pl.UInt32)})
        return read_columns(question, CTE_RECORDS).join(wanted, on="student_number", how="semi")


def _keys(numbers: pl.Series) -> pl.DataFrame:
    """Return the distinct numbers as the database writes them, sorted: an index is walked faster in its own order."""
    distinct = numbers.drop_nulls().unique().sort()
    return pl.DataFrame({"number": distinct.cast(pl.String).str.zfill(9)})


def _limits(keys: pl.DataFrame) -> tuple[str, str]:
    """Return limits within which sorted keys lie, blank where there are none. They are nobody's number: they stand in a
    statement, which a database may show and log."""
    return (f"{keys['number'][0][:5]}0000", f"{keys['number'][-1][:5]}9999") if keys.height else ("", "")
