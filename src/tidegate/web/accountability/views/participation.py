"""Participants and concentrators of a snapshot, by one definition or two, and the students behind each number."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.accountability.counting.counted_students import DIMENSIONS
from tidegate.accountability.counting.enrolled_students import MEASURES, enrolled_students
from tidegate.accountability.definitions.definition import Definition
from tidegate.accountability.frozen_lines.cells import Reach
from tidegate.accountability.frozen_lines.definition import definition_of
from tidegate.accountability.models import Snapshot
from tidegate.accountability.outputs.participation_table import participation_csv, students_csv
from tidegate.accountability.outputs.participation_workbook import participation_xlsx
from tidegate.accountability.reports.participation import TITLES
from tidegate.accountability.snapshots.reach import find_seen_snapshot
from tidegate.audit.record import record_event
from tidegate.core.errors import Refusal
from tidegate.records.public_ids import public_ids_of
from tidegate.web.accountability.participation_page import ParticipationPage, chosen_in_words, hint_of, listed_students
from tidegate.web.accountability.students_of_number import record_students, students_download
from tidegate.web.downloads import csv_download, xlsx_download
from tidegate.web.pages import page_by_number, text_from
from tidegate.web.requests import PersonRequest


def participation(request: PersonRequest, number: int) -> HttpResponse:
    """Show the numbers by a definition, and what it changes against another one."""
    found, reach = find_seen_snapshot(request.user, number)
    definition = definition_of(found, text_from(request, "definition"))
    named = text_from(request, "than")
    other = definition_of(found, named) if named else None
    record_event("snapshot.viewed", by=request.user, school_year=found.school_year, subject=found)
    page = ParticipationPage(found, definition, other if other != definition else None, reach)
    return render(request, "web/accountability/participation.html", page.context())


def participation_numbers(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the numbers by one definition or two as CSV."""
    found, reach, definitions = _asked(request, number)
    return csv_download(participation_csv(found, definitions, reach=reach), f"snapshot-{found.pk}-participation.csv")


def participation_book(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the numbers by one definition or two as a workbook."""
    found, reach, definitions = _asked(request, number)
    content = participation_xlsx(found, definitions, reach=reach)
    return xlsx_download(content, f"snapshot-{found.pk}-participation.xlsx")


@transaction.atomic
def participation_students(request: PersonRequest, number: int) -> HttpResponse:
    """Show the students behind a number: those with the values that the address names."""
    found, reach = find_seen_snapshot(request.user, number)
    definition, unlike, chosen = _chosen(request, found)
    page = page_by_number(
        lambda start, limit: list(
            enrolled_students(found, definition, chosen, reach=reach, unlike=unlike, start=start, limit=limit)
        ),
        request,
    )
    seen = public_ids_of(each.number for each in page)
    record_students("snapshot.students_viewed", request.user, found, by_values_of=sorted(chosen), students=seen)
    context = {
        "snapshot": found,
        "definition": definition,
        "unlike": unlike,
        "measure": TITLES[chosen["measure"]],
        "hint": hint_of(chosen["measure"]),
        "by": chosen_in_words(found, chosen),
        "students": listed_students(found, page),
        "page": page,
        "query": request.GET.urlencode(),
    }
    return render(request, "web/accountability/participation_students.html", context)


@transaction.atomic
def participation_students_file(request: PersonRequest, number: int) -> HttpResponseBase:
    """Download the students behind a number as CSV."""
    found, reach = find_seen_snapshot(request.user, number)
    definition, unlike, chosen = _chosen(request, found)
    return students_download(
        request.user,
        found,
        lambda: enrolled_students(found, definition, chosen, reach=reach, unlike=unlike),
        by_values_of=sorted(chosen),
        write=students_csv,
        named=chosen["measure"],
    )


def _asked(request: PersonRequest, number: int) -> tuple[Snapshot, Reach, list[Definition]]:
    """Find the snapshot and the definitions that an address names, and record that its numbers are downloaded."""
    found, reach = find_seen_snapshot(request.user, number)
    named = [name.replace("\x00", "") for name in request.GET.getlist("definition")[:2]] or [""]
    definitions = [definition_of(found, name) for name in named]
    record_event("snapshot.counts_downloaded", by=request.user, school_year=found.school_year, subject=found)
    return found, reach, definitions


def _chosen(request: PersonRequest, snapshot: Snapshot) -> tuple[Definition, Definition | None, dict[str, str]]:
    """Read which students an address asks for.

    Returns:
        The definition by which they count, the one by which they do not, and the measure and dimensions.
    """
    measure = text_from(request, "measure") or "enrolled"
    if measure not in MEASURES:
        raise Refusal("There is no such number", fix=f"Choose one of: {', '.join(MEASURES)}", code="NO_MEASURE")
    chosen = {name: text_from(request, name) for name in DIMENSIONS if name in request.GET}
    unlike = text_from(request, "unlike")
    definition = definition_of(snapshot, text_from(request, "definition"))
    return definition, definition_of(snapshot, unlike) if unlike else None, {"measure": measure, **chosen}
