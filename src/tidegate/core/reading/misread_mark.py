"""Takes a byte order mark off the front of a file where a program read it as letters and saved these."""

import codecs
import re

from tidegate.core.reading.decoding import mend_stray_bytes

_MARK = "\ufeff"
_CODE_PAGES = ("cp1252", "latin-1", "cp1250", "cp1251", "cp850", "cp437", "mac_roman")
_MOST_TIMES = 3


def _readings() -> set[str]:
    """Return what programs have made of a mark: of the one of UTF-8 also when it happened several times."""
    readings = {codecs.BOM_UTF8.decode(code_page) for code_page in _CODE_PAGES}
    readings |= {mark.decode("latin-1") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}
    for _ in range(_MOST_TIMES - 1):
        readings |= {text.encode().decode("cp1252", "tidegate-c1") for text in readings}
    stray = {mark.decode("utf-8", "surrogateescape") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)}
    return readings | stray


_AT_FRONT = re.compile(
    f'("?)((?:{_MARK}|{"|".join(map(re.escape, sorted(_readings(), key=len, reverse=True)))})+)', re.DOTALL
)


def without_misread_mark(lines: list[str]) -> tuple[list[str], str]:
    """Return a file's first lines without a mark that was read as letters, and these letters; blank where none are."""
    found = _AT_FRONT.match(lines[0]) if lines else None
    if found is None or not (letters := found[2].replace(_MARK, "")):
        return lines, ""
    return [found[1] + lines[0][found.end() :], *lines[1:]], mend_stray_bytes(letters)
