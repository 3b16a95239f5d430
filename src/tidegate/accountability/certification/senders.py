"""Which schools have no line in a snapshot: those that said that there is nothing to report, and those that said
nothing."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from psycopg import sql

from tidegate.accountability.frozen_lines.cells import cell, frozen
from tidegate.accountability.frozen_lines.materialize import numbers_of
from tidegate.accountability.frozen_lines.tables import ORGANIZATIONS, SCHOOL_YEAR, school_in
from tidegate.accountability.models import Snapshot
from tidegate.accountability.periods.period import find_period
from tidegate.core.reference.organizations import CTE_SCHOOL, SCHOOL
from tidegate.file_types import find
from tidegate.records.stored_lines import lines_of
from tidegate.reference.models import Organization
from tidegate.reference.models.organization import open_in
from tidegate.uploads.models import State, Upload

# Lines with a program are a technical school's; all others may name any school.
_WITHOUT = sql.SQL("""
    SELECT {file_type} AS file_type, {identifier} AS identifier, {name} AS name, {parent} AS parent
    FROM {organizations} line
    WHERE {kind} = ANY({kinds}) AND {identifier} NOT IN (
        SELECT {school} FROM {lines} line WHERE {year} = {school_year} AND {school} IS NOT NULL
    )
""")
_IN_ORDER = sql.SQL('SELECT * FROM ({without}) school ORDER BY file_type COLLATE "C", identifier COLLATE "C"')


class WithoutLines(NamedTuple):
    """A school without a line of a file type. `said_nothing_to_report` is whether somebody answers for that."""

    file_type: str
    identifier: str
    name: str
    said_nothing_to_report: bool


def schools_without_lines(snapshot: Snapshot) -> list[WithoutLines]:
    """Return the schools that have no line in a snapshot, by file type and name. A school that had closed before the
    school year began owes none, and a district answers for its schools."""
    slugs = find_period(snapshot.period).file.file_types
    queries = [query for slug in slugs for query in _without_lines(snapshot, slug)]
    if not queries:
        return []
    query = _IN_ORDER.format(without=sql.SQL(" UNION ALL ").join(queries))
    found = numbers_of(snapshot, query, of="schools without lines", reach=None)
    said, still_said = _said_nothing_to_report(snapshot, slugs)
    # A snapshot has not frozen when an organization closed.
    had_closed = Organization.objects.exclude(open_in(snapshot.school_year.period))
    closed = set(had_closed.order_by().values_list("identifier", flat=True))
    without = (
        WithoutLines(slug, school, name or "", (slug, school) in said or (slug, parent) in still_said)
        for slug, school, name, parent in found
        if school not in closed
    )
    return sorted(without, key=lambda each: (slugs.index(each.file_type), each.name, each.identifier))


def _said_nothing_to_report(
    snapshot: Snapshot, slugs: Collection[str]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return of which organizations it was said that there is nothing to report, each with the file type; and those of
    them that have loaded no file since, so that it still holds for all of their schools."""
    acts = Upload.objects.filter(
        file_type__in=slugs, school_year=snapshot.school_year, state=State.FINISHED, nothing_for__isnull=False
    )
    loaded_since = Upload.objects.filter(
        organization=OuterRef("nothing_for"),
        file_type=OuterRef("file_type"),
        school_year=snapshot.school_year,
        state=State.FINISHED,
        check_only=False,
        success_count__gt=0,
        sent_at__gt=OuterRef("sent_at"),
    )
    named = acts.order_by().values_list("file_type", "nothing_for__identifier")
    return set(named), set(named.exclude(Exists(loaded_since)))


def _without_lines(snapshot: Snapshot, slug: str) -> Iterator[sql.Composable]:
    """Yield the query of the schools that have no line of a file type; none where its lines name no school."""
    lines = lines_of(find(slug))
    table = next((each for each in snapshot.tables if lines and each["name"] == lines.table.name), None)
    if lines is None or table is None or not (school := school_in(table)):
        return
    yield _WITHOUT.format(
        file_type=slug,
        identifier=cell(snapshot, ORGANIZATIONS, "identifier"),
        name=cell(snapshot, ORGANIZATIONS, "name"),
        parent=cell(snapshot, ORGANIZATIONS, "parent"),
        kind=cell(snapshot, ORGANIZATIONS, "kind"),
        organizations=frozen(snapshot, ORGANIZATIONS),
        kinds=sql.Literal([str(CTE_SCHOOL)] if "code" in table else [str(SCHOOL), str(CTE_SCHOOL)]),
        school=cell(snapshot, table["name"], school),
        lines=frozen(snapshot, table["name"]),
        year=cell(snapshot, table["name"], SCHOOL_YEAR),
        school_year=snapshot.school_year.name,
    )
