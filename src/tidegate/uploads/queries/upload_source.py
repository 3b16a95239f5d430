"""An upload as outputs see it: drawn from its findings, its file and its records when it is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from tidegate.core.errors import Conflict
from tidegate.core.layouts.layout import Layout
from tidegate.core.outputs.first_findings import FirstFinding
from tidegate.core.outputs.planned_lines import PlannedLine
from tidegate.core.rules.cause import Cause
from tidegate.core.rules.rule import Rule
from tidegate.records.answer_lines import answer_lines
from tidegate.uploads.models import Receipt, State, Upload
from tidegate.uploads.queries.causes import KeptCause, causes_of
from tidegate.uploads.queries.findings import findings_in_slices
from tidegate.uploads.queries.planned_lines import every_planned_line
from tidegate.uploads.storage.store import is_kept, may_be_kept, opened

Line = TypeVar("Line")


@dataclass(frozen=True)
class UploadSource:
    """The source of an upload's outputs (see `tidegate.core.outputs.source`)."""

    upload: Upload

    @property
    def upload_id(self) -> int:
        """The upload's ID."""
        return self.upload.pk

    @property
    def file_name(self) -> str:
        """The name that the sender gave the file."""
        return self.upload.file_name

    @cached_property
    def layout(self) -> Layout:
        """The layout of the upload's school year."""
        return self.upload.layout.in_year(self.upload.year)

    @cached_property
    def rules(self) -> Mapping[str, type[Rule]]:
        """All rules of the file type, by code."""
        return self.upload.type.rules_by_code()

    @property
    def school_year(self) -> str:
        """The name of the school year."""
        return self.upload.year.name

    @property
    def column_positions(self) -> Mapping[str, int]:
        """The position in the file, from 0, of each column of the layout."""
        positions: Mapping[str, int] = self.upload.column_places
        return positions

    @property
    def is_check_only(self) -> bool:
        """Whether nothing of it is loaded, or not yet."""
        return self.upload.check_only or self.upload.state == State.ON_HOLD

    @property
    def is_refused(self) -> bool:
        """Whether the file could not be read."""
        return self.upload.state == State.FAILED

    @property
    def counts(self) -> Mapping[str, int]:
        """`row_count`, `success_count` and `error_count`; 0 before the upload is finished."""
        names = ("row_count", "success_count", "error_count")
        return {name: getattr(self.upload, name) or 0 for name in names}

    @property
    def not_checked(self) -> Mapping[str, Sequence[str]]:
        """Nothing: the database has all lists."""
        return {}

    @property
    def finding_count(self) -> int:
        """How many findings there are."""
        return sum(each.count for each in self.upload.finding_counts.all())

    @property
    def needs_action(self) -> bool:
        """Whether an error or a warning was counted."""
        return any(each.severity != "notice" for each in self.upload.finding_counts.all())

    @property
    def has_rows_to_fix(self) -> bool:
        """Whether rows were not loaded, and the file should still be kept."""
        has_errors = bool(self.upload.error_count and self.upload.has_log)
        return has_errors and may_be_kept(self.upload.stored_as)

    @property
    def has_answers(self) -> bool:
        """Whether the rows were answered."""
        return bool(self.upload.row_count) and self.upload.type.answer is not None

    @property
    def has_receipt(self) -> bool:
        """Whether it is finished; what is undone keeps its receipt."""
        return self.upload.state in (State.FINISHED, State.UNDONE)

    def why_no_log(self) -> Conflict | None:
        """Return why there is no Result Log: the upload has not ended, was cancelled or failed by our
        own fault, or its log is gone. None where there is one."""
        if self.upload.state == State.CANCELLED:
            return Conflict(
                "The upload was cancelled and has no Result Log",
                fix="Nothing of it was loaded. Send a new file",
                code="CANCELLED",
            )
        if self.upload.log_deleted_at:
            deleted_on = f"{self.upload.log_deleted_at:%Y-%m-%d}"
            return Conflict(
                f"The Result Log was deleted on {deleted_on}, under the state's policy",
                fix="The receipt stays and has the counts. Send the file again as Check only to see what it says now",
                code="LOG_DELETED",
            )
        if self.upload.is_busy:
            return Conflict(
                "The Result Log is not ready yet",
                fix="Wait until the upload is finished, then download it again",
                code="NOT_READY",
            )
        if self.upload.incident_id:
            return Conflict(
                "The upload failed because of a problem on our side and has no Result Log",
                fix="Nothing of it was loaded. Send the file again; if it fails again, "
                "tell the help desk the incident ID",
                code="FAILED",
            )
        return None

    def findings_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the findings in the order of the Result Log."""
        return findings_in_slices(self.upload)

    findings_to_log = findings_in_slices

    @cached_property
    def _causes(self) -> list[KeptCause]:
        return causes_of(self.upload)

    def causes(self) -> Sequence[Cause]:
        """Return the causes of the findings, in the order in which they are to be fixed."""
        return [kept.cause for kept in self._causes]

    def first_findings(self) -> Sequence[Sequence[FirstFinding]]:
        """Return the first findings of each cause."""
        return [kept.first for kept in self._causes]

    def watched(self, lines: Iterable[Line], title: str) -> Iterable[Line]:  # noqa: ARG002
        """Return the lines: the browser says how far a download is."""
        return lines

    def is_file_kept(self) -> bool:
        """Return whether the store still has the file."""
        return is_kept(self.upload.stored_as)

    def open_file(self) -> AbstractContextManager[Path]:
        """Return the file as it was sent, compared with its digest."""
        return opened(self.upload.stored_as, sha256=self.upload.sha256)

    def answers(self) -> Iterator[tuple[object, ...]]:
        """Yield the lines of the answer file."""
        return answer_lines(self.upload.pk)

    def why_no_plan(self) -> Conflict | None:
        """Return why there is no plan; None where there is one."""
        if refusal := self.why_no_log():
            return refusal
        if not self.upload.plan_sha256:
            return Conflict(
                "This upload has no list of changes",
                fix="Files that could not be read have none, and neither do file types without lines on file",
                code="NO_PLAN",
            )
        return None

    def planned_lines(self) -> Iterator[PlannedLine]:
        """Yield what becomes of the lines on file, line by line."""
        return every_planned_line(self.upload)

    @property
    def changes(self) -> Mapping[str, int] | None:
        """How many lines are new, changed, unchanged and withdrawn; None where there is no plan."""
        return self.upload.changes if self.upload.plan_sha256 else None

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many lines on file it leaves out."""
        names = ("missing_count", "of_others_count")
        return {name: getattr(self.upload, name) or 0 for name in names}

    @property
    def is_complete(self) -> bool:
        """Whether the file is everything that its organization has at the schools that it names."""
        return self.upload.is_whole

    def receipt(self) -> Mapping[str, Any] | None:
        """Return the signed receipt; None where there is none."""
        return Receipt.objects.filter(upload_id=self.upload.pk).values_list("document", flat=True).first()
