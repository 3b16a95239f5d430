"""What outputs are made from: a file that was checked on a laptop, or an upload."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from tidegate.core.errors import Conflict
from tidegate.core.outputs.first_findings import MAX_CAUSES_PRINTED, FirstFindings, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import polars as pl

    from tidegate.core.checking.check_result import CheckResult
    from tidegate.core.checking.wide_findings import WideFindings
    from tidegate.core.errors import Refusal
    from tidegate.core.layouts.layout import Layout
    from tidegate.core.outputs.first_findings import FirstFinding
    from tidegate.core.outputs.planned_lines import PlannedLine
    from tidegate.core.reference.folder import ReferenceFolder
    from tidegate.core.rules.cause import Cause
    from tidegate.core.rules.rule import Rule


Line = TypeVar("Line")


class Source(Protocol):
    """A checked file, from which outputs are made."""

    @property
    def upload_id(self) -> int | None:
        """The upload's ID; None for a file that was never sent."""

    @property
    def file_name(self) -> str:
        """The file's own name."""

    @property
    def layout(self) -> Layout:
        """The layout of the file type in the school year."""

    @property
    def rules(self) -> Mapping[str, type[Rule]]:
        """All rules of the file type, by code."""

    @property
    def school_year(self) -> str:
        """The name of the school year."""

    @property
    def column_positions(self) -> Mapping[str, int]:
        """The position in the file, from 0, of each column of the layout."""

    @property
    def is_check_only(self) -> bool:
        """Whether nothing of the file is loaded, or not yet."""

    @property
    def is_refused(self) -> bool:
        """Whether the file could not be read."""

    @property
    def counts(self) -> Mapping[str, int]:
        """`row_count`, `success_count` and `error_count`."""

    @property
    def not_checked(self) -> Mapping[str, Sequence[str]]:
        """The codes of the rules that were not asked, by the name of the file with the list that is missing."""

    @property
    def finding_count(self) -> int:
        """How many findings there are."""

    @property
    def needs_action(self) -> bool:
        """Whether any finding is more than a notice."""

    @property
    def has_rows_to_fix(self) -> bool:
        """Whether a fix file can be made, as far as is known without looking for the file."""

    @property
    def has_answers(self) -> bool:
        """Whether the rows were answered, as those of a New State ID file are."""

    @property
    def has_receipt(self) -> bool:
        """Whether there is a receipt."""

    def why_no_log(self) -> Refusal | None:
        """Return why there is no Result Log, None where there is one."""

    def findings_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the findings, shaped as FINDINGS, in the order of the Result Log."""

    def findings_to_log(self) -> Iterator[pl.DataFrame | WideFindings]:
        """Yield the findings as `findings_in_slices` does, but they may lack their suggestions and messages (see
        `all_worded`), have further columns, and come in wide form."""

    def causes(self) -> Sequence[Cause]:
        """Return the causes of the findings, in the order in which they are to be fixed."""

    def first_findings(self) -> Sequence[Sequence[FirstFinding]]:
        """Return the first findings of each cause."""

    def watched(self, lines: Iterable[Line], title: str) -> Iterable[Line]:
        """Return the lines unchanged. The implementation may report how many have passed as the
        progress of the output with this title."""

    def is_file_kept(self) -> bool:
        """Return whether the file itself is still there; this may ask a store."""

    def open_file(self) -> AbstractContextManager[Path]:
        """Return the file as it was sent, as a path that is good inside the `with`."""

    def answers(self) -> Iterable[Sequence[object]]:
        """Yield the lines of the answer file."""

    def why_no_plan(self) -> Refusal | None:
        """Return why there is no plan of what becomes of the lines on file, None where there is one."""

    def planned_lines(self) -> Iterable[PlannedLine]:
        """Yield what becomes of the lines on file, line by line."""

    @property
    def changes(self) -> Mapping[str, int] | None:
        """How many lines are new, changed, unchanged and withdrawn; None where there is no plan."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """`missing_count`: lines on file that the file leaves out, and that stay; `of_others_count`: more of them that
        another organization has sent."""

    @property
    def is_complete(self) -> bool:
        """Whether the file is everything that its organization has at the schools that it names."""

    def receipt(self) -> Mapping[str, Any] | None:
        """Return the signed receipt; None where there is none."""


class CheckSource(msgspec.Struct, frozen=True, dict=True):
    """A file that was checked where it lies, without a database: nothing of it is loaded, and it has
    neither answers nor a receipt. Its plan is made with the lines of a reference folder."""

    path: Path
    result: CheckResult
    rules: Mapping[str, type[Rule]]
    school_year: str
    folder: ReferenceFolder | None = None
    is_complete: bool = False
    upload_id: int | None = None
    is_check_only: bool = True
    has_answers: bool = False
    has_receipt: bool = False

    @cached_property
    def _first(self) -> FirstFindings:
        return FirstFindings(self.result.causes[:MAX_CAUSES_PRINTED])

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return self.path.name

    @property
    def layout(self) -> Layout:
        """The layout of the school year."""
        return self.result.layout

    @property
    def column_positions(self) -> Mapping[str, int]:
        """The position in the file, from 0, of each column of the layout."""
        return self.result.column_positions

    @property
    def is_refused(self) -> bool:
        """Whether the file could not be read."""
        return self.result.is_refused

    @property
    def counts(self) -> Mapping[str, int]:
        """`row_count`, `success_count` and `error_count`."""
        names = ("row_count", "success_count", "error_count")
        return {name: getattr(self.result, name) for name in names}

    @property
    def not_checked(self) -> Mapping[str, Sequence[str]]:
        """The codes of the rules that were not asked, by the name of the file that the folder lacks."""
        return self.result.not_asked

    @property
    def finding_count(self) -> int:
        """How many findings there are."""
        return self.result.finding_count

    @property
    def needs_action(self) -> bool:
        """Whether there is an error or a warning."""
        return self.result.needs_action

    @property
    def has_rows_to_fix(self) -> bool:
        """Whether the rows were read. If none has an error, the fix file has nothing but its
        header."""
        return not self.is_refused

    def why_no_log(self) -> None:
        """Return None: every check has its Result Log."""

    def findings_in_slices(self) -> Iterator[pl.DataFrame]:
        """Yield the findings in the order of the Result Log."""
        return self._noting(self.result.findings_in_slices())

    def findings_to_log(self) -> Iterator[pl.DataFrame | WideFindings]:
        """Yield the findings in the order of the Result Log, without suggestions and not yet worded."""
        return self._noting(self.result.findings_to_log())

    def _noting(self, findings: Iterator[Part]) -> Iterator[Part]:
        return findings if self._first.is_complete else self._first.noting(findings)

    def causes(self) -> Sequence[Cause]:
        """Return the causes that the check has collected."""
        return self.result.causes

    def first_findings(self) -> Sequence[Sequence[FirstFinding]]:
        """Return those of the causes that are printed: what was noted when the findings passed for another output, or
        go through them as far as needed."""
        if not self._first.is_complete:
            for part in self.result.findings_to_log():
                self._first.note(part)
                if self._first.is_complete:
                    break
        self._first.suggest(self.result.with_suggestions)
        return self._first.of_cause

    def watched(self, lines: Iterable[Line], title: str) -> Iterable[Line]:
        """Return the lines; no progress is reported."""
        return lines

    def is_file_kept(self) -> bool:
        """Return True: the file lies where it was checked."""
        return True

    def open_file(self) -> AbstractContextManager[Path]:
        """Return the file's own path."""
        return nullcontext(self.path)

    def answers(self) -> tuple[()]:
        """Return nothing: only an upload is answered."""
        return ()

    def why_no_plan(self) -> Refusal | None:
        """Return that the folder has not the lists for a plan of lines; None where it has."""
        if self.result.plan is not None and self.folder is not None:
            return None
        return Conflict("What the file changes is not known", fix="Send the file as a check", code="NO_PLAN")

    def planned_lines(self) -> Iterable[PlannedLine]:
        """Yield what would become of the lines on file, line by line."""
        from tidegate.core.outputs.planned_lines import planned_lines_of_folder

        return planned_lines_of_folder(self.result, self.folder) if self.folder is not None else ()

    @property
    def changes(self) -> Mapping[str, int] | None:
        """How many lines would be new, changed, unchanged and withdrawn."""
        return self.result.plan.counts if self.result.plan is not None else None

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many lines on file the file leaves out; nothing where there is no plan."""
        plan = self.result.plan
        return {} if plan is None else {"missing_count": plan.missing.len(), "of_others_count": plan.of_others_count}

    def receipt(self) -> None:
        """Return None: only an upload has a receipt."""
