"""How often each rule was broken, counted while the findings pass on their way to an output."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

MAX_ROWS_PER_RULE = 5


class Tally:
    """How often each rule was broken (`counts`), and the first rows that broke it (`first`), by
    code.

    It is complete when all findings have passed.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[tuple[int | None, str, str]]] = {}
        self.is_complete = False

    def noting(
        self, findings: Iterable[pl.DataFrame], suggest: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    ) -> Iterator[pl.DataFrame]:
        """Yield all findings, which come in slices, in order, and note them on their way. `suggest` completes
        those that are shown."""
        self.counts.clear()
        self.first.clear()
        for part in findings:
            self._note(part, suggest)
            yield part
        self.is_complete = True

    def _note(self, part: pl.DataFrame, suggest: Callable[[pl.DataFrame], pl.DataFrame] | None) -> None:
        codes = part["code"]
        for code, count in zip(codes.unique(maintain_order=True), codes.unique_counts(), strict=True):
            self.counts[code] += count
            shown = self.first.setdefault(code, [])
            if len(shown) < MAX_ROWS_PER_RULE:
                of_rule = part.filter(codes == code).head(MAX_ROWS_PER_RULE - len(shown))
                of_rule = of_rule if suggest is None else suggest(of_rule)
                shown += of_rule.select("row", "message", "suggestions").rows()
