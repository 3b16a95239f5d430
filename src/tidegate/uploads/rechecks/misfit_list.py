"""The list No longer fits, as pages, programs and spreadsheets show it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tidegate.accounts.reach import organizations_reached_from
from tidegate.core.outputs.spreadsheet import csv_lines
from tidegate.core.rules.rule import Rule, WhoCanAct
from tidegate.file_types import find_all
from tidegate.records.models import StoredLine
from tidegate.records.stored_lines import StoredLines, stored_lines
from tidegate.reference.models import Organization, SchoolYear
from tidegate.uploads.history.line_columns import line_in_words
from tidegate.uploads.models import Misfit, Upload

HEADER = (
    "FileType",
    "SchoolYear",
    "OrganizationID",
    "Organization",
    "StudentNumber",
    "Line",
    "LineID",
    "Upload",
    "Rule",
    "Column",
    "Message",
    "HowToFix",
    "WhoCanAct",
    "FoundAt",
)
_MISFITS_PER_PIECE = 1_000


@dataclass(frozen=True)
class ShownMisfit:
    """A line that does not fit, in words.

    `line` says what is on file. `upload` is the one that the line came with; None where it was an import or a change by
    hand.
    """

    misfit: Misfit
    file_type: str
    line: str
    upload: Upload | None
    how_to_fix: str
    who_can_act: str


@dataclass(frozen=True)
class MisfitGroup:
    """How many lines of a file type and organization do not fit a rule."""

    file_type: str
    slug: str
    organization: Organization | None
    code: str
    summary: str
    count: int


def misfits_of(organization: Organization | None, school_year: SchoolYear) -> "QuerySet[Misfit]":
    """Return the misfits of lines that name an organization or one of its schools, or were sent for one of these; None
    is the whole state."""
    found = Misfit.objects.filter(school_year=school_year)
    if organization is None:
        return found
    places = organizations_reached_from(organization).order_by()
    return found.filter(places__overlap=list(places.values_list("pk", flat=True)))


def count_lines(misfits: "QuerySet[Misfit]") -> int:
    """Return how many lines a list is about: a line may break several rules."""
    return misfits.order_by().values("file_type", "line_id").distinct().count()


def group_misfits(misfits: "QuerySet[Misfit]", *, at_most: int) -> list[MisfitGroup]:
    """Return the counts by file type, organization and rule, the largest first."""
    by = ("file_type", "organization", "code")
    counted = misfits.order_by().values(*by).annotate(lines=Count("line_id", distinct=True))
    largest = list(counted.order_by("-lines", *by)[:at_most])
    organizations = Organization.objects.in_bulk({group["organization"] for group in largest} - {None})
    rules = _Rules()
    return [
        MisfitGroup(
            file_type=_name_of(group["file_type"]),
            slug=group["file_type"],
            organization=organizations.get(group["organization"]),
            code=group["code"],
            summary=rule.summary.removesuffix(".") if (rule := rules.of(group["file_type"], group["code"])) else "",
            count=group["lines"],
        )
        for group in largest
    ]


def show_misfits(misfits: Collection[Misfit]) -> list[ShownMisfit]:
    """Return misfits in words, with what they are about; a few queries, however many there are."""
    records = _records_of(misfits)
    began_with = {record.began_with for record in records.values()}
    uploads = Upload.objects.select_related("organization", "school_year").in_bulk(began_with - {None})
    by_slug, rules = {lines.file_type.slug: lines for lines in stored_lines()}, _Rules()
    shown = []
    for misfit in misfits:
        record, lines = records.get((misfit.file_type, misfit.line_id)), by_slug.get(misfit.file_type)
        if record is None or lines is None:
            continue  # another release stores this type
        upload = uploads.get(record.began_with or 0)
        rule = rules.of(misfit.file_type, misfit.code)
        shown.append(
            ShownMisfit(
                misfit=misfit,
                file_type=_name_of(misfit.file_type),
                line=line_in_words(lines, record),
                upload=upload,
                how_to_fix=rule.how_to_fix if rule else "",
                who_can_act=_who_can_act(rule, upload),
            )
        )
    return shown


def students_of(misfits: "QuerySet[Misfit]") -> Iterator[str]:
    """Yield the numbers of the students whose lines these are, read as they are needed."""
    yield from misfits.order_by().values_list("student_id", flat=True).distinct().iterator()


def misfits_csv(misfits: "QuerySet[Misfit]") -> Iterator[bytes]:
    """Yield the list as CSV in UTF-8, read as it is needed."""
    yield csv_lines([HEADER])
    last = 0
    with_names = misfits.select_related("organization", "school_year").order_by("pk")
    while part := list(with_names.filter(pk__gt=last)[:_MISFITS_PER_PIECE]):
        last = part[-1].pk
        yield csv_lines(map(_cells, show_misfits(part)))


def _cells(shown: ShownMisfit) -> tuple[object, ...]:
    misfit, organization = shown.misfit, shown.misfit.organization
    cells = (
        shown.file_type,
        misfit.school_year.name,
        organization.identifier if organization else "",
        organization.name if organization else "",
        misfit.student_id,
        shown.line,
        misfit.line_id,
        shown.upload.pk if shown.upload else "",
        misfit.code,
        misfit.column,
        misfit.message,
        shown.how_to_fix,
        shown.who_can_act,
    )
    return (*cells, misfit.found_at.isoformat(timespec="seconds"))


def _records_of(misfits: Iterable[Misfit]) -> Mapping[tuple[str, int], StoredLine]:
    ids: dict[str, set[int]] = {}
    for misfit in misfits:
        ids.setdefault(misfit.file_type, set()).add(misfit.line_id)
    return {
        (lines.file_type.slug, record.pk): record
        for lines in stored_lines()
        if lines.file_type.slug in ids
        for record in records_to_say(lines).filter(pk__in=ids[lines.file_type.slug])
    }


def records_to_say(lines: StoredLines) -> "QuerySet[StoredLine]":
    """Return all versions of lines, each with what it takes to say it in words."""
    related = [field.name for field in lines.shown.values() if field.is_relation]
    rows: QuerySet[StoredLine] = QuerySet(lines.model)
    return rows.select_related(*related) if related else rows


class _Rules:
    """The rules of all file types, each type's read once."""

    def __init__(self) -> None:
        self._of_types: dict[str, Mapping[str, type[Rule]]] = {}

    def of(self, file_type: str, code: str) -> type[Rule] | None:
        """Return a rule; None where the present state has it no more."""
        if file_type not in self._of_types:
            found = find_all().get(file_type)
            self._of_types[file_type] = found.rules_by_code() if found else {}
        return self._of_types[file_type].get(code)


def _name_of(file_type: str) -> str:
    found = find_all().get(file_type)
    return found.name if found else file_type


def _who_can_act(rule: type[Rule] | None, upload: Upload | None) -> str:
    """Return who can put it right. "You" is who sent the line, and the state where it came with the state's lists."""
    if rule is not None and rule.who_can_act is not WhoCanAct.YOU:
        return str(rule.who_can_act)
    return upload.organization.name if upload else str(WhoCanAct.STATE)
