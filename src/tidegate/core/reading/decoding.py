"""Finds out how a file's bytes spell text, and opens it as lines. No byte sequence raises."""

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tidegate.core.reading.guess_code_page import is_mac_roman
from tidegate.core.reading.records import LONGEST_LINE

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAC_ROMAN = "mac_roman"
_CHUNK = 1 << 20
_FEWEST_BYTES = 20
_END = 2
_COUNTED = ",\t;|"
_STRAY = re.compile("[\udc80-\udcff]")
_LETTER = re.compile("[^\x00-\x7f\ud800-\udfff]")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Encoding:
    """How a file spells text. Where `is_mixed`, UTF-8 is mixed with single bytes of Windows-1252, and these come out
    of `lines_of` as marks that `mend_stray_bytes` turns into letters. `byte_count` says where the text ends, if an old
    program has put its mark for that behind it."""

    codec: str
    errors: str = "strict"
    is_mixed: bool = False
    byte_count: int | None = None

    @property
    def is_utf8(self) -> bool:
        """Whether every byte of the file is UTF-8."""
        return self.codec.startswith("utf-8") and not self.is_mixed

    @property
    def is_mac_roman(self) -> bool:
        """Whether letters are spelled as Excel for Mac does."""
        return self.codec == _MAC_ROMAN

    def open(self, path: Path) -> io.BufferedReader:
        """Open the file's text as bytes."""
        raw = io.FileIO(path) if self.byte_count is None else UpTo(path, self.byte_count)
        return io.BufferedReader(raw, _CHUNK)


def _read_undefined_as_control(error: UnicodeError) -> tuple[str, int]:
    """Give the five bytes that Windows-1252 leaves undefined their C1 control character, as browsers do."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("tidegate-c1", _read_undefined_as_control)


def detect_encoding(path: Path) -> Encoding:
    """Return how the file spells text: a byte order mark decides, else UTF-8 where every byte fits, else Mac Roman
    where that is certain, else Windows-1252 (DOMAIN.md, file types), else, where some letters are UTF-8 and some are
    not, both."""
    encoding = _spelling_of_file(path)
    return replace(encoding, byte_count=find_end_mark(path, encoding.codec))


def _spelling_of_file(path: Path) -> Encoding:
    with path.open("rb") as file:
        head = file.read(4096)
        codec = _codec_by_head(head)
        if not codec.startswith("utf-8"):
            return Encoding(codec, "replace")
        file.seek(0)
        has_stray, has_letters = _look_for_stray_bytes(file)
    if not has_stray:
        return Encoding(codec)
    if codec == "utf-8" and is_mac_roman(path):
        return Encoding(_MAC_ROMAN)
    if has_letters or codec == "utf-8-sig":
        return Encoding(codec, "surrogateescape", is_mixed=True)
    return Encoding("cp1252", "tidegate-c1")


def _codec_by_head(head: bytes) -> str:
    """Return the codec that a byte order mark or the NULs of UTF-16 tell, else UTF-8."""
    codec = next((codec for mark, codec in _MARKS if head.startswith(mark)), "")
    if codec == "utf-16" and b"\x00" not in head and len(head) > _FEWEST_BYTES:
        codec = ""  # letters and no mark: UTF-16 has a NUL in every delimiter and line end
    if codec:
        return codec
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > len(head) // 3 else "utf-8"


def _look_for_stray_bytes(file: io.BufferedReader) -> tuple[bool, bool]:
    """Return whether the file has bytes that are not UTF-8, and whether it has letters beyond ASCII that are."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    has_stray = has_letters = False
    skipped = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
    file.seek(skipped)
    while not (has_stray and has_letters):
        chunk = file.read(_CHUNK)
        if chunk and chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk, final=not chunk)
        if not text.isascii():
            has_stray = has_stray or _STRAY.search(text) is not None
            has_letters = has_letters or _LETTER.search(text) is not None
        if not chunk:
            break
    return has_stray, has_letters


def mend_stray_bytes(text: str) -> str:
    """Return the text with every byte that is not UTF-8 read as Windows-1252; the same text where there is none."""
    return _STRAY.sub(_windows_letter, text)


MENDED = "\ufdd0"
"""Stands before each letter that `mark_mended` has read; Unicode gives it to programs for such uses."""


