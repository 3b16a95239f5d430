"""Says how far a long piece of work is, on standard error: a bar in a terminal, a line now and then elsewhere."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TypeVar

Line = TypeVar("Line")
# Fewer lines are written before anybody could read how far it is.
_MIN_LINES_SHOWN = 50_000
_LINES_PER_MESSAGE = 250_000
_LINES_PER_UPDATE = 5_000


def with_progress(lines: Iterable[Line], line_count: int, what: str) -> Iterator[Line]:
    """Yield the lines as they are, and say meanwhile how many of `line_count` have passed."""
    if line_count < _MIN_LINES_SHOWN:
        yield from lines
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{what}: {line_count:,} findings", total=line_count)
        for number, line in zip(count(1), lines, strict=False):
            yield line
            if number % _LINES_PER_UPDATE == 0:
                bar.update(task, completed=number)
            if number % _LINES_PER_MESSAGE == 0 and not console.is_terminal:
                console.print(f"{what}: {number:,} of {line_count:,} findings are written", highlight=False)
