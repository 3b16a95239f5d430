"""Keeps the findings about each row by itself, and what many of them have in common only once."""

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from tidegate.core.checking.suggestion_collector import ASKED, with_suggestions
from tidegate.core.frames.dictionary import IntIndex
from tidegate.core.frames.spill import SpillBuffer
from tidegate.core.layouts.layout import Layout
from tidegate.core.rules.expressions import ROW
from tidegate.core.rules.finding import FINDINGS, IDENTITY, identity_of, no_findings, without_nul
from tidegate.core.suggestions.suggestion import SCOPE

_ORIGIN = "origin"
_ALIKE = ("column", "code", "severity")


class NotedFindings:
    """The findings about each row by itself, piece by piece and in the order of the Result Log.

    What findings have in common is kept once. Findings of one origin have the column, the code and the
    severity in common; findings of one row have the texts that name it.
    """

    def __init__(self, layout: Layout) -> None:
        self.severities: Counter[str] = Counter()
        self._layout = layout
        self._positions = {name: position for position, name in enumerate(layout.columns)}
        self._origins: dict[tuple[str, ...], int] = {}
        self._found, self._named = SpillBuffer(), SpillBuffer()

    def __len__(self) -> int:
        """Return how many pieces there are."""
        return len(self._found)

    def add(self, findings: Sequence[pl.DataFrame], rows: pl.DataFrame) -> None:
        """Keep the findings about the rows of a piece.

        Each frame has the findings of one origin, in the order of the rows, with what is asked about
        them (see `SuggestionCollector.note`).
        """
        if not findings:
            self._found.add(pl.DataFrame())
            self._named.add(pl.DataFrame())
            return
        numbered = (part.with_columns(pl.lit(self._number(part), pl.UInt16).alias(_ORIGIN)) for part in findings)
        noted = pl.concat([part.select(ROW, _ORIGIN, "value", "message", ASKED, SCOPE) for part in numbered])
        rank = pl.col(ROW).cast(pl.UInt64) * len(self._origins) + self._ranks().gather(noted[_ORIGIN])
        noted = noted.sort(rank, maintain_order=True)
        named = rows.filter(pl.col(ROW).is_in(noted[ROW].implode())).select(ROW, *identity_of(self._layout))
        self._found.add(without_nul(noted))
        self._named.add(without_nul(named))

    def _number(self, findings: pl.DataFrame) -> int:
        """Return the number of the origin of some findings."""
        origin = tuple(text.replace("\0", " ") for text in findings.select(_ALIKE).row(0))
        self.severities[origin[-1]] += findings.height
        return self._origins.setdefault(origin, len(self._origins))

    def _ranks(self) -> pl.Series:
        """Return for each origin the rank of its findings among those of a row."""
        keys = [(self._positions.get(column, -1), code) for column, code, _ in self._origins]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
        return pl.Series([ranks[key] for key in keys], dtype=pl.UInt64)

    def in_slices(self, answers: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the findings of each piece, shaped as FINDINGS, with the suggestions among the answers."""
        alike = pl.DataFrame(list(self._origins), schema=dict.fromkeys(_ALIKE, pl.String), orient="row")
        for noted, named in zip(self._found, self._named, strict=True):
            if noted.is_empty():
                yield no_findings()
                continue
            positions = IntIndex(named[ROW]).positions(noted[ROW])  # a dropped row has none
            names = named.select(pl.col(IDENTITY).gather(positions).fill_null(""))
            worded = with_suggestions(noted, answers).hstack(names).hstack(alike[noted[_ORIGIN]])
            yield worded.select(FINDINGS.names())
