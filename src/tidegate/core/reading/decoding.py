"""Detects a file's encoding and decodes it into lines. No byte sequence raises."""

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tidegate.core.reading.records import MAX_LINE_CHARACTERS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAC_ROMAN = "mac_roman"
_CHUNK = 1 << 19  # what is larger is memory that the system gives anew each time (see tidegate/cli)
_MIN_BYTES_TO_TELL = 20
_END = 2
_COUNTED = ",\t;|"
_STRAY = re.compile("[\udc80-\udcff]")
_LETTER = re.compile("[^\x00-\x7f\ud800-\udfff]")
_BYTE_ORDER_MARK = "\ufeff"


class Encoding(NamedTuple):
    """The encoding of a file.

    If `is_mixed`, UTF-8 is mixed with single bytes of Windows-1252. `lines_of` gives such bytes as marks, which
    `decode_stray_bytes` turns into letters. `byte_count` is the end of the text before an old program's end mark.
    """

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
        """Whether letters are encoded as Excel for Mac encodes them."""
        return self.codec == _MAC_ROMAN

    def open(self, path: Path) -> io.BufferedReader:
        """Open the file's text as bytes."""
        raw = io.FileIO(path) if self.byte_count is None else TruncatedFile(path, self.byte_count)
        return io.BufferedReader(raw, _CHUNK)


def _read_undefined_as_control(error: UnicodeError) -> tuple[str, int]:
    """Decode the five undefined bytes of Windows-1252 as C1 control characters, as browsers do.

    Returns:
        The characters, and the position after the bytes.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("tidegate-c1", _read_undefined_as_control)


def detect_encoding(path: Path) -> Encoding:
    """Return the file's encoding.

    A byte order mark decides. Otherwise it is UTF-8 if every byte fits; mixed, if some letters are UTF-8 and some
    bytes are not; Mac Roman, if that is certain; else Windows-1252 (DOMAIN.md, file types).
    """
    encoding = _spelling_of_file(path)
    return encoding._replace(byte_count=find_end_mark(path, encoding.codec))


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
    from tidegate.core.reading.guess_code_page import is_mac_roman  # most files are UTF-8

    if codec == "utf-8" and is_mac_roman(path):
        return Encoding(_MAC_ROMAN)
    if has_letters or codec == "utf-8-sig":
        return Encoding(codec, "surrogateescape", is_mixed=True)
    return Encoding("cp1252", "tidegate-c1")


def _codec_by_head(head: bytes) -> str:
    """Return the codec by the byte order mark or the NULs of UTF-16, else UTF-8."""
    codec = next((codec for mark, codec in _MARKS if head.startswith(mark)), "")
    if codec == "utf-16" and b"\x00" not in head and len(head) > _MIN_BYTES_TO_TELL:
        codec = ""  # letters and no mark: UTF-16 has a NUL in every delimiter and line end
    if codec:
        return codec
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > len(head) // 3 else "utf-8"


def _look_for_stray_bytes(file: io.BufferedReader) -> tuple[bool, bool]:
    """Look for bytes that are not UTF-8, and for letters beyond ASCII that are.

    Returns:
        Whether there are such bytes, and whether there are such letters.
    """
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


def decode_stray_bytes(text: str) -> str:
    """Return the text with every byte that is not UTF-8 read as Windows-1252; the same text where there is none."""
    return _STRAY.sub(_windows_letter, text)


STRAY_MARK = "\ufdd0"
"""The mark before each letter of `mark_stray_bytes`: a noncharacter, which Unicode leaves to programs."""


def mark_stray_bytes(text: str) -> str:
    """Return the text with every byte that is not UTF-8 read as Windows-1252, after a mark."""
    return text if text.isascii() else _STRAY.sub(lambda mark: STRAY_MARK + _windows_letter(mark), text)


def without_marks(text: str) -> str:
    """Return the text without the marks of `mark_stray_bytes`."""
    return text.replace(STRAY_MARK, "")


def has_mark(path: Path) -> bool:
    """Whether the file itself has the mark of `mark_stray_bytes`."""
    sought, before = STRAY_MARK.encode(), b""
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            if sought in before + block:
                return True
            before = block[-len(sought) :]
    return False


def _windows_letter(mark: re.Match[str]) -> str:
    return bytes([ord(mark[0]) - 0xDC00]).decode("cp1252", "tidegate-c1")


def lines_of(path: Path, encoding: Encoding) -> Iterator[str]:
    """Yield the file's lines with their ends unchanged: LF, CR and CRLF each end a line, nothing else does.

    Byte order marks in front are left out, even two of them. Of a line that is longer than
    MAX_LINE_CHARACTERS a part is yielded, which is also longer.
    """
    with io.TextIOWrapper(encoding.open(path), encoding=encoding.codec, errors=encoding.errors, newline="") as file:
        read = partial(file.readline, MAX_LINE_CHARACTERS + _END)
        line = read().lstrip(_BYTE_ORDER_MARK)
        while line:
            following = ""
            if len(line) > MAX_LINE_CHARACTERS:
                line, following = _cut(line, read)
            yield line
            line = following or read()


class CutLine(str):
    """A part of a line that is too long; `rest` counts the characters of the missing part."""

    __slots__ = ("rest",)
    rest: Mapping[str, int]


def _cut(line: str, read: Callable[[], str]) -> tuple[str, str]:
    """Read the rest of a line that is too long.

    Returns:
        The beginning of the line, and the text after the line as far as it had to be read.
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
# What may follow the end mark; anything else would be data.
_BEHIND_IT = f"{_FILLED_UP}\r\n "

