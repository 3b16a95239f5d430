"""Students by a number in their stored lines: that of a local system, or what else a state's model names."""

from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q, QuerySet

from tidegate.records.models import CURRENT, StoredLine
from tidegate.records.stored_lines import line_models, organization_fields
from tidegate.reference.copy_rows import table_of
from tidegate.reference.models import Organization, SchoolYear

_MAX_FOUND = 1_000
# The lines of the whole state are read only where they are few or an index finds them: a district's are found by the
# indexes over its lines.
_MAX_READ = 1_000_000
_ROWS = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)"


def students_with(word: str, school_year: SchoolYear, organization: Organization | None) -> list[str]:
    """Return the numbers of students with a current line of that school year that has the word.

    Args:
        word: A word with a digit in it; any other one is in no line.
        school_year: The school year of the lines.
        organization: The one whose lines are searched, with its schools, since another one's number may be another
            student's; None for the whole state.
    """
    if not any(character.isdigit() for character in word):
        return []
    ids = [] if organization is None else [organization.pk, *organization.schools.values_list("pk", flat=True)]
    found: set[str] = set()
    for model in line_models():
        for name in model.finds_student:
            lines: QuerySet[StoredLine] = QuerySet(model).filter(
                CURRENT, Q(**{f"{name}__in": sorted({word, word.upper(), word.lower()})}), school_year=school_year
            )
            if organization is not None:
                here = (Q(**{f"{place}__in": ids}) for place in organization_fields(model))
                lines = lines.filter(reduce(or_, here, Q(pk__in=[])))
            elif not _is_quick(model, name):
                continue
            numbers = lines.values_list("student", flat=True)  # type: ignore[misc]  # every model has it
            found |= set(numbers.distinct()[:_MAX_FOUND])
    return sorted(found)[:_MAX_FOUND]


def _is_quick(model: type[StoredLine], name: str) -> bool:
    """Whether an index begins with the field, or the table is small."""
    if any(index.fields[:1] == [name] for index in model._meta.indexes):  # noqa: SLF001 - Django's documented way to it
        return True
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [table_of(model)])
        return bool(cursor.fetchone()[0] <= _MAX_READ)
