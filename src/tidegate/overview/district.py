"""Where a district or a school is with each file type: what is on file, what was sent last, and what is still open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Func, IntegerField, Q, QuerySet

from tidegate.accounts.reach import organizations_reached_from
from tidegate.core.reference.organizations import SCHOOL
from tidegate.core.rules.cause import Cause
from tidegate.file_types import FileType, find_all
from tidegate.records.changes import made_by_hand
from tidegate.records.models import CURRENT
from tidegate.records.stored_lines import lines_of, organization_fields
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.models import LastFile, Standing, State, Upload
from tidegate.uploads.queries.causes import first_causes

_MAX_CAUSES = 3


@dataclass(frozen=True)
class FileTypeStatus:
    """Where an organization is with a file type.

    Attributes:
        file_type: The file type.
        standing: What the last file that counts says.
        line_count: How many of its lines are on file; None where it stores none, or they name no organization.
        last: The newest upload, whatever became of it.
        open_upload: The upload whose rows are to be corrected.
        to_correct_count: How many rows that are.
        causes: The first causes of them, in the order in which to fix them, each with its number on the upload's page.
        more_cause_count: How many more causes there are.
        on_hold: The newest upload that waits for release.
    """

    file_type: FileType
    standing: Standing
    line_count: int | None
    last: Upload | None
    open_upload: Upload | None = None
    to_correct_count: int = 0
    causes: Sequence[tuple[int, Cause]] = ()
    more_cause_count: int = 0
    on_hold: Upload | None = None


def places_of(organization: Organization) -> list[int]:
    """Return the IDs of an organization and its schools."""
    return list(organizations_reached_from(organization).order_by().values_list("pk", flat=True))


def own_places_of(organization: Organization) -> list[int]:
    """Return the IDs of an organization and of those of its schools that do not send by themselves."""
    reached = organizations_reached_from(organization).order_by().values_list("pk", "kind")
    return [pk for pk, kind in reached if pk == organization.pk or kind == SCHOOL]


def statuses_at(organization: Organization, school_year: SchoolYear) -> list[FileTypeStatus]:
    """Return where an organization is with each file type, in the order in which to send them."""
    uploads = _uploads(own_places_of(organization), school_year)
    last = _by_type(uploads)
    held = _by_type(uploads.filter(state=State.ON_HOLD))
    last_files = _last_files_of_school if organization.kind == SCHOOL else _last_files
    known = last_files(organization, school_year)
    places = places_of(organization)
    return [
        _with_causes(
            FileTypeStatus(
                file_type=each,
                standing=Standing(known[slug].standing) if slug in known else Standing.NONE,
                line_count=_count_lines(each, places, school_year),
                last=last.get(slug),
                on_hold=held.get(slug),
            ),
            known.get(slug),
        )
        for slug, each in find_all().items()
    ]


def _uploads(places: Collection[int], school_year: SchoolYear) -> "QuerySet[Upload]":
    own = Upload.objects.filter(organization__in=places, school_year=school_year)
    return own.select_related("organization", "school_year", "corrected_by", "sent_by")


def _by_type(uploads: "QuerySet[Upload]") -> dict[str, Upload]:
    """Return the newest upload of each file type."""
    newest = uploads.order_by("file_type", "-sent_at", "-pk").distinct("file_type")
    return {each.file_type: each for each in newest}


def _last_files(organization: Organization, school_year: SchoolYear) -> dict[str, LastFile]:
    known = LastFile.objects.filter(organization=organization, school_year=school_year).select_related(
        "upload__organization", "upload__school_year", "upload__corrected_by", "upload__follows"
    )
    return {each.file_type: each for each in known}


def _last_files_of_school(school: Organization, school_year: SchoolYear) -> dict[str, LastFile]:
    """Return what its own last files say of a school, which is counted with its district otherwise, or that it or its
    district has nothing to report."""
    acts = Upload.objects.filter(
        nothing_for__in=school.ids_up_to_district, school_year=school_year, state=State.FINISHED
    )
    said = _by_type(acts)
    found = {slug: LastFile(upload=act, sent_at=act.sent_at, standing=Standing.NOTHING) for slug, act in said.items()}
    counted = _uploads([school.pk], school_year).filter(
        check_only=False, state__in=(State.FINISHED, State.FAILED), incident_id=""
    )
    files = _by_type(counted.exclude(sha256="").exclude(made_by_hand()))
    to_go = Upload.objects.filter(pk__in=[each.pk for each in files.values()]).values_list("pk", _RowsToGo("pk"))
    error_counts = dict(to_go)
    for slug, last in files.items():
        if slug in said and _is_ended_by(said[slug], last):
            continue
        error_count = error_counts[last.pk]
        is_wrong = bool(error_count) or last.state == State.FAILED
        found[slug] = LastFile(
            upload=last,
            sent_at=last.sent_at,
            standing=Standing.ERRORS if is_wrong else Standing.CLEAN,
            error_count=error_count,
        )
    return found


class _RowsToGo(Func):
    """How many rows a file and those that it corrects in part still owe, as the trigger of last files counts them."""

    function = "uploads_rows_to_go"
    output_field = IntegerField()


def _is_ended_by(act: Upload, file: Upload) -> bool:
    """Whether *nothing to report* was said after a file, as the trigger asks it: not while rows of it were loaded."""
    is_later = (act.sent_at, act.pk) > (file.sent_at, file.pk)
    return is_later and (not file.success_count or act.sent_at >= (file.finished_at or file.sent_at))


def _with_causes(found: FileTypeStatus, known: LastFile | None) -> FileTypeStatus:
    """Return the status with the first causes of its rows to correct."""
    if known is None or known.upload is None or found.standing != Standing.ERRORS:
        return found
    open_upload = _open(known.upload)
    causes = first_causes(open_upload, limit=_MAX_CAUSES, row_count=0)
    shown = [(kept.number, kept.cause) for kept in causes.causes if not kept.cause.is_notice]
    return replace(
        found,
        open_upload=open_upload,
        to_correct_count=known.error_count,
        causes=shown,
        more_cause_count=causes.to_fix_count - len(shown),
    )


def _open(last: Upload) -> Upload:
    """Return the upload whose rows are to be corrected: the last one or, where that has none, the nearest of those that
    it corrects in part."""
    if last.state == State.FAILED:
        return last
    each = last
    while not each.error_count_to_fix and each.follows is not None:
        each = each.follows
    return each if each.error_count_to_fix else last


def _count_lines(file_type: FileType, places: Collection[int], school_year: SchoolYear) -> int | None:
    lines = lines_of(file_type)
    names = organization_fields(lines.model) if lines else []
    if lines is None or not names:
        return None
    here = Q()
    for name in names:
        here |= Q(**{f"{name}__in": places})
    wanted: dict[str, Any] = {"school_year": school_year}
    return QuerySet(lines.model).filter(CURRENT, here, **wanted).count()