_BLOCK = 1 << 16  # a multiple of every width


def find_end_mark(path: Path, codec: str) -> int | None:
    """Return the number of bytes before the file's end mark, None if there is none.

    Old programs pad the file after the mark.
    """
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
            if _END_MARK in behind:  # NULs directly before it pad the last value
                offset = min(offset for sign in _FILLED_UP if (offset := behind.find(sign)) >= 0)
                found = end - (len(behind) - offset) * width
            if rest:
                return found
            end = begin
    return found


def _spelling_of_mark(codec: str, head: bytes) -> tuple[str, int]:
    """Find out how the file encodes the end mark, whatever the byte order.

    Returns:
        A codec without a byte order mark, and the number of bytes of a character.
    """
    if not codec.startswith(("utf-16", "utf-32")):
        return "latin-1", 1
    if codec in ("utf-16", "utf-32"):  # then the byte order mark says the order
        codec += "-be" if head[:1] in (b"\xfe", b"\x00") else "-le"
    return codec, 2 if codec.startswith("utf-16") else 4


class TruncatedFile(io.RawIOBase):
    """The first bytes of a file, as if it ended after them."""

    def __init__(self, path: Path, byte_count: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._left = byte_count

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as there is into the buffer."""
        count = self._file.readinto(buffer[: self._left]) or 0
        self._left -= count
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


_MARK = codecs.BOM_UTF8
# Largest number of lines read at once: there may be millions of short ones in a chunk, and each
# needs its memory. A chunk of usual lines has about half of it.
_MAX_LINES_PER_CHUNK = 200_000
# In bytes: a longer line has more characters than the limit, at four bytes each.
_MAX_LINE_BYTES = 4 * MAX_LINE_CHARACTERS + 8


class Chunks:
    """A file as UTF-8, in chunks of whole lines. `is_last` says that nothing follows.

    Of a line that is too long a part is given (see `records.MAX_LINE_CHARACTERS`).
    """

    def __init__(self, path: Path, encoding: Encoding, *, skip_lines: int, chunk_bytes: int) -> None:
        """Take the file.

        Args:
            path: The file.
            encoding: Its encoding. If it is mixed, letters that are not UTF-8 get a mark.
            skip_lines: The number of lines at the beginning that are left out.
            chunk_bytes: The size of a chunk.
        """
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
            text, self._held, self._needs_more = self._held, b"", False
            end = len(text) if not self._ahead else _last_end(text)
            end = _end_of_few_lines(text, end)
            chunk, self._held, text = text[:end], text[end:], b""  # not held while the chunk is read
            self.is_last = not self._ahead and not self._held
            if end:
                yield chunk
            else:
                self._needs_more = True
                self._held = self._without_what_is_too_long(self._held)

    def _without_what_is_too_long(self, line: bytes) -> bytes:
        """Return a line that has not ended; if it is too long, a part and what follows it."""
        if len(line) <= _MAX_LINE_BYTES:
            return line
        kept = line[:_MAX_LINE_BYTES].decode("utf-8", "ignore").encode()
        rest = line[_MAX_LINE_BYTES:]
        while not (end := _first_end(rest, 0)) and self._ahead:
            rest = rest[-1:] + self._ahead if rest.endswith(b"\r") else self._ahead
            self._ahead = next(self._blocks, b"")
        if not end:
            return kept
        ending = b"\r\n" if rest[:end].endswith(b"\r\n") else rest[end - 1 : end]
        return kept + ending + rest[end:]

    def take_less(self) -> None:
        """Make the following chunks half as large as the first ones."""
        self._chunk_bytes = self._bytes_at_first // 2

    def give_back(self, rest: bytes) -> None:
        """Put `rest`, the end of this chunk, in front of the next: it needs what follows."""
        self._held = rest + self._held
        self._needs_more = True

    def _below(self, skip_lines: int) -> bytes:
        """Read past the first lines, and return what was read after them."""
        text = next(self._blocks, b"")
        while text.startswith(_MARK):
            text = text.removeprefix(_MARK)
        begin = 0
        for _ in range(skip_lines):
            while not (end := _first_end(text, begin)):
                block = next(self._blocks, b"")
                if not block:
                    return b""
                text, begin = text[-1:] + block, 0  # a CR may be half of a CRLF
            begin = end
        return text[begin:]


def _blocks_of(path: Path, encoding: Encoding, size: Callable[[], int]) -> Iterator[bytes]:
    """Yield the file as UTF-8, in blocks of `size()` bytes of the file and, if it is short, the rest of a line."""
    with encoding.open(path) as file:
        if encoding.is_utf8:
            yield from iter(lambda: file.read(size()) + file.readline(_BLOCK), b"")
            return
        decoder = codecs.getincrementaldecoder(encoding.codec)(encoding.errors)
        spelt = mark_stray_bytes if encoding.is_mixed else str
        while block := file.read(size()):
            if text := decoder.decode(block):
                yield spelt(text).encode("utf-8", "replace")
        if text := decoder.decode(b"", final=True):
            yield spelt(text).encode("utf-8", "replace")


def _first_end(text: bytes, begin: int) -> int:
    """Return the end of the line that begins at `begin`, 0 if unknown: a CR may begin a CRLF."""
    newline, carriage = text.find(b"\n", begin), text.find(b"\r", begin, -1)
    if carriage < 0 or 0 <= newline < carriage:
        return newline + 1
    return carriage + (2 if text[carriage + 1] == ord("\n") else 1)


def _last_end(text: bytes) -> int:
    """Return the end of the last line that has certainly ended, 0 if there is none."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1


def _end_of_few_lines(text: bytes, end: int) -> int:
    """Return the end of a line, at or before `end`, after at most _MAX_LINES_PER_CHUNK lines."""
    while (count := text.count(b"\n", 0, end) or text.count(b"\r", 0, end)) > _MAX_LINES_PER_CHUNK:
        sooner = _last_end(text[: end * _MAX_LINES_PER_CHUNK // 2 // count])
        if not sooner:
            break
        end = sooner
    return end
