"""Finds the mark (0x1A) by which DOS programs end a text, and reads a file no further than to it."""

import io
from pathlib import Path

_MARK = "\x1a"
_FILLED_UP = f"{_MARK}\x00"
_BEHIND_IT = f"{_FILLED_UP}\r\n "
"""What may stand behind the mark; anything else would be data."""

_BLOCK = 1 << 16  # a multiple of every width


def find_end_mark(path: Path, codec: str) -> int | None:
    """Return how many bytes stand before the mark that ends the file's text, None where there is none. What old
    programs fill the file up with behind it does not count."""
    found = None
    with path.open("rb") as file:
        spelling, width = _spelling(codec, file.read(4))
        end = file.seek(0, 2) // width * width
        while end:
            begin = max(0, end - _BLOCK)
            file.seek(begin)
            text = file.read(end - begin).decode(spelling, "replace")
            rest = text.rstrip(_BEHIND_IT)
            behind = text[len(rest) :]
            if _MARK in behind:  # NULs directly before it fill up the last value
                place = min(place for sign in _FILLED_UP if (place := behind.find(sign)) >= 0)
                found = end - (len(behind) - place) * width
            if rest:
                return found
            end = begin
    return found


def _spelling(codec: str, head: bytes) -> tuple[str, int]:
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
