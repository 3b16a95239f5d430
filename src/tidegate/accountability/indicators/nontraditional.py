"""The indicator of non-traditional programs (4S1): concentrators of the gender that is underrepresented in them."""

from psycopg import sql

from tidegate.accountability.concentrators import program_of, program_status
from tidegate.accountability.definition import Definition
from tidegate.accountability.frozen_cells import cell, frozen
from tidegate.accountability.frozen_definitions import definition_of
from tidegate.accountability.frozen_tables import SCHOOL_YEAR
from tidegate.accountability.indicator_students import sex_of_students
from tidegate.accountability.indicators.indicator import Indicator
from tidegate.accountability.models import Snapshot
from tidegate.core.errors import Refusal
from tidegate.records.models import Enrollment

_ROWS = sql.SQL("""
    SELECT status.student, unnest(schools) AS school, status.program,
        COALESCE(sex || ' ' || status.program = ANY({underrepresented}), false) AS is_met
    FROM ({status}) status
    LEFT JOIN ({sexes}) person USING (student)
    WHERE concentrator_since IS NOT NULL AND status.program = ANY({programs})
        AND student IN (SELECT {student} FROM {enrollments} line WHERE {year} = {school_year})
""")


class Nontraditional(Indicator):
    """Concentrators of programs that lead to non-traditional fields, and those of the underrepresented gender."""

    code = "4S1"
    title = "Nontraditional Program Concentration"
    wording = "Concentrators in programs that lead to non-traditional fields, of the gender underrepresented in them."
    source = (
        "Indicators of performance as New York and North Dakota publish them; the Perkins Act, section 113(b)(2)(A)"
    )
    moved_by = "the underrepresented gender in such a program"
    to_confirm = True

    def why_no_data(self, snapshot: Snapshot, *, definition: str | Definition = "") -> str:
        """Return what is missing: the list of programs, or the definition."""
        try:
            found = definition_of(snapshot, definition)
            if not found.file.nontraditional:
                return f"The definition of {found.school_year} has no list of non-traditional programs by gender"
            program_status(snapshot, found)
        except Refusal as refusal:
            return refusal.message
        return ""

    def rows(self, snapshot: Snapshot, *, definition: str | Definition = "") -> sql.Composable:
        """Return each concentrator's non-traditional programs, and whether the student's gender is underrepresented."""
        found = definition_of(snapshot, definition)
        lines = Enrollment.base_name
        return _ROWS.format(
            status=program_status(snapshot, found),
            **_programs(found),
            sexes=sex_of_students(snapshot),
            student=cell(snapshot, lines, "student"),
            enrollments=frozen(snapshot, lines),
            year=cell(snapshot, lines, SCHOOL_YEAR),
            school_year=snapshot.school_year.name,
        )


def _programs(definition: Definition) -> dict[str, sql.Composable]:
    """Return the programs, and each gender with each of its own, by as many digits as the definition says."""
    file = definition.file
    codes = [(gender, code) for gender, named in file.nontraditional.items() for code in named]
    shortened = [program_of(file, sql.Literal(code)) for _, code in codes]
    pairs = [
        sql.SQL("{} || ' ' || {}").format(gender, code) for (gender, _), code in zip(codes, shortened, strict=True)
    ]
    return {
        "programs": sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(shortened)),
        "underrepresented": sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(pairs)),
    }
