"""Which rows of an upload are still to go: those with errors that no later correction has loaded, and nobody has left
out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tidegate.core.errors import Conflict
from tidegate.core.rules.rule import WhoCanAct
from tidegate.records.answer_lines import count_undecided
from tidegate.uploads.models import Finding, RowCorrection, State, Upload, WaitingRow, WaitState
from tidegate.uploads.queries.findings import findings_of
from tidegate.uploads.queries.related_rows import ROW_CORRECTIONS
from tidegate.uploads.storage.store import file_gone, may_be_kept

_FINDINGS_PER_PIECE = 2_000
_KNOWN = (State.FINISHED, State.UNDONE)


def first_upload(upload: Upload) -> Upload:
    """Return the upload whose rows this one corrects; itself where it is no correction."""
    if upload.follows_id is None:  # a correction follows another upload
        return upload
    found = RowCorrection.objects.select_related("first__organization", "first__school_year").filter(pk=upload.pk)
    correction = found.first()
    return correction.first if correction else upload


@dataclass(frozen=True)
class RowsToGo:
    """The rows of the upload `first`, as they are after all of its corrections.

    Nothing of it grows with the file: corrections are made by hand, and of the other rows a page is read at a time.
    """

    first: Upload
    corrections: tuple[RowCorrection, ...] = field(default=())

    @classmethod
    def of(cls, first: Upload) -> "RowsToGo":
        """Return the rows of an upload that is itself no correction."""
        if ROW_CORRECTIONS in first.has_no:
            return cls(first)
        found = RowCorrection.objects.filter(first=first).prefetch_related("upload__sent_by")
        return cls(first, tuple(found.order_by("pk")))

    @property
    def busy(self) -> Upload | None:
        """The correction that has not ended, if any."""
        open_states = (State.WAITING, State.PROCESSING, State.ON_HOLD)
        return next((each.upload for each in self.corrections if each.upload.state in open_states), None)

    @cached_property
    def latest(self) -> Mapping[int, Upload]:
        """The newest correction of each row that was corrected: it has the present cells."""
        known = [each for each in self.corrections if each.upload.state in _KNOWN]
        return {row: each.upload for each in known for row in each.rows}

    @cached_property
    def _ends(self) -> Mapping[int, str]:
        """What became of each row that was corrected or left out: `in`, `out`, `held`, or `to go`."""
        ends: dict[int, str] = {}
        for each in self.corrections:
            if each.upload.state == State.FINISHED and not each.upload.check_only:
                bad = _rows_with_errors(each.upload)
                ends |= {row: "to go" if row in bad else "in" for row in each.rows}
                ends |= dict.fromkeys(_held_rows(each.upload), "held")
                ends |= dict.fromkeys(each.left_out, "out")
        return ends

    def _count(self, end: str) -> int:
        return sum(each == end for each in self._ends.values())

    @property
    def row_count(self) -> int:
        """How many rows the first upload has."""
        return self.first.row_count or 0

    @property
    def in_count(self) -> int:
        """How many of them were loaded, at once or after a correction."""
        return (self.first.success_count or 0) + self._count("in")

    @property
    def in_of_all(self) -> str:
        """How many of them were loaded, in words."""
        return f"{self.in_count:,} of {self.row_count:,} {'row is' if self.row_count == 1 else 'rows are'} in"

    @property
    def left_out_count(self) -> int:
        """How many somebody has left out for good."""
        return self._count("out")

    @cached_property
    def held_count(self) -> int:
        """How many were held for the state, which alone can act on them."""
        of_first = [row for row in self._held_in_first if row not in self._ends]
        return self._count("held") + len(of_first)

    @cached_property
    def undecided_count(self) -> int:
        """About how many of those the state has not decided yet."""
        uploads = [self.first.pk, *(each.pk for each in self.corrections)]
        return sum(count_undecided(uploads).values()) if self.held_count else 0

    @property
    def waiting_count(self) -> int:
        """How many wait for a line of another file, and are loaded by themselves."""
        return len(self._waiting)

    @property
    def to_go_count(self) -> int:
        """How many are to be corrected."""
        return self.row_count - self.in_count - self.left_out_count - self.held_count - self.waiting_count

    def rows(self, *, after: int = 0) -> Iterator[int]:
        """Yield the numbers of the rows that are to be corrected, from the one after this number on."""
        return (row for row in _error_rows(self.first, after=after) if self._is_to_go(row))

    def intersection(self, rows: list[int]) -> set[int]:
        """Return which of these rows are to be corrected."""
        found = self.first.findings.filter(severity="error", row__gt=1, row__in=rows).values_list("row", flat=True)
        return {row for row in found if row is not None and self._is_to_go(row)}

    @cached_property
    def _held_in_first(self) -> frozenset[int]:
        return frozenset(_held_rows(self.first))

    @cached_property
    def _waiting(self) -> frozenset[int]:
        if not self.corrections and self.first.waits_are_noted and not self.first.waiting_count:
            return frozenset()
        uploads = [self.first.pk, *(each.pk for each in self.corrections)]
        waiting = WaitingRow.objects.filter(upload__in=uploads, state=WaitState.WAITING)
        return frozenset(waiting.values_list("row", flat=True))

    def _is_to_go(self, row: int) -> bool:
        if row in self._waiting:
            return False
        return self._ends.get(row, "held" if row in self._held_in_first else "to go") == "to go"

    def findings(self, rows: list[int]) -> dict[int, list[Finding]]:
        """Return the present errors and warnings of rows, in order."""
        by_upload: dict[int, list[int]] = {}
        for row in rows:
            by_upload.setdefault(self.latest.get(row, self.first).pk, []).append(row)
        found: dict[int, list[Finding]] = {row: [] for row in rows}
        for upload_id, some in by_upload.items():
            of_rows = Finding.objects.filter(upload_id=upload_id, row__in=some).exclude(severity="notice")
            for finding in of_rows.order_by("pk"):
                found[finding.row or 0].append(finding)
        return found

    def check_open(self) -> None:
        """Raise a Conflict where rows cannot be corrected here now, with the reason."""
        if reason := self.why_closed():
            raise reason

    def why_closed(self) -> Conflict | None:
        """Return why rows cannot be corrected here now; None where they can."""
        first = self.first
        if first.state == State.UNDONE:
            return Conflict(
                "This upload was undone, so there is nothing to correct",
                fix="Send the file again: all of its rows",
                code="UNDONE",
            )
        if first.state != State.FINISHED or first.check_only:
            return Conflict(
                "Rows are corrected here once the file has been loaded",
                fix="Look at the page of the upload: it says what comes next",
                code="NOT_LOADED",
            )
        if first.log_deleted_at or not may_be_kept(first.stored_as):
            return rows_gone(first)
        if busy := self.busy:
            return Conflict(
                f"The last correction of this file, upload {busy.pk}, has not ended yet",
                fix="Wait until its page says what became of it, then go on here",
                code="BUSY",
            )
        return None


def rows_gone(upload: Upload) -> Conflict:
    """Return what is said where the rows of an upload are to be shown, and its file is gone."""
    return file_gone(upload.pk, fix="Correct the rows in your own file, and upload it")


def _rows_with_errors(upload: Upload) -> set[int]:
    found = upload.findings.filter(severity="error", row__gt=1).values_list("row", flat=True)
    return {row for row in found if row is not None}


def _held_rows(upload: Upload) -> list[int]:
    """Return the rows whose errors are all such that the state alone can act on them."""
    codes = [code for code, rule in upload.type.rules_by_code().items() if rule.who_can_act is WhoCanAct.STATE]
    if not codes or not upload.finding_counts.filter(code__in=codes).exists():
        return []
    errors = upload.findings.filter(severity="error", row__gt=1)
    others = errors.exclude(code__in=codes).values("row")
    held = errors.filter(code__in=codes).exclude(row__in=others).values_list("row", flat=True).distinct()
    return sorted(row for row in held if row is not None)


def _error_rows(upload: Upload, *, after: int) -> Iterator[int]:
    """Yield the numbers of the rows with errors, each once, by the index that has the order of the Result Log."""
    last_id = 0
    while True:
        errors = findings_of(upload, after=last_id).filter(severity="error", row__gt=max(after, 1))
        part = list(errors.values_list("pk", "row")[:_FINDINGS_PER_PIECE])
        for _, row in part:
            if row is not None and row > after:
                after = row
                yield row
        if len(part) < _FINDINGS_PER_PIECE:
            return
        last_id = part[-1][0]
