"""The columns of a file that the state does not collect, beside the findings of the full log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tidegate.core.layouts.layout import Layout
    from tidegate.core.outputs.source import Source
    from tidegate.core.outputs.workbook import Line
    from tidegate.core.reading.sent_rows import SentFile

_MAX_CHARACTERS = 1_000


@dataclass(frozen=True)
class CarriedColumns:
    """The extra columns of a file: their names and positions among the file's own columns."""

    names: Sequence[str]
    positions: Sequence[int]

    def joined_to(self, lines: Iterable[Line], path: Path, layout: Layout) -> Iterator[Line]:
        """Yield the lines of the full log, each with the cells of its row; the file is read once, beside them.

        Args:
            lines: The lines, in the order of the rows, whose first cell is the number of the row.
            path: The file.
            layout: The layout of the school year.
        """
        file = _sent(path, layout)
        asked: deque[int] = deque()
        rows = file.rows(iter(asked.popleft, None)) if file else iter(())
        blank = ("",) * len(self.names)
        last = file.header_row if file else 0
        for row, of_row in groupby(lines, key=itemgetter(0)):
            cells: tuple[str, ...] = blank
            if isinstance(row, int) and row > last:
                asked.append(row)
                sent, last = next(rows, None), row
                if sent is not None and sent.row == row:
                    cells = tuple(sent.cells[at][:_MAX_CHARACTERS] for at in self.positions)
            for line in of_row:
                yield (*line, *cells)


def carried_columns(source: Source) -> CarriedColumns | None:
    """Return the extra columns of a file; None where it has none, the state refuses them, or the file is gone."""
    from tidegate.core.layouts.layout import fold_name

    layout = source.layout
    if layout.extra_columns != "carry" or source.is_refused or not source.is_file_kept():
        return None
    with source.open_file() as path:
        file = _sent(path, layout)
    if file is None:
        return None
    own = {fold_name(name) for of in layout.columns.values() for name in (of.name, *of.aliases)}
    own |= {fold_name(name) for name in layout.known_extras}
    found = [(at, name) for at, name in enumerate(file.names) if fold_name(name) and fold_name(name) not in own]
    return CarriedColumns([name for _, name in found], [at for at, _ in found]) if found else None


def _sent(path: Path, layout: Layout) -> SentFile | None:
    from tidegate.core.reading.sent_rows import sent_file

    return sent_file(path, layout)
