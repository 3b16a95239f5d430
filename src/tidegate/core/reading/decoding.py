"""Finds out how a file's bytes spell text, and opens it as lines. No byte sequence raises."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20


def _read_undefined_as_control(error: UnicodeError) -> tuple[str, int]:
    """Give the five bytes that Windows-1252 leaves undefined their C1 control character, as browsers do."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("tidegate-c1", _read_undefined_as_control)


def detect_encoding(path: Path) -> tuple[str, str]:
    """Return the codec of the file and its error handler: a byte order mark decides, else UTF-8 where every byte
    fits, else Windows-1252 (DOMAIN.md, file types)."""
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, codec in _MARKS:
            if head.startswith(mark):
                return codec, "replace"
        if head[1::2].count(0) > len(head) // 3:
            return "utf-16-le", "replace"
        if head[0::2].count(0) > len(head) // 3:
            return "utf-16-be", "replace"
        file.seek(0)
        if _is_utf8(file):
            return "utf-8", "strict"
    return "cp1252", "tidegate-c1"


def _is_utf8(file: io.BufferedReader) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines_of(path: Path) -> Iterator[str]:
    """Yield the file's lines with their ends as they stand: LF, CR and CRLF each end a line, nothing else does."""
    codec, errors = detect_encoding(path)
    with path.open("r", encoding=codec, errors=errors, newline="", buffering=_CHUNK) as file:
        yield from file
