"""Says how far a long piece of work is, on standard error: a bar in a terminal, a line now and then elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
    with progress(line_count, f"{what}: {{done}} of {{all}} findings are written", every=_LINES_PER_MESSAGE) as report:
        for number, line in zip(count(1), lines, strict=False):
            yield line
            if number % min(_LINES_PER_UPDATE, _LINES_PER_MESSAGE) == 0:
                report(number)


@contextmanager
def progress(total: int, sentence: str, *, every: int) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many of `total` are done, as often as it likes; it says so.

    Args:
        total: How many there are.
        sentence: What is said, with `{done}` and `{all}` in it.
        every: How many are done from one line to the next, where there is no terminal.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console, said = Console(stderr=True), 0
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(sentence.format(done=0, all=f"{total:,}"), total=total)

        def report(done: int) -> None:
            nonlocal said
            text = sentence.format(done=f"{done:,}", all=f"{total:,}")
            bar.update(task, completed=done, description=text)
            if done // every > said // every and not console.is_terminal:
                console.print(text, highlight=False)
            said = max(said, done)

        yield report
