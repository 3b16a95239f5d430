"""The first findings of each cause, kept while the findings pass on their way to an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import polars as pl

    from tidegate.core.checking.wide_findings import WideFindings
    from tidegate.core.rules.cause import Cause

Part = TypeVar("Part", "pl.DataFrame", "pl.DataFrame | WideFindings")
MAX_FIRST_FINDINGS = 20
"""Of how many rows of a cause they are kept."""
MAX_CAUSES_PRINTED = 100
"""How many causes are told with their findings where they are printed: nobody reads more of them from a terminal."""
SHOWN = ("row", "column", "value", "message", "student_number", "suggestions", "known")

FirstFinding = dict[str, Any]
"""`row`, `column`, `value`, `message`, `student_number`, `suggestions` and `known` of a finding."""


class FirstFindings:
    """The first findings of each cause, in the order of the causes. They are complete when all findings have passed,
    and often before."""

    def __init__(self, causes: Sequence[Cause]) -> None:
        self._causes = causes
        self.of_cause: list[list[FirstFinding]] = [[] for _ in causes]
        self._positions: dict[tuple[str, int], list[int]] = {}
        self._left = 0
        self._have_passed = False
        for position, cause in enumerate(causes):
            for row in cause.rows[:MAX_FIRST_FINDINGS]:
                self._positions.setdefault((cause.code, row), []).append(position)
                self._left += 1
        self._rows = sorted({row for _, row in self._positions})
        self._kept: list[FirstFinding] = []
        self._frames: list[pl.DataFrame] = []

    @property
    def is_complete(self) -> bool:
        """Whether no further finding is looked for."""
        return self._have_passed or self._left <= 0

    def noting(self, findings: Iterable[Part]) -> Iterator[Part]:
        """Yield all findings, which come in slices, and keep the first ones on their way."""
        for part in findings:
            self.note(part)
            yield part
        self._have_passed = True

    def note(self, part: pl.DataFrame | WideFindings) -> None:
        """Keep the findings of a slice that are among the first of their cause."""
        import polars as pl

        from tidegate.core.rules.finding import all_worded

        if self.is_complete:
            return
        wanted = pl.col("row").is_in(self._rows)
        of_rows = part.filter(wanted) if isinstance(part, pl.DataFrame) else part.of_rows(self._rows)
        first, places = all_worded(of_rows), []
        for place, finding in enumerate(first.select("code", *SHOWN).iter_rows(named=True)):
            code = finding.pop("code")
            positions = self._positions.get((code, finding["row"]), ())
            of = [each for each in positions if _is_of(self._causes[each], finding, is_only=len(positions) == 1)]
            for position in of:
                self._keep(position, finding)
            if of:
                places.append(place)
                self._kept.append(finding)
        if places:
            self._frames.append(first[places])

    def suggest(self, suggest: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        """Complete the findings that are kept, all at once: what was meant is asked once for each value."""
        import polars as pl

        if not self._frames:
            return
        suggested = suggest(pl.concat(self._frames, how="diagonal"))["suggestions"]
        for finding, suggestions in zip(self._kept, suggested, strict=True):
            finding["suggestions"] = suggestions
        self._kept, self._frames = [], []

    def _keep(self, position: int, finding: FirstFinding) -> None:
        kept = self.of_cause[position]
        is_further = bool(kept) and kept[-1]["row"] == finding["row"]  # those of a row come one after the other
        kept.append(finding)
        if not is_further:
            self._left -= 1


def _is_of(cause: Cause, finding: FirstFinding, *, is_only: bool) -> bool:
    """Return whether a finding of the cause's rule about one of its rows belongs to the cause. One row has several
    causes of one rule only if they are in several columns."""
    return is_only or finding["column"] in cause.columns
