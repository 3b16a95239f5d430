"""Detects the format of a file by its bytes, not by its name."""

import lzma
import re
import struct
import zipfile
import zlib
from pathlib import Path

from tidegate.core.reading.file_signatures import (
    BINARY_SIGNS,
    BINARY_SIGNS_WITHIN,
    DATA_FILE,
    DOCUMENT,
    ENCRYPTED,
    OLE_STREAMS,
    OWN_OUTPUT,
    PACKED,
    PACKED_TWICE,
    TEXT_SIGNS,
    ZIP_MEMBERS,
    ZIP_TYPES,
    FileFormat,
)

_HEAD_BYTES = 8192
_GZIP = b"\x1f\x8b"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_BYTES = 1 << 20
# Control characters that break lines or divide columns.
_CONTROLS_OF_TEXTS = b"\t\n\r\x0b\x0c\x01\x1c\x1d\x1e\x1f"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,  # a stream that is damaged: each way of compressing has an error of its own
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    struct.error,
)
_JSON = re.compile(r'\{\s*"|\[\s*[\[{"]')
_RECEIPT = ('"file_sha256"', '"receipt"')
_DIF = re.compile(r"table\r?\n\s*0\s*,\s*1\r?\n")
# Beginnings of several forms. Each has a control character, so that none of them is a text.
_PATTERNS = (
    (re.compile(rb"[\x66-\x73][\x01\x02]\x01\x00"), FileFormat(DATA_FILE, "a Stata data file (DTA)")),
    (
        re.compile(rb"[\x02\x03\x30-\x32\x43\x63\x83\x8b\xcb\xf5\xfb].[\x01-\x0c][\x01-\x1f]", re.DOTALL),
        FileFormat(DATA_FILE, "a dBase table (DBF)"),
    ),
    (re.compile(rb"\x80[\x04\x05]\x95"), FileFormat(DATA_FILE, "a Python pickle file")),
    (re.compile(rb"[\x50-\x5f]\x2a\x4d\x18"), FileFormat(PACKED, "a compressed file (Zstandard)")),
    (
        re.compile(rb"[\x84\x85].{1,2}\x03|\xc1.{1,3}[\x03\x06]|\x8c\x0d\x04|\xc3.[\x04-\x06]", re.DOTALL),
        FileFormat(ENCRYPTED, "encrypted (PGP)"),
    ),
)


def format_of(path: Path) -> FileFormat | None:
    """Return the format of the file, None if it may be a text file."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(-min(4, len(head)), 2)
        tail = file.read()
    if head.startswith(_ZIP):
        return _format_of_zip(path)
    if head.startswith(_OLE):
        return _format_of_ole(path)
    if head.startswith(_GZIP):
        return _format_of_gzip(head)
    if head.startswith(b"ORC") and tail[:3] == b"ORC" and not _may_be_text(head):
        return FileFormat(DATA_FILE, "an ORC file")
    found = _format_of_binary(head) or _format_of_text(head)
    return found or (None if _may_be_text(head) else FileFormat(DOCUMENT, "not a text file"))


def _format_of_binary(head: bytes) -> FileFormat | None:
    has_odd_signs = re.search(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\xff]", head[4:64]) is not None
    for beginning, found in BINARY_SIGNS:
        if head.startswith(beginning) and (has_odd_signs or not beginning.isalnum()):
            return found
    for offset, signs, found in BINARY_SIGNS_WITHIN:
        if head.startswith(signs, offset) and (offset > 4 or has_odd_signs or head.startswith(b"BZh")):
            return found
    return next((found for pattern, found in _PATTERNS if pattern.match(head)), None)


def _format_of_text(head: bytes) -> FileFormat | None:
    """Return the format of a text that is no table, None for any other. It may be UTF-16, too."""
    codec = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(codec, "replace").lstrip().lower()
    for beginning, found in TEXT_SIGNS:
        if text.startswith(beginning):
            return found
    if "spssport" in re.sub(r"[\r\n]", "", text[:700]):
        return FileFormat(DATA_FILE, "an SPSS portable file (POR)")
    if _DIF.match(text):
        return FileFormat(DOCUMENT, "a spreadsheet in the DIF format (DIF)")
    if _JSON.match(text):
        is_receipt = all(name in text for name in _RECEIPT)
        return FileFormat(OWN_OUTPUT, "a receipt") if is_receipt else FileFormat(DOCUMENT, "a JSON file")
    return None


def _format_of_gzip(head: bytes) -> FileFormat:
    try:
        begin = zlib.decompressobj(wbits=31).decompress(head, 64)
    except zlib.error:
        begin = b""
    return (
        FileFormat(DATA_FILE, "an R data file")
        if begin.startswith(PACKED_TWICE)
        else FileFormat(PACKED, "a GZIP archive")
    )


def _format_of_ole(path: Path) -> FileFormat:
    with path.open("rb") as file:
        content = file.read(_OLE_BYTES)
    for name, found in OLE_STREAMS:
        if name.encode("utf-16-le") in content:
            return found
    return FileFormat(DOCUMENT, "an Excel workbook (XLS)")


def _format_of_zip(path: Path) -> FileFormat:
    unknown = FileFormat(PACKED, "a ZIP archive")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    return ZIP_TYPES.get(member.read(100).strip(), unknown)
    except _BROKEN_ZIP:
        return unknown
    for folder, found in ZIP_MEMBERS:
        if any(member.startswith(folder) for member in names):
            return found
    return unknown


def _may_be_text(head: bytes) -> bool:
    """Whether the bytes can be text: UTF-16 is half NUL, any other text has next to no control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) > len(head) // 3 and min(odd, even) <= len(head) // 50:
        return True  # UTF-16 without a byte order mark
    head = head.rstrip(b"\x00\x1a")  # padding of old programs
    control = sum(head.count(byte) for byte in range(32) if byte not in _CONTROLS_OF_TEXTS)
    return control * 20 <= len(head)
