"""Every version of a student's lines as rows of tables: what it says, how it began and how it ended."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tidegate.accounts.models import Person
from tidegate.records.models import ChangeKind, StoredLine
from tidegate.uploads.history.facts import label_of
from tidegate.uploads.history.follow_versions import Version, lines_with_versions
from tidegate.uploads.history.sections import Section
from tidegate.uploads.queries.changes import IMPORT, SeenChange, changes_by_id, restored_with


@dataclass(frozen=True)
class ChangeStep:
    """What happened to a version.

    Attributes:
        word: What it was, in a word.
        title: What the change is called that did it.
        change: The change, as far as the person may see it; None where only its title is known.
        at: When it was.
        origin: What the change is called with which a restored version first came on file.
    """

    word: str
    title: str
    change: SeenChange | None
    at: datetime
    origin: str = ""


@dataclass(frozen=True)
class VersionCell:
    """What a version has in a column, and what the version before had where it differs; else None."""

    text: str
    kind: str
    before: str | None


@dataclass(frozen=True)
class VersionRow:
    """A version in the table.

    Attributes:
        cells: What it has in each column.
        began: How it came on file.
        ended: How it ended; None where it is on file.
        was_on_file: Whether it was on file at the end of the day that is asked for.
        differs_unseen: Whether it differs from the version before in a field that is not shown.
    """

    cells: Sequence[VersionCell]
    began: ChangeStep
    ended: ChangeStep | None
    was_on_file: bool
    differs_unseen: bool


@dataclass(frozen=True)
class LineRows:
    """A line: what names it, and its versions, the first one first."""

    label: str
    versions: Sequence[VersionRow]


@dataclass(frozen=True)
class SectionTable:
    """The versions of all lines of a section."""

    section: Section
    lines: Sequence[LineRows]

    @property
    def version_count(self) -> int:
        """How many versions all lines have."""
        return sum(len(line.versions) for line in self.lines)


def tables_of(
    records: Mapping[Section, Sequence[StoredLine]], *, person: Person, places: Collection[int] | None
) -> list[SectionTable]:
    """Return the tables of all sections, with the changes as the person may see them, in these places alone where there
    are some."""
    told = _Told([each for found in records.values() for each in found], person=person, places=places)
    return [SectionTable(section, list(told.lines(section, found))) for section, found in records.items()]


class _Told:
    """Tells of versions with the changes as one person may see them: all are looked up at once."""

    def __init__(self, records: Sequence[StoredLine], *, person: Person, places: Collection[int] | None) -> None:
        ids = [each for record in records for each in (record.began_with, record.ended_with)]
        self._changes = changes_by_id(ids, person=person, places=places)
        self._undos = restored_with(records, person=person, places=places)

    def lines(self, section: Section, records: Sequence[StoredLine]) -> Iterator[LineRows]:
        for versions in lines_with_versions(records, section):
            yield LineRows(label_of(section, versions[-1].record), [self._row(section, each) for each in versions])

    def _row(self, section: Section, version: Version) -> VersionRow:
        shown = {column.field.attname for column in section.columns}
        return VersionRow(
            cells=list(_cells(section, version)),
            began=self._began(version),
            ended=self._ended(version),
            was_on_file=bool(version.record.was_on_file),  # type: ignore[attr-defined]  # annotated
            differs_unseen=not version.differs_in <= shown,
        )

    def _began(self, version: Version) -> ChangeStep:
        record, came_with = version.record, version.record.began_with
        if record.restored_at is None:
            word = "Changed" if version.before else "New"
            return ChangeStep(word, self._title(came_with), self._change(came_with), record.valid_from)
        undo = self._undos.get(record.restored_at)
        # Undos of before there were changes left no more than what they took back.
        undone = version.before.record.ended_with if version.before else None
        title = undo.title if undo else self._title_of_undo(undone)
        return ChangeStep("Put back", title, undo, record.restored_at, origin=self._title(came_with))

    def _ended(self, version: Version) -> ChangeStep | None:
        record, ended_with = version.record, version.record.ended_with
        if record.replaced_at is None:
            return None
        change = self._change(ended_with)
        if change and change.change.kind == ChangeKind.UNDO:
            return ChangeStep("Undone", change.title, change, record.replaced_at)
        if ended_with and ended_with == record.began_with:
            return ChangeStep("Undone", self._title_of_undo(ended_with), None, record.replaced_at)
        word = "Replaced" if version.after else "Withdrawn"
        return ChangeStep(word, self._title(ended_with), change, record.replaced_at)

    def _change(self, change_id: int | None) -> SeenChange | None:
        return self._changes.get(change_id or 0)

    def _title(self, change_id: int | None) -> str:
        change = self._change(change_id)
        return change.title if change else f"Upload {change_id}" if change_id else IMPORT

    def _title_of_undo(self, undone_id: int | None) -> str:
        undone = self._change(undone_id)
        return f"Undo of {undone.title if undone and undone.upload else f'upload {undone_id}'}" if undone_id else "Undo"


def _cells(section: Section, version: Version) -> Iterator[VersionCell]:
    for column in section.columns:
        is_changed = version.before is not None and column.field.attname in version.differs_in
        before = column.text_of(version.before.record) if version.before and is_changed else None
        yield VersionCell(column.text_of(version.record), column.kind, before)
