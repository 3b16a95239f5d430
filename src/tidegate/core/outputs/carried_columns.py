"""The columns of a file that the state does not collect, beside the findings of the full log."""

from __future__ import annotations

from collections import deque
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tidegate.core.layouts.layout import Layout
    from tidegate.core.outputs.source import Source
    from tidegate.core.outputs.workbook import Line
    from tidegate.core.reading.sent_rows import SentFile

_MAX_CHARACTERS = 1_000


class CarriedColumns(msgspec.Struct, frozen=True):
    """The extra columns of a file: their names and positions among the file's own columns."""

    file: SentFile
    names: Sequence[str]
    positions: Sequence[int]

    def joined_to(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield the lines of the full log, each with the cells of its row; the file is read once, beside them.

        The lines are in the order of the rows, and their first cell is the number of the row.
        """
        asked: deque[int] = deque()
        rows = self.file.rows(iter(asked.popleft, None))
        blank = ("",) * len(self.names)
        last = self.file.header_row
        for row, of_row in groupby(lines, key=itemgetter(0)):
            cells: tuple[str, ...] = blank
            if isinstance(row, int) and row > last:
                asked.append(row)
                sent, last = next(rows, None), row
                if sent is not None and sent.row == row:
                    cells = tuple(sent.cells[at][:_MAX_CHARACTERS] for at in self.positions)
            for line in of_row:
                yield (*line, *cells)


def may_carry(source: Source) -> bool:
    """Whether extra columns of a file go along to the full log: the state lets them, and the file is kept."""
    return source.layout.extra_columns == "carry" and not source.is_refused and source.is_file_kept()


def carried_columns(path: Path, layout: Layout) -> CarriedColumns | None:
    """Return the extra columns of the file at `path`, by the layout of the school year; None where it has none."""
    from tidegate.core.layouts.layout import fold_name
    from tidegate.core.reading.sent_rows import sent_file

    file = sent_file(path, layout)
    if file is None:
        return None
    known = layout.folded_names().keys() | {fold_name(name) for name in layout.known_extras}
    found = [(at, name) for at, name in enumerate(file.names) if fold_name(name) and fold_name(name) not in known]
    return CarriedColumns(file, [name for _, name in found], [at for at, _ in found]) if found else None
