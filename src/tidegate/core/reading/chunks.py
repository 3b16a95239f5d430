"""Cuts a file into chunks of whole lines, so that a large one never stands in memory as a whole."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path

from tidegate.core.reading.decoding import Encoding, mark_mended
from tidegate.core.reading.records import LONGEST_LINE

_MARK = codecs.BOM_UTF8
_MOST_LINES = 100_000
"""So many lines are read at once at most: there may be millions of short ones
in a chunk, and each needs its memory."""
_LONGEST_LINE_BYTES = 4 * LONGEST_LINE + 8
"""What is longer has more than so many characters, four bytes each at most."""


class Chunks:
    """The lines of a file as UTF-8, in chunks that end where a line does. `is_last` says that nothing follows.

    Of a line that is longer than any can be a part is given (see `records.LONGEST_LINE`)."""

    def __init__(self, path: Path, encoding: Encoding, *, skip_lines: int, chunk_bytes: int) -> None:
        """Take the file; its first `skip_lines` lines are left out. Where its encoding is mixed, letters that are not
        UTF-8 have a mark."""
        self.is_last = False
        self._chunk_bytes = self._bytes_at_first = chunk_bytes
        self._blocks = _blocks_of(path, encoding, lambda: self._chunk_bytes)
        self._held = self._below(skip_lines)
        self._ahead = next(self._blocks, b"")
        self._needs_more = True

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks."""
        while self._held or self._ahead:
            if self._needs_more or len(self._held) < self._chunk_bytes:
                self._held += self._ahead
                self._ahead = next(self._blocks, b"")
            text, self._needs_more = self._held, False
            end = len(text) if not self._ahead else _last_end(text)
            end = _end_of_few_lines(text, end)
            self._held = text[end:]
            self.is_last = not self._ahead and not self._held
            if end:
                yield text[:end]
            else:
                self._needs_more = True
                self._held = self._without_what_is_too_long(self._held)

    def _without_what_is_too_long(self, line: bytes) -> bytes:
        """Return the line that has not ended yet: where it is too long, a part of it with what stands below it."""
        if len(line) <= _LONGEST_LINE_BYTES:
            return line
        kept = line[:_LONGEST_LINE_BYTES].decode("utf-8", "ignore").encode()
        rest = line[_LONGEST_LINE_BYTES:]
        while not (end := _first_end(rest, 0)) and self._ahead:
            rest = rest[-1:] + self._ahead if rest.endswith(b"\r") else self._ahead
            self._ahead = next(self._blocks, b"")
        if not end:
            return kept
        ending = b"\r\n" if rest[:end].endswith(b"\r\n") else rest[end - 1 : end]
        return kept + ending + rest[end:]

    def take_less(self) -> None:
        """Make the chunks that follow half as large as the first ones."""
        self._chunk_bytes = self._bytes_at_first // 2

    def give_back(self, rest: bytes) -> None:
        """Put `rest`, the end of the chunk at hand, before what follows: it cannot be read without that."""
        self._held = rest + self._held
        self._needs_more = True

    def _below(self, skip_lines: int) -> bytes:
        """Return what stands below the first lines, of what must be read to find their ends."""
        text = next(self._blocks, b"")
        while text.startswith(_MARK):
            text = text.removeprefix(_MARK)
        begin = 0
        for _ in range(skip_lines):
            while not (end := _first_end(text, begin)):
                block = next(self._blocks, b"")
                if not block:
                    return b""
                text, begin = text[-1:] + block, 0  # a CR may be half an end
            begin = end
        return text[begin:]


def _blocks_of(path: Path, encoding: Encoding, size: Callable[[], int]) -> Iterator[bytes]:
    """Yield the file as UTF-8, in blocks that are not empty and may end anywhere; before each it is asked how large it
    may be."""
    with encoding.open(path) as file:
        if encoding.is_utf8:
            yield from iter(lambda: file.read(size()), b"")
            return
        decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
        spelt = mark_mended if encoding.is_mixed else str
        while block := file.read(size()):
            if text := decoder.decode(block):
                yield spelt(text).encode("utf-8", "replace")
        if text := decoder.decode(b"", final=True):
            yield spelt(text).encode("utf-8", "replace")


def _first_end(text: bytes, begin: int) -> int:
    """Return where the line that begins at `begin` ends, 0 where that cannot be told yet: a CR may be half an end."""
    newline, carriage = text.find(b"\n", begin), text.find(b"\r", begin, -1)
    if carriage < 0 or 0 <= newline < carriage:
        return newline + 1
    return carriage + (2 if text[carriage + 1] == ord("\n") else 1)


def _last_end(text: bytes) -> int:
    """Return where the last line ends that has certainly ended, 0 where there is none."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1


def _end_of_few_lines(text: bytes, end: int) -> int:
    """Return where a line ends at or before `end` so that about half of _MOST_LINES stand above, where there are
    more."""
    while (count := text.count(b"\n", 0, end) or text.count(b"\r", 0, end)) > _MOST_LINES:
        sooner = _last_end(text[: end * _MOST_LINES // 2 // count])
        if not sooner:
            break
        end = sooner
    return end