def mark_mended(text: str) -> str:
    """Return the text with every byte that is not UTF-8 read as Windows-1252, after a mark."""
    return text if text.isascii() else _STRAY.sub(lambda mark: MENDED + _windows_letter(mark), text)


def without_marks(text: str) -> str:
    """Return the text without the marks of `mark_mended`."""
    return text.replace(MENDED, "")


def has_mark(path: Path) -> bool:
    """Whether the mark of `mark_mended` stands in the file itself."""
    sought, before = MENDED.encode(), b""
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            if sought in before + block:
                return True
            before = block[-len(sought) :]
    return False


def _windows_letter(mark: re.Match[str]) -> str:
    return bytes([ord(mark[0]) - 0xDC00]).decode("cp1252", "tidegate-c1")


def lines_of(path: Path, encoding: Encoding) -> Iterator[str]:
    """Yield the file's lines with their ends as they stand: LF, CR and CRLF each end a line, nothing else does. Byte
    order marks in front are left out, also where programs have put two. Of a line that is longer than LONGEST_LINE a
    part is yielded that is so, too."""
    with io.TextIOWrapper(encoding.open(path), encoding=encoding.codec, errors=encoding.errors, newline="") as file:
        read = partial(file.readline, LONGEST_LINE + _END)
        line = read().lstrip(_BYTE_ORDER_MARK)
        while line:
            following = ""
            if len(line) > LONGEST_LINE:
                line, following = _cut(line, read)
            yield line
            line = following or read()


class CutLine(str):
    """A part of a line that is too long; `rest` says how many of each sign stand in what is missing."""

    __slots__ = ("rest",)
    rest: Mapping[str, int]


def _cut(line: str, read: Callable[[], str]) -> tuple[str, str]:
    """Read what is left of a line that is too long.

    Returns:
        The part of it that was read, and what stands behind the line, where that had to be read.
    """
    cut = CutLine(line)
    rest: Counter[str] = Counter()
    while line and not line.endswith(("\n", "\r")):
        line = read()
        rest.update({sign: line.count(sign) for sign in _COUNTED})
    cut.rest = rest
    following = read() if line.endswith("\r") else ""
    return cut, read() if following == "\n" else following


_END_MARK = "\x1a"
_FILLED_UP = f"{_END_MARK}\x00"
_BEHIND_IT = f"{_FILLED_UP}\r\n "
"""What may stand behind the mark; anything else would be data."""

_BLOCK = 1 << 16  # a multiple of every width


def find_end_mark(path: Path, codec: str) -> int | None:
    """Return how many bytes stand before the mark that ends the file's text, None where there is none. What old
    programs fill the file up with behind it does not count."""
    found = None
    with path.open("rb") as file:
        spelling, width = _spelling_of_mark(codec, file.read(4))
        end = file.seek(0, 2) // width * width
        while end:
            begin = max(0, end - _BLOCK)
            file.seek(begin)
            text = file.read(end - begin).decode(spelling, "replace")
            rest = text.rstrip(_BEHIND_IT)
            behind = text[len(rest) :]
            if _END_MARK in behind:  # NULs directly before it fill up the last value
                place = min(place for sign in _FILLED_UP if (place := behind.find(sign)) >= 0)
                found = end - (len(behind) - place) * width
            if rest:
                return found
            end = begin
    return found


def _spelling_of_mark(codec: str, head: bytes) -> tuple[str, int]:
    """Return a codec that spells a mark as the file does, whatever stands before it, and how many bytes that takes."""
    if not codec.startswith(("utf-16", "utf-32")):
        return "latin-1", 1
    if codec in ("utf-16", "utf-32"):  # then a byte order mark tells the order
        codec += "-be" if head[:1] in (b"\xfe", b"\x00") else "-le"
    return codec, 2 if codec.startswith("utf-16") else 4


class UpTo(io.RawIOBase):
    """The first bytes of a file, as if it ended after them."""

    def __init__(self, path: Path, byte_count: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._left = byte_count

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read into the buffer as much as there is."""
        count = self._file.readinto(buffer[: self._left]) or 0
        self._left -= count
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


_MARK = codecs.BOM_UTF8
_MOST_LINES = 100_000
"""Largest number of lines read at once: there may be millions of short ones
in a chunk, and each needs its memory."""
_LONGEST_LINE_BYTES = 4 * LONGEST_LINE + 8
"""In bytes: a longer line has more characters than the limit, at four bytes each."""


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
