"""The indicator of non-traditional programs (4S1): concentrators of the gender that is underrepresented in them."""

from psycopg import sql

from tidegate.accountability.counting.concentrators import program_of
from tidegate.accountability.counting.indicator_students import sex_of_students
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import cell, frozen
from tidegate.accountability.frozen_lines.tables import SCHOOL_YEAR
from tidegate.accountability.indicators.indicator import PUBLISHED_WORDING, ByDefinition
from tidegate.accountability.models import Snapshot
from tidegate.records.models import Enrollment

_ROWS = sql.SQL("""
    SELECT student, school, program, COALESCE(sex || ' ' || program = ANY({underrepresented}), false) AS is_met
    FROM concentrator LEFT JOIN ({sexes}) person USING (student)
    WHERE program = ANY({programs})
        AND student IN (SELECT {student} FROM {enrollments} line WHERE {year} = {school_year})
""")


class Nontraditional(ByDefinition):
    """Concentrators of programs that lead to non-traditional fields, and those of the underrepresented gender."""

    code = "4S1"
    title = "Nontraditional Program Concentration"
    wording = "Concentrators in programs that lead to non-traditional fields, of the gender underrepresented in them."
    source = PUBLISHED_WORDING
    moved_by = "the underrepresented gender in such a program"
    to_confirm = True

    def missing(self, snapshot: Snapshot, definition: Definition) -> str:  # noqa: ARG002 - only the definition says it
        """Return whether the definition has no list of programs."""
        if definition.file.nontraditional:
            return ""
        return f"The definition of {definition.school_year} has no list of non-traditional programs by gender"

    def base(self, snapshot: Snapshot, definition: Definition) -> sql.Composable:
        """Return each concentrator's non-traditional programs, and whether the student's gender is underrepresented."""
        lines = Enrollment.base_name
        return _ROWS.format(
            **_programs(definition),
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
